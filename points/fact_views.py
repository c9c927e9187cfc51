"""Reading facts: one, and lists, in a constant number of statements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from community import places
from community.models import Member
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.points_value import ZERO
from points.models import (
    AccountingMonth,
    Entry,
    Fact,
    PointsAccount,
    PointsLine,
    ScoreItem,
)
from points.permissions import PointsPermission


class FactState(StrEnum):
    """Where a fact stands, as one word."""

    AWAITING_APPROVAL = "awaiting_approval"
    STANDING = "standing"
    STRUCK = "struck"


@dataclass(frozen=True, kw_only=True)
class LineView:
    """One line of a fact: what it is worth, signed, and what was posted."""

    id: uuid.UUID
    slice: int
    #: The day of the slice.
    occurred_on: dt.date
    kind: str
    entitled: Decimal
    posted: Decimal
    reason: str | None
    month: str
    belongs_month: str


@dataclass(frozen=True, kw_only=True)
class FactView:
    """A fact as lists show it."""

    id: uuid.UUID
    version: int
    state: FactState
    item_code: str
    item_name: str
    kind: str
    #: Whose conduct it is; None where it is a household's or merchant's as such.
    member_id: uuid.UUID | None
    member_name: str | None
    occurred_on: dt.date
    quantity: Decimal
    level: str | None
    decided: Decimal | None
    approvals: int
    approvals_needed: int
    recorder_role: str
    recorded_at_utc: dt.datetime
    month: str
    belongs_month: str
    deed_id: uuid.UUID
    activity_id: uuid.UUID | None
    told_on: dt.date | None
    corrected_on: dt.date | None
    promised: bool
    #: Who receives it: a member, a household or a merchant.
    holder_kind: str
    holder_id: uuid.UUID
    lines: Sequence[LineView]
    #: Facts of the same deed that other accounts received beside this one.
    also: Sequence[uuid.UUID] = ()
    #: What recording it changed in total, other lines included; None where it is read.
    total_change: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class FactFilter:
    """What a list of facts is narrowed to; None means any."""

    member_id: uuid.UUID | None = None
    household_id: uuid.UUID | None = None
    merchant_id: uuid.UUID | None = None
    month: str | None = None
    item_code: str | None = None
    state: FactState | None = None
    recorded_by: uuid.UUID | None = None


EVERYTHING = FactFilter()


def of(community_id: uuid.UUID, fact_id: uuid.UUID) -> FactView:
    """One fact; NotFound for another community's. The caller has checked who asks."""
    found = _views(community_id, _facts(community_id).where(Fact.id == fact_id))
    if not found:
        raise NotFound()
    return found[0]


def received(
    community_id: uuid.UUID, fact_ids: Sequence[uuid.UUID], total_change: Decimal
) -> FactView:
    """The first of the facts that one recording made, naming the others."""
    first = of(community_id, fact_ids[0])
    return replace(first, also=tuple(fact_ids[1:]), total_change=total_change)


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> FactView:
    """The answer of an act again, for a repeated request."""
    return of(community_id, result_id)


def replay_recorded(*, community_id: uuid.UUID, result_id: uuid.UUID) -> FactView:
    """The answer of a recording again, with the facts and entries of that moment."""
    first = of(community_id, result_id)
    act = tenancy.get(Fact, community_id, result_id)
    beside = tenancy.columns(Fact, community_id, Fact.id).where(
        Fact.deed_id == act.deed_id,
        Fact.recorded_by == act.recorded_by,
        Fact.recorded_at_utc == act.recorded_at_utc,
        Fact.id > act.id,
    )
    # Ids sort by creation: the entries of the act follow its fact.
    posted = tenancy.columns(Entry, community_id, sa.func.sum(Entry.points)).where(
        Entry.id > act.id,
        Entry.actor_id == act.recorded_by,
        Entry.created_at_utc == act.recorded_at_utc,
    )
    return replace(
        first,
        also=tuple(db.session.scalars(beside.order_by(Fact.id))),
        total_change=db.session.execute(posted).scalar_one() or ZERO,
    )


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    wanted: FactFilter = EVERYTHING,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[FactView]:
    """Facts newest first, narrowed by ``wanted``, from the one after ``after``."""
    actor.require(PointsPermission.READ_FACTS, places.place_of(community_id))
    statement = _facts(community_id)
    for column, value in (
        (Fact.member_id, wanted.member_id),
        (Fact.household_id, wanted.household_id),
        (Fact.person_id, wanted.merchant_id),
        (Fact.month, wanted.month),
        (Fact.item_code, wanted.item_code),
        (Fact.recorded_by, wanted.recorded_by),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.state is not None:
        statement = statement.where(_IN_STATE[wanted.state])
    if after is not None:
        statement = statement.where(Fact.id < after)
    return _views(community_id, statement.order_by(Fact.id.desc()).limit(limit))


_IN_STATE = {
    FactState.STRUCK: Fact.is_struck,
    FactState.AWAITING_APPROVAL: sa.and_(~Fact.is_struck, ~Fact.is_approved),
    FactState.STANDING: sa.and_(~Fact.is_struck, Fact.is_approved),
}


def _facts(community_id: uuid.UUID) -> sa.Select[Any]:
    return (
        tenancy.columns(
            Fact,
            community_id,
            Fact,
            ScoreItem.name.label("item_name"),
            ScoreItem.kind,
            Member.name.label("member_name"),
            PointsAccount.holder_kind,
            PointsAccount.holder_id,
        )
        .join(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == Fact.community_id, ScoreItem.id == Fact.score_item_id
            ),
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Fact.community_id,
                PointsAccount.id == Fact.account_id,
            ),
        )
        .outerjoin(
            Member,
            sa.and_(Member.community_id == Fact.community_id, Member.id == Fact.member_id),
        )
    )


def _views(community_id: uuid.UUID, statement: sa.Select[Any]) -> list[FactView]:
    rows = db.session.execute(statement.execution_options(populate_existing=True)).all()
    lines = _lines(community_id, [row[0].id for row in rows])
    return [_view(row, lines.get(row[0].id, [])) for row in rows]


def _lines(
    community_id: uuid.UUID, fact_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[LineView]]:
    found: dict[uuid.UUID, list[LineView]] = {}
    if not fact_ids:
        return found
    rows = db.session.execute(
        tenancy.columns(PointsLine, community_id, PointsLine, AccountingMonth.month)
        .join(
            AccountingMonth,
            sa.and_(
                AccountingMonth.community_id == PointsLine.community_id,
                AccountingMonth.id == PointsLine.month_id,
            ),
        )
        .where(PointsLine.fact_id.in_(fact_ids))
        .order_by(PointsLine.fact_id, PointsLine.slice)
    )
    for line, month in rows:
        found.setdefault(line.fact_id, []).append(
            LineView(
                occurred_on=line.occurred_on,
                id=line.id,
                slice=line.slice,
                kind=line.kind,
                entitled=line.entitled,
                posted=line.posted,
                reason=line.reason,
                month=month,
                belongs_month=line.belongs_month,
            )
        )
    return found


def _view(row: sa.Row[Any], lines: Sequence[LineView]) -> FactView:
    fact: Fact = row[0]
    if fact.is_struck:
        state = FactState.STRUCK
    else:
        state = FactState.STANDING if fact.is_approved else FactState.AWAITING_APPROVAL
    return FactView(
        id=fact.id,
        version=fact.version,
        state=state,
        item_code=fact.item_code,
        item_name=row.item_name,
        kind=row.kind,
        member_id=fact.member_id,
        member_name=row.member_name,
        occurred_on=fact.occurred_on,
        quantity=fact.quantity,
        level=fact.level,
        decided=fact.decided,
        approvals=fact.approvals,
        approvals_needed=fact.approvals_needed,
        recorder_role=fact.recorder_role,
        recorded_at_utc=fact.recorded_at_utc,
        month=fact.month,
        belongs_month=fact.belongs_month,
        deed_id=fact.deed_id,
        activity_id=fact.activity_id,
        told_on=fact.told_on,
        corrected_on=fact.corrected_on,
        promised=fact.promised,
        holder_kind=row.holder_kind,
        holder_id=row.holder_id,
        lines=lines,
    )
