"""What becomes of a failing: the member is told of it, and an approver confirms it is put right.

Both are news about the deed, not corrections of a sheet: they may come after its month is sealed,
and what they change is posted to the open month.
"""

from __future__ import annotations

import datetime as dt
import uuid

from community import places
from kernel import clock
from kernel.access import Actor, Place
from points import fact_acts, fact_door, fact_views
from points.errors import (
    AlreadyCorrected,
    AlreadyTold,
    ApproverNotAllowed,
    CorrectedTooEarly,
    DateInFuture,
    NothingToCorrect,
)
from points.fact_acts import FactStep, Touched
from points.fact_views import FactView
from points.models import Authority, FactActKind
from points.permissions import PointsPermission


def told(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    version: int,
    told_on: dt.date,
) -> FactView:
    """Note the day on which the member was told; later occurrences are judged by it.

    For whoever may record facts here. Raises AlreadyTold, DateInFuture, ToldTooEarly,
    StaleVersion, FactStruck, OwnHousehold.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.RECORD_FACT, place)
    roles = {
        role for role in actor.roles_at(place) if PointsPermission.RECORD_FACT in actor.table[role]
    }
    touched = fact_acts.touch(
        actor=actor,
        community_id=community_id,
        fact_id=fact_id,
        authority=Authority.RECORDING,
        act=FactActKind.TOLD,
    )
    fact = touched.fact
    if fact.told_on is not None:
        raise AlreadyTold()
    fact_door.require_told_on(
        touched.item,
        told_on=told_on,
        occurred_on=fact.occurred_on,
        today=clock.business_date(now),
    )
    step = FactStep(
        act=FactActKind.TOLD,
        actor=actor,
        role=min(roles),
        now=now,
        changes={"told_on": (None, told_on)},
    )
    fact_acts.advance(touched, step, version=version, told_on=told_on)
    fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def corrected(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    version: int,
    corrected_on: dt.date,
    promised: bool = False,
    reason: str | None = None,
) -> FactView:
    """Confirm that a failing was put right, with or without a promise; ends what goes on.

    For the role that approves the item, never the recorder. Raises NothingToCorrect,
    AlreadyCorrected, DateInFuture, CorrectedTooEarly, ApproverNotAllowed, SelfApproval,
    OwnHousehold, StaleVersion, FactStruck.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.APPROVE_FACT, place)
    touched = fact_acts.touch(
        actor=actor,
        community_id=community_id,
        fact_id=fact_id,
        authority=Authority.RECORDING,
        act=FactActKind.CORRECTED,
    )
    fact = touched.fact
    role = _approving_role(touched, actor, place)
    _require_possible(touched, corrected_on, today=clock.business_date(now))
    step = FactStep(
        act=FactActKind.CORRECTED,
        actor=actor,
        role=role,
        now=now,
        changes={"corrected_on": (None, corrected_on), "promised": (fact.promised, promised)},
        reason=reason,
    )
    fact_acts.advance(touched, step, version=version, corrected_on=corrected_on, promised=promised)
    fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def _approving_role(touched: Touched, actor: Actor, place: Place) -> str:
    approving = {
        role for role in actor.roles_at(place) if PointsPermission.APPROVE_FACT in actor.table[role]
    }
    named = touched.item.recording.approved_by
    roles = approving & {named} if named else approving
    if not roles:
        raise ApproverNotAllowed(role=named or "-")
    return min(roles)


def _require_possible(touched: Touched, corrected_on: dt.date, *, today: dt.date) -> None:
    fact, item = touched.fact, touched.item
    if item.recurs is None and item.veto is None:
        raise NothingToCorrect(field="corrected_on")
    if fact.corrected_on is not None:
        raise AlreadyCorrected()
    if corrected_on > today:
        raise DateInFuture(field="corrected_on")
    if corrected_on < fact.occurred_on:
        raise CorrectedTooEarly(field="corrected_on")
