"""Sending and withdrawing a claim, and what is shown before it is sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from community import members, places
from community.role_names import RoleName
from kernel import clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from points import months
from points.claims import alike, asking, daily_quota, photos, steps, views, worth
from points.claims.alike import Alike, Deed
from points.claims.asking import Claimed
from points.claims.errors import ClaimTextMissing
from points.claims.photos import PhotoGiven
from points.claims.steps import Step
from points.claims.views import ClaimView
from points.claims.worth import Worth
from points.fact_door import Admitted
from points.models import Claim, ClaimActKind, ClaimState, EvidenceKind
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a claim would bring, what is like it already, and how many may be sent today."""

    worth: Worth
    alike: Sequence[Alike]
    left_today: int


def preview(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claims_per_day: int,
    claimed: Claimed,
) -> Preview:
    """Look at a claim before sending it; nothing is written. Photos may still be missing."""
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    today = clock.business_date(now)
    admitted = asking.admitted(
        claimed, actor=actor, community_id=community_id, shown=list(EvidenceKind), today=today
    )
    return Preview(
        worth=worth.forecast(admitted, today=today),
        alike=alike.alike(_deed_of(admitted)),
        left_today=daily_quota.left(
            community_id=community_id,
            member_id=actor.member_in(community_id),
            day=today,
            per_day=claims_per_day,
        ),
    )


def submit(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claims_per_day: int,
    claimed: Claimed,
    given: Sequence[PhotoGiven] = (),
) -> ClaimView:
    """Claim what one did oneself.

    Raises ClaimTextMissing, NotOpenToClaims, the refusals of the door (item_not_in_force …
    evidence_missing), NoOpenMonth, ClaimQuotaReached, PhotoTwice, PhotoUnknown.
    """
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    if not claimed.text.strip():
        raise ClaimTextMissing(field="text")
    photos.require_different(given)
    today = clock.business_date(now)
    admitted = asking.admitted(
        claimed,
        actor=actor,
        community_id=community_id,
        shown=[each.kind for each in given],
        today=today,
    )
    months.for_posting(community_id, claimed.occurred_on)
    claim = _row(admitted, claimed, actor=actor, now=now)
    daily_quota.take_claim(
        community_id=community_id, member_id=claim.member_id, day=today, per_day=claims_per_day
    )
    db.session.add(claim)
    db.session.flush()
    photos.attach(claim, given)
    act = Step(act=ClaimActKind.SUBMITTED, actor=actor, role=RoleName.MEMBER, now=now)
    steps.append(claim, act)
    return views.of(community_id, claim.id)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claim_id: uuid.UUID,
    version: int,
) -> ClaimView:
    """Take back one's own claim until it is decided; its photos are erased.

    They were given for this claim only, so nothing is left to keep them for. Raises NotFound for
    anybody else's, IllegalClaimStep, StaleVersion.
    """
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    claim = tenancy.get(Claim, community_id, claim_id)
    if actor.members.get(community_id) != claim.member_id:
        raise NotFound()
    step = Step(act=ClaimActKind.WITHDRAWN, actor=actor, role=RoleName.MEMBER, now=now)
    steps.take(claim, step, version=version)
    for photo in photos.of_claim(claim):
        photos.erase(photo, now=now)
    return views.of(community_id, claim.id)


def _row(admitted: Admitted, claimed: Claimed, *, actor: Actor, now: dt.datetime) -> Claim:
    community_id, member_id = admitted.community_id, admitted.conduct.id
    text = personal_text.keep(community_id=community_id, body=claimed.text, now=now)
    who = members.identity(community_id, member_id, claimed.occurred_on)
    return Claim(
        community_id=community_id,
        member_id=member_id,
        household_id=who.household_id,
        grid_id=who.grid_id,
        claimed_by=actor.account_id,
        score_item_id=admitted.book.item_ids[admitted.item.code],
        item_code=admitted.item.code,
        rulebook_code=admitted.book.compiled.code,
        occurred_on=claimed.occurred_on,
        received_on=clock.business_date(now),
        quantity=claimed.quantity,
        level=claimed.level,
        text_id=text.id,
        state=ClaimState.SUBMITTED,
        submitted_at_utc=now,
        version=1,
    )


def _deed_of(admitted: Admitted) -> Deed:
    return Deed(
        community_id=admitted.community_id,
        item_code=admitted.item.code,
        occurred_on=admitted.asked.occurred_on,
        member_id=admitted.conduct.id,
        household_id=admitted.conduct.household_id,
    )
