"""Adopted rulebooks that the guard-rails of today would not let through any more.

They stay in force: what was adopted is not undone from above. They are named, to the officers and
to the community, until a next version keeps the guard-rails again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community.models import Community, Street
from kernel.access import Actor
from kernel.database import db
from points.models import Rulebook, RulebookState, RulebookVersion
from points.permissions import PointsPermission
from points.rulebook_life import guarding, issuers
from points.rulebook_life.issuers import Issuer
from points.rules import guard_rails as rails
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.findings import Finding

_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Outside:
    """An adopted version with what it does not keep; ``id`` is the version's."""

    id: uuid.UUID
    community_code: str
    community_name: str
    rulebook_code: str
    title: str
    version: int
    findings: Sequence[Finding]


def below(
    *,
    actor: Actor,
    issuer: Issuer,
    today: dt.date,
    q: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[Outside]:
    """Of every community below a district or street; ``q`` is part of a community's name."""
    actor.require(PointsPermission.READ_RULEBOOK, issuer.place)
    wanted = [Street.district_id == issuer.district_id]
    if issuer.street_id is not None:
        wanted.append(Street.id == issuer.street_id)
    if q:
        wanted.append(Community.name.contains(q, autoescape=True))
    found: list[Outside] = []
    for each in _outside(sa.and_(*wanted), today, after):
        found.append(each)
        if len(found) == limit:
            break
    return found


def of_community(community_id: uuid.UUID, today: dt.date) -> list[Outside]:
    """The community's own."""
    return list(_outside(Community.id == community_id, today, None))


def _outside(
    wanted: sa.ColumnElement[bool], today: dt.date, after: uuid.UUID | None
) -> Iterator[Outside]:
    merged: dict[uuid.UUID, rails.MergedGuardRails] = {}
    for row in _adopted(wanted, after):
        version: RulebookVersion = row.RulebookVersion
        if row.street_id not in merged:
            bodies = (issuers.district(row.district_id), issuers.street(row.street_id))
            merged[row.street_id] = guarding.of_issuers(bodies, today).merged
        compiled = rulebook_of(parse(version.whole_document or version.document))
        found = rails.check(compiled, merged[row.street_id])
        if found:
            yield Outside(
                id=version.id,
                community_code=row.community_code,
                community_name=row.community_name,
                rulebook_code=row.code,
                title=row.title,
                version=version.version,
                findings=found,
            )


def _adopted(wanted: sa.ColumnElement[bool], after: uuid.UUID | None) -> Iterator[Any]:
    """Adopted versions by id, read page by page: their texts may be long."""
    statement = (
        sa.select(
            RulebookVersion,
            Rulebook.code,
            Rulebook.title,
            Community.code.label("community_code"),
            Community.name.label("community_name"),
            Street.id.label("street_id"),
            Street.district_id,
        )
        .join(Community, Community.id == RulebookVersion.community_id)
        .join(Street, Street.id == Community.street_id)
        .join(
            Rulebook,
            (Rulebook.community_id == RulebookVersion.community_id)
            & (Rulebook.id == RulebookVersion.rulebook_id),
        )
        .where(RulebookVersion.state == RulebookState.ADOPTED, wanted)
        .order_by(RulebookVersion.id)
        .limit(_PAGE)
    )
    while True:
        later = statement if after is None else statement.where(RulebookVersion.id > after)
        rows = db.session.execute(later).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].RulebookVersion.id
