"""Reading claims: one with its whole story, and rows for lists, in a constant number of statements.

The claimant reads the same as the deciders, except who they are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import places
from community.models import Grid, Member
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import LinliError, NotFound
from kernel.personal_text import PersonalText
from points import fact_door
from points.claims import alike, asking, photos, worth
from points.claims.alike import Alike
from points.claims.photos import PhotoView
from points.claims.steps import UNDECIDED
from points.claims.worth import Worth
from points.errors import ItemNotInForce, RulebookAmbiguous
from points.fact_door import EvidenceGiven, Signature
from points.models import (
    Authority,
    Claim,
    ClaimAct,
    ClaimPhoto,
    ClaimState,
    EvidenceKind,
    ScoreItem,
)
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class ClaimView:
    """A claim as lists show it."""

    id: uuid.UUID
    version: int
    state: str
    item_code: str
    item_name: str
    kind: str
    member_id: uuid.UUID
    member_name: str
    grid_number: int | None
    occurred_on: dt.date
    quantity: Decimal
    level: str | None
    photos: int
    submitted_at_utc: dt.datetime
    decided_at_utc: dt.datetime | None
    fact_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class ClaimActView:
    """One step; ``actor_id`` is None for the claimant, who learns the role only."""

    act: str
    version: int
    actor_id: uuid.UUID | None
    actor_role: str
    reason: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ClaimDetail:
    """A claim with its text, photos, steps, what is like it, and what it would bring.

    ``worth`` is None once it is decided, and where the item is no longer in force.
    """

    claim: ClaimView
    text: str | None
    photos: Sequence[PhotoView]
    acts: Sequence[ClaimActView]
    alike: Sequence[Alike]
    approvals_needed: int
    worth: Worth | None

    @property
    def id(self) -> uuid.UUID:
        return self.claim.id


def of(community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimView:
    """One claim; NotFound for another community's. The caller has checked who asks."""
    found = rows(select(community_id).where(Claim.id == claim_id))
    if not found:
        raise NotFound()
    return found[0]


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ClaimView:
    """The answer of an act again, for a repeated request."""
    return of(community_id, result_id)


def detail(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, claim_id: uuid.UUID
) -> ClaimDetail:
    """One claim for its claimant and for those who decide; NotFound for everybody else."""
    place = places.place_of(community_id)
    claim = tenancy.find(Claim, community_id, claim_id)
    if claim is None:
        raise NotFound()
    is_own = actor.members.get(community_id) == claim.member_id
    allowed = PointsPermission.CLAIM if is_own else PointsPermission.READ_CLAIMS
    if not actor.may(allowed, place):
        raise NotFound()
    acts = db.session.scalars(
        tenancy.select(ClaimAct, community_id)
        .where(ClaimAct.claim_id == claim_id)
        .order_by(ClaimAct.version)
    ).all()
    texts = _texts(community_id, [claim.text_id, *(act.reason_text_id for act in acts)])
    needed, forecast = _at_the_door(claim, clock.business_date(now))
    return ClaimDetail(
        claim=of(community_id, claim_id),
        text=texts.get(claim.text_id),
        photos=[photos.view(photo) for photo in photos.of_claim(claim)],
        acts=[_act(act, texts, is_own=is_own) for act in acts],
        alike=alike.alike(alike.deed_of(claim)),
        approvals_needed=needed,
        worth=forecast,
    )


def select(community_id: uuid.UUID) -> sa.Select[Any]:
    """Claims joined with what a row of a list shows; for :func:`rows`."""
    taken = (
        tenancy.columns(ClaimPhoto, community_id, sa.func.count())
        .where(ClaimPhoto.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    return (
        tenancy.columns(
            Claim,
            community_id,
            Claim,
            ScoreItem.name.label("item_name"),
            ScoreItem.kind,
            Member.name.label("member_name"),
            Grid.number.label("grid_number"),
            taken.label("photos"),
        )
        .join(ScoreItem, _same(ScoreItem, Claim.score_item_id))
        .join(Member, _same(Member, Claim.member_id))
        .outerjoin(Grid, _same(Grid, Claim.grid_id))
    )


def rows(statement: sa.Select[Any]) -> list[ClaimView]:
    """The rows of a statement made from :func:`select`; one statement."""
    found = db.session.execute(statement.execution_options(populate_existing=True))
    return [_view(row) for row in found]


def _same(table: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == Claim.community_id, table.id == column)


def _view(row: Any) -> ClaimView:
    claim: Claim = row[0]
    return ClaimView(
        id=claim.id,
        version=claim.version,
        state=claim.state,
        item_code=claim.item_code,
        item_name=row.item_name,
        kind=row.kind,
        member_id=claim.member_id,
        member_name=row.member_name,
        grid_number=row.grid_number,
        occurred_on=claim.occurred_on,
        quantity=claim.quantity,
        level=claim.level,
        photos=row.photos,
        submitted_at_utc=claim.submitted_at_utc,
        decided_at_utc=claim.decided_at_utc,
        fact_id=claim.fact_id,
    )


def _act(act: ClaimAct, texts: dict[uuid.UUID, str | None], *, is_own: bool) -> ClaimActView:
    return ClaimActView(
        act=act.act,
        version=act.version,
        actor_id=None if is_own else act.actor_id,
        actor_role=act.actor_role,
        reason=texts.get(act.reason_text_id) if act.reason_text_id else None,
        at_utc=act.at_utc,
    )


def _texts(community_id: uuid.UUID, ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, str | None]:
    found = db.session.execute(
        tenancy.columns(PersonalText, community_id, PersonalText.id, PersonalText.body).where(
            PersonalText.id.in_([text_id for text_id in ids if text_id is not None])
        )
    )
    return {row.id: row.body for row in found}


def _at_the_door(claim: Claim, today: dt.date) -> tuple[int, Worth | None]:
    """How many must agree, and what it would bring while it is undecided."""
    evidence = [EvidenceGiven(kind=kind) for kind in EvidenceKind]
    asked = asking.asked_of(claim, "-", evidence)
    try:
        book, item = fact_door.item_in_force(asked)
    except (ItemNotInForce, RulebookAmbiguous):
        return 0, None
    needed = item.recording.approval_count
    if ClaimState(claim.state) not in UNDECIDED:
        return needed, None
    signature = Signature(recorded_by=claim.claimed_by, role="member", authority=Authority.CLAIM)
    try:
        admitted = fact_door.admit(asked, book, item, signature, today=claim.received_on)
    except LinliError:
        # A version adopted since then would not take it; whoever accepts it is told why.
        return needed, None
    return needed, worth.forecast(admitted, today=today)
