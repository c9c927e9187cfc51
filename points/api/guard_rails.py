"""Guard-rails 护栏 and parents: what district and street issue, and communities inherit."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points.api.guard_rail_schemas import (
    CommunityGuardRailsSchema,
    GuardRailsSchema,
    InheritedSchema,
    IssuedRulebookSchema,
    IssueGuardRails,
    OutsideSchema,
    RulebookText,
    SearchQuery,
    rules_of,
)
from points.models import GuardRails, IssuedRulebook
from points.rulebook_life import inheriting, issuers, issuing, outside
from points.rulebook_life.issuers import Issuer

blp = Blueprint(
    "guard_rails", __name__, url_prefix="/api/v1", description="Guard-rails 护栏 and parents"
)
#: ``level`` is "district" or "street".
PREFIX = "/issuers/<level>/<uuid:issuer_id>"


@blp.get(f"{PREFIX}/guard-rails")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(GuardRailsSchema))
def versions(query: dict[str, Any], level: str, issuer_id: uuid.UUID) -> dict[str, Any]:
    """Every version a district or street issued, newest first."""
    rows = issuing.guard_rails_of(
        actor=actor(),
        issuer=_issuer(level, issuer_id),
        after=query["after"],
        limit=query["limit"] + 1,
    )
    return page(rows, query["limit"])


@blp.post(f"{PREFIX}/guard-rails")
@blp.arguments(IssueGuardRails)
@blp.response(201, GuardRailsSchema)
@in_unit_of_work
def issue(body: dict[str, Any], level: str, issuer_id: uuid.UUID) -> GuardRails:
    """Issue the next version."""
    return issuing.issue_guard_rails(
        actor=actor(), now=clock.now(), issuer=_issuer(level, issuer_id), **body
    )


@blp.get(f"{PREFIX}/guard-rails/in-force")
@blp.response(200, InheritedSchema)
def in_force(level: str, issuer_id: uuid.UUID) -> dict[str, Any]:
    """What stands here today: the own document, and for a street the district's as well."""
    found = inheriting.of_issuer(
        actor=actor(), issuer=_issuer(level, issuer_id), today=clock.business_date(clock.now())
    )
    return {"documents": found.documents, "rules": rules_of(found)}


@blp.get(f"{PREFIX}/guard-rails/outside")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, page_of(OutsideSchema))
def rulebooks_outside(query: dict[str, Any], level: str, issuer_id: uuid.UUID) -> dict[str, Any]:
    """Adopted rulebooks no longer within the guard-rails; they stay in force."""
    limit = query.pop("limit")
    rows = outside.below(
        actor=actor(),
        issuer=_issuer(level, issuer_id),
        today=clock.business_date(clock.now()),
        limit=limit + 1,
        **query,
    )
    return page(rows, limit)


@blp.get(f"{PREFIX}/rulebooks")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, page_of(IssuedRulebookSchema))
def issued_rulebooks(query: dict[str, Any], level: str, issuer_id: uuid.UUID) -> dict[str, Any]:
    """Rulebooks issued to be extended, newest first."""
    limit = query.pop("limit")
    rows = issuing.rulebooks_of(
        actor=actor(), issuer=_issuer(level, issuer_id), limit=limit + 1, **query
    )
    return page(rows, limit)


@blp.post(f"{PREFIX}/rulebooks")
@blp.arguments(RulebookText)
@blp.response(201, IssuedRulebookSchema)
@in_unit_of_work
def issue_rulebook(body: dict[str, Any], level: str, issuer_id: uuid.UUID) -> IssuedRulebook:
    """Issue a rulebook that communities may extend."""
    return issuing.issue_rulebook(
        actor=actor(), now=clock.now(), issuer=_issuer(level, issuer_id), text=body["text"]
    )


@blp.get("/communities/<community>/guard-rails")
@blp.response(200, CommunityGuardRailsSchema)
def of_community(community_id: uuid.UUID) -> dict[str, Any]:
    """What the community inherits, and which of its rulebooks are no longer within it."""
    found, left = inheriting.of_community(
        actor=actor(), community_id=community_id, today=clock.business_date(clock.now())
    )
    return {"documents": found.documents, "rules": rules_of(found), "outside": left}


def _issuer(level: str, issuer_id: uuid.UUID) -> Issuer:
    return issuers.of_level(level, issuer_id)
