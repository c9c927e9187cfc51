"""Guard-rails 护栏 in force: what a community inherits, and what its rulebook does not keep."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kernel.database import db
from points.models import GuardRails
from points.rulebook_life import issuers
from points.rulebook_life.issuers import Issuer
from points.rules import guard_rails as rails
from points.rules.compiled import Rulebook
from points.rules.findings import Finding

_MOST_LOADED = 256


@dataclass(frozen=True, kw_only=True)
class Inherited:
    """The documents in force, the district's first, and what they ask together."""

    documents: Sequence[GuardRails]
    merged: rails.MergedGuardRails


def of_community(community_id: uuid.UUID, on: dt.date) -> Inherited:
    """What the community inherits on ``on``; two statements."""
    return of_issuers(issuers.above(community_id), on)


def of_issuers(bodies: Sequence[Issuer], on: dt.date) -> Inherited:
    """What these bodies ask on ``on``: of each the newest version that has begun."""
    later = aliased(GuardRails)
    replaced = (
        sa.select(later.id)
        .where(
            later.issuer_id == GuardRails.issuer_id,
            later.version > GuardRails.version,
            later.effective_from <= on,
        )
        .exists()
    )
    rows = db.session.scalars(
        sa.select(GuardRails).where(
            GuardRails.issuer_id.in_([body.id for body in bodies]),
            GuardRails.effective_from <= on,
            ~replaced,
        )
    ).all()
    by_issuer = {row.issuer_id: row for row in rows}
    standing = [(body, by_issuer[body.id]) for body in bodies if body.id in by_issuer]
    return Inherited(
        documents=[row for _, row in standing],
        merged=rails.merge([(body.name, _loaded(row.document)) for body, row in standing]),
    )


def findings(community_id: uuid.UUID, rulebook: Rulebook, on: dt.date) -> list[Finding]:
    """What of the guard-rails in force on ``on`` the rulebook does not keep."""
    return rails.check(rulebook, of_community(community_id, on).merged)


@lru_cache(maxsize=_MOST_LOADED)
def _loaded(document: str) -> rails.GuardRails:
    """A version never changes, so what it says is kept by its text."""
    return rails.load(document)
