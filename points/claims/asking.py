"""A claim at the door: which item it means, whether members may claim it, and who may see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from community.role_names import RoleName
from kernel.access import Actor
from points import fact_door
from points.beneficiaries import Subject
from points.claims.errors import NotOpenToClaims
from points.fact_door import ONE, Admitted, Asked, EvidenceGiven, Signature
from points.models import Authority, Claim, EvidenceKind
from points.rules.compiled import Item, ItemKind
from points.rules.readback_words import ROLES

#: What the checker and the deciders add by their word; it is not asked of the claimant.
ADDED_BY_CHECKING = (EvidenceKind.RECORDER_CONFIRMATION, EvidenceKind.COMMITTEE_CONFIRMATION)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What a member says to have done."""

    item_code: str
    occurred_on: dt.date
    text: str
    quantity: Decimal = ONE
    level: str | None = None
    rulebook_code: str | None = None


def admitted(
    claimed: Claimed,
    *,
    actor: Actor,
    community_id: uuid.UUID,
    shown: Collection[EvidenceKind],
    today: dt.date,
) -> Admitted:
    """The claim as the door of facts lets it in; ``shown`` is what the photos show.

    Raises NotOpenToClaims, and the refusals of the door about the deed itself.
    """
    evidence = [EvidenceGiven(kind=kind) for kind in (*shown, *ADDED_BY_CHECKING)]
    asked = Asked(
        community_id=community_id,
        subject=Subject(member_id=actor.member_in(community_id)),
        item_code=claimed.item_code,
        occurred_on=claimed.occurred_on,
        rulebook_code=claimed.rulebook_code,
        quantity=claimed.quantity,
        level=claimed.level,
        evidence=evidence,
        reason=claimed.text,
    )
    return admit(asked, recorded_by=actor.account_id, today=today)


def admit(asked: Asked, *, recorded_by: uuid.UUID, today: dt.date) -> Admitted:
    """What the door answers to something claimed by a member."""
    book, item = fact_door.item_in_force(asked)
    require_open(item)
    signature = Signature(recorded_by=recorded_by, role=RoleName.MEMBER, authority=Authority.CLAIM)
    return fact_door.admit(asked, book, item, signature, today=today)


def asked_of(claim: Claim, text: str | None, evidence: Collection[EvidenceGiven]) -> Asked:
    """What a claim that is there already asks to be recorded."""
    return Asked(
        community_id=claim.community_id,
        subject=Subject(member_id=claim.member_id),
        item_code=claim.item_code,
        occurred_on=claim.occurred_on,
        rulebook_code=claim.rulebook_code,
        quantity=claim.quantity,
        level=claim.level,
        evidence=list(evidence),
        reason=text,
    )


def require_open(item: Item) -> None:
    """Raise NotOpenToClaims where members do not record the item, naming who does."""
    recorders = item.recording.recorders
    is_open = not recorders or RoleName.MEMBER in recorders
    if is_open and item.kind is not ItemKind.DEDUCTION:
        return
    named = sorted(recorders - {RoleName.MEMBER}) or [RoleName.GRID_WORKER]
    words = [ROLES.get(role, (role, role)) for role in named]
    raise NotOpenToClaims(
        field="item_code",
        who_zh="、".join(zh for zh, _ in words),
        who_en=" or ".join(en for _, en in words),
    )
