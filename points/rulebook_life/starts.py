"""What a draft can start from: an empty sheet, a template, or an adopted version."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points import rulebook_templates, rulebooks
from points.errors import RulebookMissing
from points.models import HolderKind, Rulebook, RulebookVersion
from points.permissions import PointsPermission
from points.rulebook_life import drafts, readings
from points.rulebook_life.errors import NothingToStartFrom
from points.rules.document import parse

Json = dict[str, Any]


def empty(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    code: str,
    title: str,
    holder: HolderKind,
) -> RulebookVersion:
    """A draft without items; what is still missing is among its findings.

    Raises HolderChanged; the version number is the next one of this code.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    document: Json = {
        "format": "linli-rulebook/1",
        "code": code,
        "version": _next_version(community_id, code),
        "title": title,
        "effective_from": _next_month(now),
        "holder": holder,
        "base": [],
        "score": {"over": "month"},
        "items": [],
        "not_carried_over": [],
    }
    return drafts.keep(actor=actor, now=now, community_id=community_id, document=document)


def from_version(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, version_id: uuid.UUID
) -> RulebookVersion:
    """The next version of a rulebook, beginning with the text of an earlier one."""
    row = readings.version_of(actor=actor, community_id=community_id, version_id=version_id)
    return _again(actor, now, row)


def from_version_in_force(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, holder: HolderKind
) -> RulebookVersion:
    """The next version of the rulebook in force today for ``holder``.

    Raises NothingToStartFrom where none is.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    try:
        found = rulebooks.in_force(community_id, clock.business_date(now), holder)
    except RulebookMissing:
        raise NothingToStartFrom(field="holder") from None
    return _again(actor, now, found.version)


def from_template(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    template: str,
    code: str | None = None,
    title: str | None = None,
) -> RulebookVersion:
    """A draft that begins with a template of the product, under a code of the community's own.

    Raises TemplateUnknown. What the template's source leaves open stands in its decisions.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    return from_document(
        actor=actor,
        now=now,
        community_id=community_id,
        document=rulebook_templates.template(template).document,
        code=code,
        title=title,
    )


def from_document(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    document: Json,
    code: str | None = None,
    title: str | None = None,
) -> RulebookVersion:
    """A draft from a text that is not the community's own yet, such as a template."""
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    own_code = code or document["code"]
    given = {
        **document,
        "code": own_code,
        "version": _next_version(community_id, own_code),
        "title": title or document["title"],
        "effective_from": _next_month(now),
    }
    return drafts.keep(actor=actor, now=now, community_id=community_id, document=given)


def _again(actor: Actor, now: dt.datetime, row: RulebookVersion) -> RulebookVersion:
    return from_document(
        actor=actor, now=now, community_id=row.community_id, document=parse(row.document)
    )


def _next_version(community_id: uuid.UUID, code: str) -> int:
    last: int | None = db.session.scalar(
        tenancy.columns(RulebookVersion, community_id, sa.func.max(RulebookVersion.version))
        .join(
            Rulebook,
            (Rulebook.community_id == RulebookVersion.community_id)
            & (Rulebook.id == RulebookVersion.rulebook_id),
        )
        .where(Rulebook.code == code)
    )
    return (last or 0) + 1


def _next_month(now: dt.datetime) -> str:
    month = clock.next_month(clock.month_of(clock.business_date(now)))
    return clock.first_day(month).isoformat()
