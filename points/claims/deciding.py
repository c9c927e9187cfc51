"""Checking, accepting and declining a claim: by others than the claimant and the household.

Whoever checks is the first who agrees. An item that asks for one approval, or none, is accepted by
one person in the role it names; one that asks for two or more needs as many different people.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from community import members, persons, places
from community.role_names import RoleName
from kernel import outbox, personal_text, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from points import fact_door, facts
from points.claims import asking, photos, steps, views
from points.claims.errors import DeclineWhyMissing, OwnClaim, SecondPersonNeeded
from points.claims.steps import Step
from points.claims.views import ClaimView
from points.errors import ApproverNotAllowed, OwnHousehold
from points.fact_door import EvidenceGiven
from points.models import Claim, ClaimActKind, ClaimApproval, ClaimState, EvidenceKind, Source
from points.permissions import PointsPermission
from points.rules.compiled import Item

DECIDED_TOPIC = "claim.decided"
#: Whose agreement is the committee's word.
_COMMITTEE = frozenset({RoleName.PANELIST, RoleName.COMMUNITY_ADMIN})


def check(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claim_id: uuid.UUID,
    version: int,
    note: str | None = None,
) -> ClaimView:
    """Say after a look that it happened as claimed; then it may be decided.

    Raises OwnClaim, OwnHousehold, IllegalClaimStep, StaleVersion.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.CHECK_CLAIM, place)
    claim = tenancy.get(Claim, community_id, claim_id)
    _require_stranger(actor, claim)
    role = _role(actor, place, PointsPermission.CHECK_CLAIM)
    step = Step(act=ClaimActKind.CHECKED, actor=actor, role=role, now=now, reason=note)
    steps.take(claim, step, version=version, checked_by=actor.account_id)
    _approve(claim, step)
    return views.of(community_id, claim.id)


def accept(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claim_id: uuid.UUID,
    version: int,
    note: str | None = None,
) -> ClaimView:
    """Agree to a checked claim; with the last approval asked for it becomes a fact at once.

    Raises ApproverNotAllowed (the item names the role), SecondPersonNeeded, OwnClaim, OwnHousehold,
    IllegalClaimStep, StaleVersion, and what ``facts.record_from`` raises.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.DECIDE_CLAIM, place)
    claim = tenancy.get(Claim, community_id, claim_id)
    _require_stranger(actor, claim)
    steps.state_after(ClaimState(claim.state), ClaimActKind.ACCEPTED)
    _, item = fact_door.item_in_force(asking.asked_of(claim, None, ()))
    role = _deciding_role(actor, place, item)
    agreed = _agreed(claim)
    needed = item.recording.approval_count
    own = persons.accounts_of(actor)
    is_new = own.isdisjoint(approver_id for approver_id, _ in agreed)
    if not is_new and len(agreed) < needed:
        raise SecondPersonNeeded(count=needed)
    # Who checked it and decides it, too, agreed once, in the role that decides.
    others = [each for each in agreed if each[0] not in own]
    agreed = [*others, (actor.account_id, role)]
    if len(agreed) < needed:
        step = Step(act=ClaimActKind.APPROVED, actor=actor, role=role, now=now, reason=note)
        steps.take(claim, step, version=version)
    else:
        step = Step(act=ClaimActKind.ACCEPTED, actor=actor, role=role, now=now, reason=note)
        _settle(claim, step, version=version, fact_id=_record(claim, step, agreed))
    if is_new:
        _approve(claim, step)
    return views.of(community_id, claim.id)


def decline(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    claim_id: uuid.UUID,
    version: int,
    reason: str,
) -> ClaimView:
    """Turn a claim down with the reason, which the claimant reads.

    Raises DeclineWhyMissing, OwnClaim, OwnHousehold, IllegalClaimStep, StaleVersion.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.DECIDE_CLAIM, place)
    claim = tenancy.get(Claim, community_id, claim_id)
    _require_stranger(actor, claim)
    if not reason.strip():
        raise DeclineWhyMissing(field="reason")
    role = _role(actor, place, PointsPermission.DECIDE_CLAIM)
    step = Step(act=ClaimActKind.DECLINED, actor=actor, role=role, now=now, reason=reason)
    _settle(claim, step, version=version, fact_id=None)
    return views.of(community_id, claim.id)


def _require_stranger(actor: Actor, claim: Claim) -> None:
    is_claimant = actor.members.get(claim.community_id) == claim.member_id
    if claim.claimed_by in persons.accounts_of(actor) or is_claimant:
        raise OwnClaim()
    if claim.member_id in members.own_circle(claim.community_id, actor):
        raise OwnHousehold()


def _role(actor: Actor, place: Place, permission: PointsPermission) -> str:
    """The role in which somebody acts; a grid worker's where it is one of several."""
    roles = {role for role in actor.roles_at(place) if permission in actor.table[role]}
    return RoleName.GRID_WORKER if RoleName.GRID_WORKER in roles else min(roles)


def _deciding_role(actor: Actor, place: Place, item: Item) -> str:
    wanted = item.recording.approved_by
    if wanted is None or item.recording.approval_count == 0:
        return _role(actor, place, PointsPermission.DECIDE_CLAIM)
    if wanted not in actor.roles_at(place):
        raise ApproverNotAllowed(role=wanted)
    return wanted


def _agreed(claim: Claim) -> list[tuple[uuid.UUID, str]]:
    """(account, role) of everybody who agreed, the checker first."""
    rows = db.session.execute(
        tenancy.columns(
            ClaimApproval, claim.community_id, ClaimApproval.approver_id, ClaimApproval.role
        )
        .where(ClaimApproval.claim_id == claim.id)
        .order_by(ClaimApproval.id)
    )
    return [(row.approver_id, row.role) for row in rows]


def _approve(claim: Claim, step: Step) -> None:
    db.session.add(
        ClaimApproval(
            community_id=claim.community_id,
            claim_id=claim.id,
            approver_id=step.actor.account_id,
            role=step.role,
            at_utc=step.now,
        )
    )
    db.session.flush()


def _settle(claim: Claim, step: Step, *, version: int, fact_id: uuid.UUID | None) -> None:
    decided = {"decided_by": step.actor.account_id, "decided_at_utc": step.now, "fact_id": fact_id}
    steps.take(claim, step, version=version, **decided)
    outbox.add(
        community_id=claim.community_id,
        topic=DECIDED_TOPIC,
        now=step.now,
        payload={"claim_id": str(claim.id)},
    )


def _record(claim: Claim, step: Step, agreed: Sequence[tuple[uuid.UUID, str]]) -> uuid.UUID:
    """The claim as a fact of the month that is open for its day now; the fact's id."""
    shown = [
        EvidenceGiven(kind=EvidenceKind(photo.kind), note=f"申报照片 {photo.id}")
        for photo in photos.of_claim(claim)
    ]
    said = [EvidenceGiven(kind=EvidenceKind.RECORDER_CONFIRMATION)]
    if any(role in _COMMITTEE for _, role in agreed):
        said.append(EvidenceGiven(kind=EvidenceKind.COMMITTEE_CONFIRMATION))
    return facts.record_from(
        actor=step.actor,
        now=step.now,
        community_id=claim.community_id,
        source=Source.CLAIM,
        member_id=claim.member_id,
        item_code=claim.item_code,
        rulebook_code=claim.rulebook_code,
        occurred_on=claim.occurred_on,
        quantity=claim.quantity,
        level=claim.level,
        evidence=[*shown, *said],
        reason=personal_text.read(claim.community_id, claim.text_id),
        recorded_by=claim.claimed_by,
        recorder_role=RoleName.MEMBER,
        approved_by=agreed,
        received_on=claim.received_on,
    )
