"""Reading consultations: what was asked, from when to when, how much was said and answered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from points.models import (
    Consultation,
    ConsultationComment,
    RulebookState,
    RulebookVersion,
)
from points.permissions import PointsPermission
from points.rulebook_life.comment_lists import is_answered
from points.rules.document import parse

_ON_BOARD = (RulebookState.DRAFT, RulebookState.CONSULTATION, RulebookState.ADOPTED)


class Standing(StrEnum):
    """Where a consultation is on a day."""

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, kw_only=True)
class ConsultationSeen:
    """A consultation with its counts; ``document`` is the text asked about."""

    id: uuid.UUID
    rulebook_version_id: uuid.UUID
    number: int
    title: str
    version: int
    starts_on: dt.date
    last_on: dt.date
    broken_off_on: dt.date | None
    standing: Standing
    comment_count: int
    answered_count: int
    document: Mapping[str, Any]


def of_version(
    *, actor: Actor, community_id: uuid.UUID, version_id: uuid.UUID, today: dt.date
) -> list[ConsultationSeen]:
    """Every consultation of a version, the latest first; few, so without pages."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    tenancy.get(RulebookVersion, community_id, version_id)
    return _seen(community_id, today, Consultation.rulebook_version_id == version_id)


def on_board(community_id: uuid.UUID, today: dt.date) -> list[ConsultationSeen]:
    """What the public may read, the latest first: of each version on its way, or in force now, the
    last consultation. One that was broken off is left out, and so are withdrawn versions.
    """
    shown = tenancy.columns(RulebookVersion, community_id, RulebookVersion.id).where(
        RulebookVersion.state.in_(_ON_BOARD)
    )
    wanted = Consultation.rulebook_version_id.in_(shown) & Consultation.broken_off_on.is_(None)
    return _seen(community_id, today, wanted)


def one(community_id: uuid.UUID, consultation_id: uuid.UUID, today: dt.date) -> ConsultationSeen:
    """One consultation; NotFound."""
    found = _seen(community_id, today, Consultation.id == consultation_id)
    if not found:
        raise NotFound()
    return found[0]


def _seen(
    community_id: uuid.UUID, today: dt.date, wanted: sa.ColumnElement[bool]
) -> list[ConsultationSeen]:
    own = tenancy.columns(
        ConsultationComment, community_id, sa.func.count(ConsultationComment.id)
    ).where(ConsultationComment.consultation_id == Consultation.id)
    statement = (
        tenancy.columns(
            Consultation,
            community_id,
            Consultation,
            RulebookVersion.version,
            RulebookVersion.state,
            own.scalar_subquery().label("comment_count"),
            own.where(is_answered(community_id)).scalar_subquery().label("answered_count"),
        )
        .join(
            RulebookVersion,
            (RulebookVersion.community_id == Consultation.community_id)
            & (RulebookVersion.id == Consultation.rulebook_version_id),
        )
        .where(wanted)
        .order_by(Consultation.id.desc())
    )
    return [_consultation(row, today) for row in db.session.execute(statement)]


def _consultation(row: sa.Row[Any], today: dt.date) -> ConsultationSeen:
    asked: Consultation = row.Consultation
    document = parse(asked.document)
    return ConsultationSeen(
        id=asked.id,
        rulebook_version_id=asked.rulebook_version_id,
        number=asked.number,
        title=str(document["title"]),
        version=row.version,
        starts_on=asked.starts_on,
        last_on=asked.last_on,
        broken_off_on=asked.broken_off_on,
        standing=_standing(asked, row.state, today),
        comment_count=row.comment_count,
        answered_count=row.answered_count,
        document=document,
    )


def _standing(asked: Consultation, state: str, today: dt.date) -> Standing:
    if asked.broken_off_on is not None:
        return Standing.BROKEN_OFF
    if today > asked.last_on or state != RulebookState.CONSULTATION:
        return Standing.CLOSED
    return Standing.COMING if today < asked.starts_on else Standing.OPEN
