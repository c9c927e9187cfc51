"""The recordings and approvals of a range of months, in three statements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community.models import MemberBinding, Membership
from kernel import clock, tenancy
from kernel.database import db
from points.models import Fact, FactApproval, PointsAccount, ScoreItem
from points.rules.compiled import ItemKind
from points.rules.outliers import Approval, Deed, Own


@dataclass(frozen=True)
class Months:
    """Accounting months from ``first`` to ``last``, both inside."""

    first: str
    last: str

    @property
    def holds_fact(self) -> Any:
        """Condition: the fact was taken in by one of them."""
        return Fact.month.between(self.first, self.last)


def deeds(community_id: uuid.UUID, months: Months) -> list[Deed]:
    """In the order of recording. The facts of one deed that one act made are one recording."""
    approvals = _approvals(community_id, months)
    found: dict[tuple[object, ...], Deed] = {}
    for row in db.session.execute(_recordings(community_id, months)):
        key = (row.deed_id, row.recorded_by, row.recorded_at_utc)
        if key not in found:
            found[key] = _deed(row, approvals.get(row.id, ()))
    return list(found.values())


def _recordings(community_id: uuid.UUID, months: Months) -> sa.Select[Any]:
    return (
        tenancy.columns(
            Fact,
            community_id,
            Fact.id,
            Fact.deed_id,
            Fact.recorded_by,
            Fact.recorder_role,
            Fact.recorded_at_utc,
            Fact.occurred_on,
            Fact.household_id,
            Fact.is_struck,
            Fact.month,
            Fact.belongs_month,
            PointsAccount.holder_id,
            ScoreItem.kind,
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Fact.community_id,
                PointsAccount.id == Fact.account_id,
            ),
        )
        .join(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == Fact.community_id, ScoreItem.id == Fact.score_item_id
            ),
        )
        .where(months.holds_fact)
        .order_by(Fact.recorded_at_utc, Fact.id)
    )


def _deed(row: sa.Row[Any], approvals: Sequence[tuple[uuid.UUID, dt.datetime]]) -> Deed:
    return Deed(
        recorder=row.recorded_by,
        role=row.recorder_role,
        recorded_at=row.recorded_at_utc.astimezone(clock.SHANGHAI),
        occurred_on=row.occurred_on,
        receiver=row.holder_id,
        household=row.household_id,
        is_bonus=row.kind == ItemKind.BONUS,
        is_back_dated=row.belongs_month < row.month,
        is_struck=row.is_struck,
        # Given in the same act (a confirmed batch): nobody looked at a screen in between.
        approvals=tuple(
            Approval(approver=approver, after=at - row.recorded_at_utc)
            for approver, at in approvals
            if at > row.recorded_at_utc
        ),
    )


def _approvals(
    community_id: uuid.UUID, months: Months
) -> Mapping[uuid.UUID, list[tuple[uuid.UUID, dt.datetime]]]:
    found: dict[uuid.UUID, list[tuple[uuid.UUID, dt.datetime]]] = defaultdict(list)
    rows = db.session.execute(
        tenancy.columns(
            FactApproval,
            community_id,
            FactApproval.fact_id,
            FactApproval.approver_id,
            FactApproval.at_utc,
        )
        .join(
            Fact,
            sa.and_(
                Fact.community_id == FactApproval.community_id, Fact.id == FactApproval.fact_id
            ),
        )
        .where(months.holds_fact)
        .order_by(FactApproval.at_utc)
    )
    for row in rows:
        found[row.fact_id].append((row.approver_id, row.at_utc))
    return found


def residents(community_id: uuid.UUID) -> dict[uuid.UUID, Own]:
    """Account → who it is as a resident now, for every bound account of the community."""
    rows = db.session.execute(
        tenancy.columns(
            MemberBinding,
            community_id,
            MemberBinding.account_id,
            MemberBinding.member_id,
            Membership.household_id,
        )
        .outerjoin(
            Membership,
            sa.and_(
                Membership.community_id == MemberBinding.community_id,
                Membership.member_id == MemberBinding.member_id,
                Membership.valid_to.is_(None),
            ),
        )
        .where(MemberBinding.ended_at_utc.is_(None))
    )
    return {row.account_id: Own(member=row.member_id, household=row.household_id) for row in rows}
