"""Rulebooks 积分细则: drafting from JSON text, adopting, and the version in force on a day.

An adopted version never changes, so its compiled form is kept in the process by version id.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from kernel.unattached import Unattached
from points.errors import RulebookMissing
from points.models import (
    HolderKind,
    Rulebook,
    RulebookState,
    RulebookVersion,
    ScoreItem,
)
from points.permissions import PointsPermission
from points.rulebook_life import examining, readings
from points.rulebook_life.adoption import adopt
from points.rulebook_life.drafts import draft
from points.rulebook_life.readings import version_of
from points.rules import compiled as rules
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.findings import Finding

__all__ = [
    "RulebookInForce",
    "VersionListed",
    "adopt",
    "all_in_force",
    "current",
    "draft",
    "findings",
    "in_force",
    "listed",
    "pinned",
    "public",
    "version_of",
    "versions_of",
]

#: A community has a handful of versions; this many communities' worth stay compiled.
_MOST_COMPILED = 512
#: The order in which rulebooks side by side are listed, and items looked up.
_HOLDER_ORDER = {HolderKind.MEMBER: 1, HolderKind.HOUSEHOLD: 2, HolderKind.MERCHANT: 3}
_OWN_RULEBOOK = sa.and_(
    Rulebook.community_id == RulebookVersion.community_id,
    Rulebook.id == RulebookVersion.rulebook_id,
)
_WITHOUT_TEXT = (defer(RulebookVersion.document), defer(RulebookVersion.whole_document))
_compiled: dict[uuid.UUID, tuple[rules.Rulebook, Mapping[str, uuid.UUID]]] = {}


@dataclass(frozen=True, kw_only=True)
class RulebookInForce:
    """An adopted version: its row (without the document), its rules, and its items' ids."""

    version: RulebookVersion
    compiled: rules.Rulebook
    #: item or base code → id of the score item
    item_ids: Mapping[str, uuid.UUID]

    @property
    def rulebook_id(self) -> uuid.UUID:
        return self.version.rulebook_id


def in_force(
    community_id: uuid.UUID, on: dt.date, holder: str = HolderKind.MEMBER
) -> RulebookInForce:
    """The version in force on ``on`` for this kind of holder; RulebookMissing when none is.

    One statement; of several rulebooks of one kind the first made is meant.
    """
    statement = _standing(community_id, on, RulebookVersion).where(Rulebook.holder == holder)
    row = db.session.scalars(
        statement.options(*_WITHOUT_TEXT).order_by(Rulebook.id).limit(1)
    ).one_or_none()
    if row is None:
        raise RulebookMissing()
    return _in_force(row)


def all_in_force(community_id: uuid.UUID, on: dt.date) -> list[RulebookInForce]:
    """Every rulebook in force on ``on``, the members' first, then households', then merchants'.

    One statement; an empty list where nothing is in force.
    """
    rows = _ALL_STANDING(p_community_id=community_id, p_on=on)
    return [_in_force(_VERSION.of(row)) for row in rows]


def _all_standing() -> sa.Select[Any]:
    """Every recording asks it."""
    community_id = COMMUNITY
    by_holder = sa.case(_HOLDER_ORDER, value=Rulebook.holder)
    statement = _standing(community_id, sa.bindparam("p_on", type_=sa.Date()), *_VERSION.columns)
    return statement.order_by(by_holder, Rulebook.id)


_VERSION = Unattached(RulebookVersion, without=("document", "whole_document"))
_ALL_STANDING = Prepared(_all_standing)


def _standing(
    community_id: uuid.UUID | sa.BindParameter[uuid.UUID],
    on: dt.date | sa.BindParameter[dt.date],
    *what: Any,
) -> sa.Select[Any]:
    """``what`` of the versions whose dates hold ``on``, beside their rulebook."""
    return (
        tenancy.columns(RulebookVersion, community_id, *what)
        .join(Rulebook, _OWN_RULEBOOK)
        .where(
            RulebookVersion.effective_from <= on,
            sa.or_(RulebookVersion.effective_to.is_(None), RulebookVersion.effective_to > on),
        )
    )


def versions_of(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> list[RulebookInForce]:
    """Every version that was ever in force, oldest first; what evaluation needs."""
    rows = _VERSIONS_OF(p_community_id=community_id, p_rulebook_id=rulebook_id)
    return [_in_force(_VERSION.of(row)) for row in rows]


_VERSIONS_OF = Prepared(
    lambda: (
        tenancy.columns(RulebookVersion, COMMUNITY, *_VERSION.columns)
        .where(
            RulebookVersion.rulebook_id == sa.bindparam("p_rulebook_id", type_=sa.Uuid()),
            RulebookVersion.effective_from.is_not(None),
            sa.or_(
                RulebookVersion.effective_to.is_(None),
                RulebookVersion.effective_to > RulebookVersion.effective_from,
            ),
        )
        .order_by(RulebookVersion.effective_from)
    )
)


def pinned(community_id: uuid.UUID, score_item_id: uuid.UUID) -> RulebookInForce:
    """The version whose item a fact or line names."""
    statement = (
        tenancy.select(RulebookVersion, community_id)
        .join(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == RulebookVersion.community_id,
                ScoreItem.rulebook_version_id == RulebookVersion.id,
            ),
        )
        .where(ScoreItem.id == score_item_id)
        .options(*_WITHOUT_TEXT)
    )
    return _in_force(db.session.scalars(statement).one())


def public(community_id: uuid.UUID, on: dt.date) -> RulebookInForce:
    """The members' rulebook as anybody may read it: it is a published document."""
    return in_force(community_id, on)


@dataclass(frozen=True, kw_only=True)
class VersionListed:
    """A version in a list, with the code and holder of its rulebook; without its text."""

    version: RulebookVersion
    code: str
    holder: str
    title: str

    @property
    def id(self) -> uuid.UUID:
        """The version's, after which its list goes on."""
        return self.version.id


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    after: uuid.UUID | None,
    limit: int,
    holder: HolderKind | None = None,
    state: RulebookState | None = None,
    q: str | None = None,
) -> list[VersionListed]:
    """Versions of every rulebook, newest first; drafts only for those who may see them.

    ``q`` is part of a title or code.
    """
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    statement = tenancy.columns(
        RulebookVersion,
        community_id,
        RulebookVersion,
        Rulebook.code,
        Rulebook.holder,
        Rulebook.title,
    ).join(Rulebook, _OWN_RULEBOOK)
    if not readings.may_see_drafts(actor, community_id):
        statement = statement.where(RulebookVersion.state.not_in(readings.UNSEEN))
    if holder is not None:
        statement = statement.where(Rulebook.holder == holder)
    if state is not None:
        statement = statement.where(RulebookVersion.state == state)
    if q:
        wanted = (column.contains(q, autoescape=True) for column in (Rulebook.title, Rulebook.code))
        statement = statement.where(sa.or_(*wanted))
    if after is not None:
        statement = statement.where(RulebookVersion.id < after)
    ordered = statement.order_by(RulebookVersion.id.desc()).limit(limit).options(*_WITHOUT_TEXT)
    return [
        VersionListed(
            version=row.RulebookVersion, code=row.code, holder=row.holder, title=row.title
        )
        for row in db.session.execute(ordered)
    ]


def current(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    now: dt.datetime,
    holder: HolderKind = HolderKind.MEMBER,
) -> RulebookVersion:
    """The version in force today for this kind of holder, with its document."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    return in_force(community_id, clock.business_date(now), holder).version


def findings(
    *, actor: Actor, community_id: uuid.UUID, text: str, now: dt.datetime
) -> tuple[Finding, ...]:
    """What reading ``text`` finds, errors and warnings; stores nothing.

    Raises RulebookRefused where the text is not even JSON.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    return examining.read(community_id, parse(text), clock.business_date(now)).findings


def _in_force(row: RulebookVersion) -> RulebookInForce:
    known = _compiled.get(row.id)
    if known is None:
        known = _compile(row)
        if len(_compiled) >= _MOST_COMPILED:
            _compiled.clear()
        _compiled[row.id] = known
    return RulebookInForce(version=row, compiled=known[0], item_ids=known[1])


def _compile(row: RulebookVersion) -> tuple[rules.Rulebook, Mapping[str, uuid.UUID]]:
    if row.effective_from is None:
        raise RulebookMissing()
    items = db.session.execute(
        tenancy.columns(ScoreItem, row.community_id, ScoreItem.code, ScoreItem.id).where(
            ScoreItem.rulebook_version_id == row.id
        )
    )
    # What was adopted stays in force as it was read then: it is not examined again. The meeting
    # may have chosen another month than the draft proposed: the row is what counts.
    texts = tenancy.columns(
        RulebookVersion, row.community_id, RulebookVersion.whole_document, RulebookVersion.document
    )
    whole, document = db.session.execute(texts.where(RulebookVersion.id == row.id)).one()
    compiled = replace(rulebook_of(parse(whole or document)), effective_from=row.effective_from)
    return compiled, {item.code: item.id for item in items}
