"""Agreeing to a recorded fact, and deciding the points of a range item."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from community import persons, places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from points import fact_acts, fact_views
from points.errors import AlreadyApproved, ApproverNotAllowed, DecidedOutOfRange, NothingToDecide
from points.fact_acts import FactStep, Touched
from points.fact_views import FactView
from points.models import Authority, Fact, FactActKind, FactApproval
from points.permissions import PointsPermission
from points.rules.awards import Range
from points.rules.door import decision_allowed


def approve(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, fact_id: uuid.UUID, version: int
) -> FactView:
    """Agree that it happened as recorded; with the last approval asked for it is posted.

    Raises SelfApproval, OwnHousehold, ApproverNotAllowed (the item names the role),
    AlreadyApproved (by the same person, or by enough), StaleVersion, MonthSealed, FactStruck.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.APPROVE_FACT, place)
    touched = fact_acts.touch(
        actor=actor,
        community_id=community_id,
        fact_id=fact_id,
        authority=Authority.RECORDING,
        act=FactActKind.APPROVED,
    )
    role = touched.item.recording.approved_by
    if role is None or role not in actor.roles_at(place):
        raise ApproverNotAllowed(role=role or "-")
    fact = touched.fact
    if fact.is_approved or _has_approved(touched, actor):
        raise AlreadyApproved()
    count = fact.approvals + 1
    is_enough = count >= fact.approvals_needed
    step = FactStep(
        act=FactActKind.APPROVED,
        actor=actor,
        role=role,
        now=now,
        changes={"approvals": (fact.approvals, count)},
    )
    fact_acts.advance(
        touched,
        step,
        version=version,
        approvals=Fact.approvals + 1,
        is_approved=is_enough,
    )
    _note(fact, step)
    if is_enough:
        fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    version: int,
    points: Decimal,
) -> FactView:
    """Decide what a range item is worth, within its bounds and steps; may be decided again.

    Raises NothingToDecide, DecidedOutOfRange and what :func:`approve` raises for the fact.
    """
    actor.require(PointsPermission.DECIDE_FACT, places.place_of(community_id))
    touched = fact_acts.touch(
        actor=actor,
        community_id=community_id,
        fact_id=fact_id,
        authority=Authority.RECORDING,
        act=FactActKind.DECIDED,
    )
    award = touched.item.award
    if not isinstance(award, Range):
        raise NothingToDecide(field="points")
    if not decision_allowed(touched.item, points):
        refused = DecidedOutOfRange(field="points")
        refused.extra = {
            "min": str(award.least),
            "max": str(award.most),
            "step": str(award.step),
        }
        raise refused
    step = FactStep(
        act=FactActKind.DECIDED,
        actor=actor,
        role=_deciding_role(touched),
        now=now,
        changes={"decided": (touched.fact.decided, points)},
    )
    fact_acts.advance(touched, step, version=version, decided=points)
    fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def _note(fact: Fact, step: FactStep) -> None:
    db.session.add(
        FactApproval(
            community_id=fact.community_id,
            fact_id=fact.id,
            approver_id=step.actor.account_id,
            role=step.role,
            at_utc=step.now,
        )
    )
    db.session.flush()


def _deciding_role(touched: Touched) -> str:
    return touched.item.recording.approved_by or "panelist"


def _has_approved(touched: Touched, actor: Actor) -> bool:
    statement = tenancy.columns(FactApproval, touched.community_id, FactApproval.id).where(
        FactApproval.fact_id == touched.fact.id,
        FactApproval.approver_id.in_(persons.accounts_of(actor)),
    )
    return db.session.execute(statement).first() is not None
