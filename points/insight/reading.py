"""The recordings and approvals of a range of months, in four statements."""

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
from kernel.database import UtcDateTime, db
from points.models import (
    Claim,
    ClaimApproval,
    Fact,
    FactApproval,
    PointsAccount,
    ScoreItem,
)
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
            sa.func.coalesce(Claim.submitted_at_utc, Fact.recorded_at_utc, type_=UtcDateTime).label(
                "entered_at_utc"
            ),
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
        .outerjoin(Claim, _is_claim_of(Fact))
        .where(months.holds_fact)
        .order_by(Fact.recorded_at_utc, Fact.id)
    )


def _is_claim_of(fact: type[Fact]) -> sa.ColumnElement[bool]:
    return sa.and_(Claim.community_id == fact.community_id, Claim.fact_id == fact.id)


def _deed(row: sa.Row[Any], approvals: Sequence[tuple[uuid.UUID, dt.datetime]]) -> Deed:
    return Deed(
        recorder=row.recorded_by,
        role=row.recorder_role,
        recorded_at=row.entered_at_utc.astimezone(clock.SHANGHAI),
        occurred_on=row.occurred_on,
        receiver=row.holder_id,
        household=row.household_id,
        is_bonus=row.kind == ItemKind.BONUS,
        is_back_dated=row.belongs_month < row.month,
        is_struck=row.is_struck,
        # Given in the same act (a confirmed batch): nobody looked at a screen in between.
        approvals=tuple(
            Approval(approver=approver, after=at - row.entered_at_utc)
            for approver, at in approvals
            if at > row.entered_at_utc
        ),
    )


def _approvals(
    community_id: uuid.UUID, months: Months
) -> Mapping[uuid.UUID, list[tuple[uuid.UUID, dt.datetime]]]:
    """Fact → who agreed when; for a claim, when each agreed to the claim."""
    found: dict[uuid.UUID, list[tuple[uuid.UUID, dt.datetime]]] = defaultdict(list)
    for row in db.session.execute(_claim_approvals(community_id, months)):
        found[row.fact_id].append((row.approver_id, row.at_utc))
    claimed = frozenset(found)
    for row in db.session.execute(_fact_approvals(community_id, months)):
        if row.fact_id not in claimed:
            found[row.fact_id].append((row.approver_id, row.at_utc))
    return found


def _claim_approvals(community_id: uuid.UUID, months: Months) -> sa.Select[Any]:
    approval = ClaimApproval
    return (
        tenancy.columns(
            approval, community_id, Claim.fact_id, approval.approver_id, approval.at_utc
        )
        .join(
            Claim,
            sa.and_(Claim.community_id == approval.community_id, Claim.id == approval.claim_id),
        )
        .join(Fact, _is_claim_of(Fact))
        .where(months.holds_fact)
    )


def _fact_approvals(community_id: uuid.UUID, months: Months) -> sa.Select[Any]:
    approval = FactApproval
    return (
        tenancy.columns(
            approval, community_id, approval.fact_id, approval.approver_id, approval.at_utc
        )
        .join(
            Fact,
            sa.and_(Fact.community_id == approval.community_id, Fact.id == approval.fact_id),
        )
        .where(months.holds_fact)
    )


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
