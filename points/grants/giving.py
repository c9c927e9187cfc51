"""One page of base grants: accounts, grants, lines, balances, entries, transfers, scores.

The number of statements does not depend on how many holders the page has.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.points_value import ZERO, Points
from points import balances, counterparts, entries, transfers
from points.balances import Moved
from points.entries import By, Holder, NewEntry
from points.models import (
    AccountKind,
    BaseGrant,
    Entry,
    EntryCause,
    HolderKind,
    LineKind,
    LineSource,
    PointsAccount,
    PointsLine,
    Transfer,
    TransferKind,
)
from points.months import Posting
from points.rulebooks import RulebookInForce
from points.rules.compiled import Base, CountsIn
from points.rules.expiry import Reach, reach


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One base of one rulebook for one period."""

    community_id: uuid.UUID
    book: RulebookInForce
    base: Base
    period_start: dt.date
    posting: Posting
    occurred_on: dt.date
    actor_id: uuid.UUID
    now: dt.datetime

    @property
    def counts_in_balance(self) -> bool:
        return CountsIn.BALANCE in self.base.counts_in

    @property
    def reach(self) -> Reach:
        return reach(self.book.compiled, self.occurred_on)

    @property
    def moves_at_once(self) -> bool:
        return self.counts_in_balance and not self.reach.awaits_seal

    @property
    def counts_in_score(self) -> bool:
        return CountsIn.SCORE in self.base.counts_in


@dataclass(frozen=True)
class _Account:
    account_id: uuid.UUID
    member_id: uuid.UUID | None
    debt: Decimal
    points: Decimal


def give(grant: Grant, points: Mapping[uuid.UUID, Decimal]) -> int:
    """Grant to each holder their points, where they have not had them; returns how many had not.

    ``points`` names the holders (members, households or merchants); amounts are positive.
    """
    if not points:
        return 0
    accounts = _locked_accounts(grant, points)
    grant_ids = _claimed(grant, accounts)
    fresh = [account for account in accounts if account.account_id in grant_ids]
    if not fresh:
        return 0
    moved = {account.account_id: _moved(grant, account) for account in fresh}
    if grant.moves_at_once:
        _move(grant, fresh)
    _write(grant, fresh, grant_ids, moved)
    return len(fresh)


def _locked_accounts(grant: Grant, points: Mapping[uuid.UUID, Decimal]) -> list[_Account]:
    rulebook_id = grant.book.rulebook_id
    holder_kind = grant.book.compiled.holder
    db.session.execute(
        upsert(PointsAccount)
        .values(
            [
                {
                    "community_id": grant.community_id,
                    "id": new_id(),
                    "kind": AccountKind.HOLDER,
                    "holder_kind": holder_kind,
                    "holder_id": holder_id,
                    "rulebook_id": rulebook_id,
                    "balance": ZERO,
                    "held": ZERO,
                    "debt": ZERO,
                    "open_vetoes": 0,
                    "evaluation_version": 0,
                }
                for holder_id in points
            ]
        )
        .on_conflict_do_nothing()
    )
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount,
            grant.community_id,
            PointsAccount.id,
            PointsAccount.holder_id,
            PointsAccount.debt,
        )
        .where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.holder_kind == holder_kind,
            PointsAccount.rulebook_id == rulebook_id,
            PointsAccount.holder_id.in_(points),
        )
        .order_by(PointsAccount.id)
        .with_for_update(key_share=True)
    )
    is_member = holder_kind == HolderKind.MEMBER
    return [
        _Account(row.id, row.holder_id if is_member else None, row.debt, points[row.holder_id])
        for row in rows
    ]


def _claimed(grant: Grant, accounts: Sequence[_Account]) -> dict[uuid.UUID, uuid.UUID]:
    """account → id of its grant, for those granted now for the first time."""
    rows = [
        {
            "community_id": grant.community_id,
            "id": new_id(),
            "account_id": account.account_id,
            "score_item_id": grant.book.item_ids[grant.base.code],
            "base_code": grant.base.code,
            "period_start": grant.period_start,
            "points": account.points,
            "granted_at_utc": grant.now,
        }
        for account in accounts
    ]
    claim = upsert(BaseGrant).values(rows).on_conflict_do_nothing()
    found = db.session.execute(claim.returning(BaseGrant.account_id, BaseGrant.id))
    return {row.account_id: row.id for row in found}


def _moved(grant: Grant, account: _Account) -> Moved:
    if not grant.moves_at_once:
        return entries.NOTHING_MOVED
    repaid = min(account.debt, account.points)
    return Moved(moved=account.points - repaid, debt_change=-repaid)


def _move(grant: Grant, fresh: Sequence[_Account]) -> None:
    """All balances, one statement for each amount there is; a debt is repaid first."""
    by_points: dict[Decimal, list[uuid.UUID]] = {}
    for account in fresh:
        by_points.setdefault(account.points, []).append(account.account_id)
    for worth, account_ids in by_points.items():
        points = sa.literal(worth, Points())
        repaid = sa.case((PointsAccount.debt < points, PointsAccount.debt), else_=points)
        db.session.execute(
            tenancy.update(PointsAccount, grant.community_id)
            .where(PointsAccount.id.in_(account_ids))
            .values(
                balance=sa.type_coerce(PointsAccount.balance + points - repaid, Points()),
                debt=sa.type_coerce(PointsAccount.debt - repaid, Points()),
                evaluation_version=PointsAccount.evaluation_version + 1,
                **balances.sooner(grant.reach.expires_on),
            )
            .execution_options(synchronize_session=False)
        )


def _write(
    grant: Grant,
    fresh: Sequence[_Account],
    grant_ids: Mapping[uuid.UUID, uuid.UUID],
    moved: Mapping[uuid.UUID, Moved],
) -> None:
    by = By(actor_id=grant.actor_id, now=grant.now)
    lines, posted, moves, scores = [], [], [], []
    issuance_id = counterparts.issuance(grant.community_id, grant.book.rulebook_id)
    for account in fresh:
        line_id = new_id()
        line = _line(grant, account, line_id, grant_ids[account.account_id])
        holder = Holder(
            community_id=grant.community_id,
            account_id=account.account_id,
            rulebook_id=grant.book.rulebook_id,
            member_id=account.member_id,
        )
        new = _entry(grant, account, line_id)
        entry_id = new_id()
        change = moved[account.account_id]
        lines.append(line)
        posted.append(entries.entry_values(holder, new, by, change, entry_id))
        scores.append(entries.score_values(holder, new))
        if change.moved:
            moves.append(
                transfers.row(
                    community_id=grant.community_id,
                    kind=TransferKind.AWARD,
                    from_account_id=issuance_id,
                    to_account_id=account.account_id,
                    points=change.moved,
                    now=grant.now,
                    entry_id=entry_id,
                )
            )
    db.session.execute(sa.insert(PointsLine), lines)
    db.session.execute(sa.insert(Entry), posted)
    if moves:
        db.session.execute(sa.insert(Transfer), moves)
    if grant.counts_in_score:
        entries.add_scores(scores)


def _line(
    grant: Grant, account: _Account, line_id: uuid.UUID, grant_id: uuid.UUID
) -> dict[str, object]:
    return {
        "community_id": grant.community_id,
        "id": line_id,
        "source": LineSource.BASE_GRANT,
        "slice": 0,
        "base_grant_id": grant_id,
        "account_id": account.account_id,
        "member_id": account.member_id,
        "score_item_id": grant.book.item_ids[grant.base.code],
        "item_code": grant.base.code,
        "kind": LineKind.BASE,
        "counts_in_score": grant.counts_in_score,
        "counts_in_balance": grant.counts_in_balance,
        "entitled": account.points,
        "posted": account.points,
        "belongs_month": grant.posting.belongs_month,
        "month_id": grant.posting.month_id,
        "occurred_on": grant.occurred_on,
    }


def _entry(grant: Grant, account: _Account, line_id: uuid.UUID) -> NewEntry:
    return NewEntry(
        line_id=line_id,
        kind=LineKind.BASE,
        points=account.points,
        month=grant.posting.month,
        belongs_month=grant.posting.belongs_month,
        counts_in_score=grant.counts_in_score,
        counts_in_balance=grant.counts_in_balance,
        reach=grant.reach,
        cause=EntryCause.BASE_GRANT,
        occurred_on=grant.occurred_on,
    )
