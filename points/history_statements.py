"""The statements of a history, prepared once for each shape a request may have."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from community.models import Membership
from kernel.database import UtcDateTime, table_of
from kernel.personal_text import PersonalText
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import balances
from points.models import (
    AccountKind,
    Entry,
    Fact,
    HolderKind,
    MonthlyScore,
    PointsAccount,
    PointsBatchRow,
    PointsLine,
    ScoreItem,
    Transfer,
)


class Shape(NamedTuple):
    """What decides how a statement is written; its values come later."""

    of: HolderKind
    has_month: bool
    has_after: bool
    #: Written into the statement: with a number not known before PostgreSQL would plan each page
    #: anew, for which it takes longer than for reading it.
    limit: int


def account_of(of: HolderKind) -> sa.Select[Any]:
    """The id of the account: one expression, looked up within each statement."""
    accounts, memberships = table_of(PointsAccount), table_of(Membership)
    member = sa.bindparam("p_member_id", type_=sa.Uuid())
    holder: Any = member
    if of is HolderKind.HOUSEHOLD:
        today = sa.bindparam("p_today", type_=sa.Date())
        holder = (
            sa.select(memberships.c.household_id)
            .where(
                memberships.c.community_id == COMMUNITY,
                memberships.c.member_id == member,
                memberships.c.valid_from <= today,
                sa.or_(memberships.c.valid_to.is_(None), memberships.c.valid_to > today),
            )
            .scalar_subquery()
        )
    return (
        sa.select(accounts.c.id)
        .where(
            accounts.c.community_id == COMMUNITY,
            accounts.c.kind == AccountKind.HOLDER.value,
            accounts.c.holder_kind == of.value,
            accounts.c.holder_id == holder,
        )
        .order_by(accounts.c.id)
        .limit(1)
    )


def same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    """Joins ``table`` of the same community by its id."""
    return sa.and_(table.c.community_id == other.c.community_id, table.c.id == column)


_ENTRY, _LINE, _ITEM = table_of(Entry), table_of(PointsLine), table_of(ScoreItem)
_FACT, _BATCH_ROW, _TEXT = table_of(Fact), table_of(PointsBatchRow), table_of(PersonalText)


@cache
def entries(shape: Shape) -> Prepared:
    """The newest entries of an account with what they are for."""
    return Prepared(lambda: _entries_statement(shape))


def _entries_statement(shape: Shape) -> sa.Select[Any]:
    # What the recorder wrote, or what stands in the row of a batch.
    reason_text = sa.func.coalesce(_FACT.c.reason_text_id, _BATCH_ROW.c.reason_text_id)
    head = _ENTRY.alias("head")
    joined = (
        _ENTRY.join(_LINE, same(_LINE, _ENTRY, _ENTRY.c.line_id))
        .outerjoin(_ITEM, same(_ITEM, _LINE, _LINE.c.score_item_id))
        .outerjoin(_FACT, same(_FACT, _LINE, _LINE.c.fact_id))
        .outerjoin(_BATCH_ROW, same(_BATCH_ROW, _LINE, _LINE.c.batch_row_id))
        .outerjoin(_TEXT, same(_TEXT, _ENTRY, reason_text))
    )
    conditions = [
        _ENTRY.c.community_id == COMMUNITY,
        _ENTRY.c.account_id == account_of(shape.of).scalar_subquery(),
    ]
    if shape.has_month:
        # What was rearranged on this sheet by an act on another sheet is a row of its own here.
        month = sa.bindparam("p_month", type_=sa.String())
        joined = joined.outerjoin(head, same(head, _ENTRY, _ENTRY.c.moved_with_id))
        conditions.append(_ENTRY.c.month == month)
        conditions.append(sa.or_(_ENTRY.c.moved_with_id.is_(None), head.c.month != month))
    else:
        conditions.append(_ENTRY.c.moved_with_id.is_(None))
    if shape.has_after:
        conditions.append(_ENTRY.c.id < sa.bindparam("p_after", type_=sa.Uuid()))
    return (
        sa.select(
            _ENTRY.c.id, _ENTRY.c.created_at_utc, _ENTRY.c.kind, _ENTRY.c.points,
            _ENTRY.c.month, _ENTRY.c.belongs_month, _ENTRY.c.occurred_on, _ENTRY.c.cause,
            _ENTRY.c.reverses_id, _ENTRY.c.counts_in_score, _ENTRY.c.counts_in_balance,
            _ENTRY.c.line_id, _LINE.c.item_code, _LINE.c.fact_id, _LINE.c.slice,
            _LINE.c.reason, _ITEM.c.name, _FACT.c.recorder_role, _TEXT.c.body,
            _first_moved().label("first_moved"),
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(_ENTRY.c.id.desc())
        .limit(shape.limit)
    )  # fmt: skip


def _first_moved() -> sa.ScalarSelect[Any]:
    """One entry that the act of an entry rearranged; it seldom did, and then nothing is read.

    Not an EXISTS: of that PostgreSQL makes one look at all entries instead of a few in the index.
    """
    other = _ENTRY.alias("other")
    return (
        sa.select(other.c.id)
        .where(other.c.community_id == _ENTRY.c.community_id, other.c.moved_with_id == _ENTRY.c.id)
        .limit(1)
        .scalar_subquery()
    )


@cache
def moved(has_month: bool) -> Prepared:
    """What was rearranged together with the entries ``p_heads``."""
    return Prepared(lambda: _moved_statement(has_month))


def _moved_statement(has_month: bool) -> sa.Select[Any]:
    statement = (
        sa.select(
            _ENTRY.c.moved_with_id, _ENTRY.c.id, _ENTRY.c.points, _ENTRY.c.month,
            _ENTRY.c.belongs_month, _ENTRY.c.occurred_on, _LINE.c.item_code, _ITEM.c.name,
            _LINE.c.id.label("line_id"), _LINE.c.reason,
        )
        .select_from(
            _ENTRY.join(_LINE, same(_LINE, _ENTRY, _ENTRY.c.line_id)).join(
                _ITEM, same(_ITEM, _LINE, _LINE.c.score_item_id)
            )
        )
        .where(
            _ENTRY.c.community_id == COMMUNITY,
            _ENTRY.c.moved_with_id.in_(sa.bindparam("p_heads", expanding=True)),
        )
        .order_by(_ENTRY.c.id)
    )  # fmt: skip
    if has_month:
        statement = statement.where(_ENTRY.c.month == sa.bindparam("p_month", type_=sa.String()))
    return statement


@cache
def summary(of: HolderKind) -> Prepared:
    """Balance, and the score of ``p_month``; one row at most."""
    return Prepared(lambda: _summary_statement(of))


def _summary_statement(of: HolderKind) -> sa.Select[Any]:
    account, score = table_of(PointsAccount), table_of(MonthlyScore)
    month = sa.bindparam("p_month", type_=sa.String())
    in_month = sa.and_(
        score.c.community_id == account.c.community_id,
        score.c.account_id == account.c.id,
        score.c.month == month,
    )
    stays = balances.spend_above(sa.bindparam("p_today", type_=sa.Date())).label("stays")
    return (
        sa.select(
            account.c.balance, account.c.held, account.c.debt, score.c.base, score.c.bonus,
            score.c.deduction, account.c.id, account.c.rulebook_id, account.c.next_expiry_on,
            stays,
        )
        .select_from(account.outerjoin(score, in_month))
        .where(
            account.c.community_id == COMMUNITY,
            account.c.id == account_of(of).scalar_subquery(),
        )
    )  # fmt: skip


@cache
def movements(shape: Shape) -> Prepared:
    """Transfers that no entry caused, newest first in each direction."""
    # Each direction reads its own index from the newest end; an OR would read everything.
    transfer = table_of(Transfer)
    sides = (transfer.c.from_account_id, transfer.c.to_account_id)
    return Prepared(
        lambda: sa.union_all(
            *(sa.select(_side(shape, transfer, side).subquery()) for side in sides)
        )
    )


def _side(shape: Shape, transfer: sa.Table, account: sa.Column[Any]) -> sa.Select[Any]:
    statement = sa.select(
        transfer.c.id,
        transfer.c.at_utc,
        transfer.c.kind,
        transfer.c.points,
        transfer.c.redemption_id,
        sa.literal(account is transfer.c.to_account_id).label("is_gain"),
    ).where(
        transfer.c.community_id == COMMUNITY,
        transfer.c.entry_id.is_(None),
        account == account_of(shape.of).scalar_subquery(),
    )
    if shape.has_month:
        start, end = (sa.bindparam(name, type_=UtcDateTime()) for name in ("p_from", "p_to"))
        statement = statement.where(transfer.c.at_utc >= start, transfer.c.at_utc < end)
    if shape.has_after:
        statement = statement.where(transfer.c.id < sa.bindparam("p_after", type_=sa.Uuid()))
    return statement.order_by(transfer.c.id.desc()).limit(shape.limit)
