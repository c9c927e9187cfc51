"""What district and street issue: versions of their guard-rails, and rulebooks to extend."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from points import rulebook_text
from points.models import GuardRails, IssuedRulebook
from points.permissions import PointsPermission
from points.rulebook_life import parents, shape
from points.rulebook_life.errors import (
    GuardRailsInPast,
    GuardRailsIssuerWrong,
    ParentCodeTaken,
)
from points.rulebook_life.issuers import Issuer
from points.rules import guard_rails as rails
from points.rules.document import parse
from points.rules.findings import RulebookRefused, errors_of
from points.rules.reading import examine


def issue_guard_rails(
    *,
    actor: Actor,
    now: dt.datetime,
    issuer: Issuer,
    version: int,
    text: str,
    reason: str,
) -> GuardRails:
    """Issue the next version; ``version`` is the last one the caller saw, 0 before the first.

    What was adopted stays in force; drafts are read under the new ones from the day they begin.
    Raises RulebookRefused (every finding), StaleVersion, GuardRailsIssuerWrong, GuardRailsInPast.
    """
    issuer.require_issuing(actor)
    document = rails.load(text)
    former = _last(issuer)
    last = former.version if former else 0
    if version != last:
        raise StaleVersion(field="version")
    if (document.level, document.version) != (issuer.level, last + 1):
        raise GuardRailsIssuerWrong(field="text", level=issuer.level, version=last + 1)
    earliest = max(clock.business_date(now), former.effective_from if former else dt.date.min)
    if document.effective_from < earliest:
        raise GuardRailsInPast(field="text")
    stored = rulebook_text.canonical(parse(text))
    row = GuardRails(
        level=issuer.level,
        issuer_id=issuer.id,
        district_id=issuer.district_id,
        street_id=issuer.street_id,
        version=document.version,
        effective_from=document.effective_from,
        document=stored,
        sha256=rulebook_text.sha256(stored),
        reason=reason,
        actor_id=actor.account_id,
        at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def guard_rails_of(
    *, actor: Actor, issuer: Issuer, after: uuid.UUID | None, limit: int
) -> list[GuardRails]:
    """Every version a body issued, newest first."""
    actor.require(PointsPermission.READ_RULEBOOK, issuer.place)
    statement = sa.select(GuardRails).where(GuardRails.issuer_id == issuer.id)
    if after is not None:
        statement = statement.where(GuardRails.id < after)
    return list(db.session.scalars(statement.order_by(GuardRails.id.desc()).limit(limit)))


def issue_rulebook(*, actor: Actor, now: dt.datetime, issuer: Issuer, text: str) -> IssuedRulebook:
    """Issue a rulebook that communities extend by its code and version; it never changes.

    Raises RulebookRefused (every finding), ParentCodeTaken.
    """
    issuer.require_issuing(actor)
    document = shape.keepable(parse(text))
    whole = parents.joined_above([issuer], document)
    found = [*whole.findings]
    found += () if errors_of(found) else examine(whole.document).findings
    if errors_of(found):
        raise RulebookRefused(found)
    own = sa.select(IssuedRulebook.id).where(
        IssuedRulebook.issuer_id == issuer.id,
        IssuedRulebook.code == document["code"],
        IssuedRulebook.version == document["version"],
    )
    if db.session.execute(own).first() is not None:
        raise ParentCodeTaken(field="text", code=document["code"], version=document["version"])
    # What is extended stands alone: its own parent is joined in, once and for all.
    stored = rulebook_text.canonical(whole.document)
    row = IssuedRulebook(
        level=issuer.level,
        issuer_id=issuer.id,
        district_id=issuer.district_id,
        street_id=issuer.street_id,
        code=document["code"],
        version=document["version"],
        title=document["title"],
        document=stored,
        sha256=rulebook_text.sha256(stored),
        actor_id=actor.account_id,
        at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def rulebooks_of(
    *, actor: Actor, issuer: Issuer, q: str | None, after: uuid.UUID | None, limit: int
) -> list[IssuedRulebook]:
    """Rulebooks a body issued, newest first; ``q`` is part of a title or code."""
    actor.require(PointsPermission.READ_RULEBOOK, issuer.place)
    statement = sa.select(IssuedRulebook).where(IssuedRulebook.issuer_id == issuer.id)
    if q:
        statement = statement.where(
            IssuedRulebook.title.contains(q, autoescape=True)
            | IssuedRulebook.code.contains(q, autoescape=True)
        )
    if after is not None:
        statement = statement.where(IssuedRulebook.id < after)
    return list(db.session.scalars(statement.order_by(IssuedRulebook.id.desc()).limit(limit)))


def _last(issuer: Issuer) -> GuardRails | None:
    statement = sa.select(GuardRails).where(GuardRails.issuer_id == issuer.id)
    return db.session.scalars(statement.order_by(GuardRails.version.desc()).limit(1)).one_or_none()
