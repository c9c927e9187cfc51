"""The whole story of one fact: its acts, approvals and evidence."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.personal_text import PersonalText
from points import fact_views
from points.fact_views import FactView
from points.models import FactAct, FactApproval, FactEvidence
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class ActView:
    """One act on a fact, with its reason unless that was erased."""

    id: uuid.UUID
    act: str
    version: int
    actor_id: uuid.UUID
    actor_role: str
    authority: str
    reason: str | None
    changes: dict[str, Any]
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalView:
    """Who agreed, in which role, when."""

    approver_id: uuid.UUID
    role: str
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class EvidenceView:
    """One piece of evidence."""

    id: uuid.UUID
    kind: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class FactDetail:
    """Where a line comes from: the fact with its acts, approvals and evidence."""

    fact: FactView
    reason: str | None
    acts: Sequence[ActView]
    approvals: Sequence[ApprovalView]
    evidence: Sequence[EvidenceView]

    @property
    def id(self) -> uuid.UUID:
        return self.fact.id


@dataclass
class _Texts:
    """Personal texts by id, read in one statement."""

    community_id: uuid.UUID
    bodies: dict[uuid.UUID, str | None] = field(default_factory=dict)

    def load(self, ids: Sequence[uuid.UUID | None]) -> None:
        wanted = [text_id for text_id in ids if text_id is not None]
        if not wanted:
            return
        rows = db.session.execute(
            tenancy.columns(
                PersonalText, self.community_id, PersonalText.id, PersonalText.body
            ).where(PersonalText.id.in_(wanted))
        )
        self.bodies.update({row.id: row.body for row in rows})

    def of(self, text_id: uuid.UUID | None) -> str | None:
        return self.bodies.get(text_id) if text_id else None


def detail(*, actor: Actor, community_id: uuid.UUID, fact_id: uuid.UUID) -> FactDetail:
    """The whole story of one fact, for those who may read facts and for the member itself."""
    place = places.place_of(community_id)
    fact = fact_views.of(community_id, fact_id)
    if not actor.may(PointsPermission.READ_FACTS, place):
        actor.require(PointsPermission.READ_OWN_POINTS, place)
        if actor.members.get(community_id) != fact.member_id:
            raise NotFound()
    acts = db.session.scalars(
        tenancy.select(FactAct, community_id)
        .where(FactAct.fact_id == fact_id)
        .order_by(FactAct.version)
    ).all()
    approvals = db.session.scalars(
        tenancy.select(FactApproval, community_id)
        .where(FactApproval.fact_id == fact_id)
        .order_by(FactApproval.id)
    )
    evidence = db.session.scalars(
        tenancy.select(FactEvidence, community_id)
        .where(FactEvidence.fact_id == fact_id)
        .order_by(FactEvidence.id)
    ).all()
    texts = _Texts(community_id)
    texts.load([act.reason_text_id for act in acts] + [one.note_text_id for one in evidence])
    return FactDetail(
        fact=fact,
        reason=texts.of(acts[0].reason_text_id),
        acts=[_act(act, texts) for act in acts],
        approvals=[
            ApprovalView(approver_id=one.approver_id, role=one.role, at_utc=one.at_utc)
            for one in approvals
        ],
        evidence=[
            EvidenceView(id=one.id, kind=one.kind, note=texts.of(one.note_text_id))
            for one in evidence
        ],
    )


def _act(act: FactAct, texts: _Texts) -> ActView:
    return ActView(
        id=act.id,
        act=act.act,
        version=act.version,
        actor_id=act.actor_id,
        actor_role=act.actor_role,
        authority=act.authority,
        reason=texts.of(act.reason_text_id),
        changes=act.changes,
        at_utc=act.at_utc,
    )
