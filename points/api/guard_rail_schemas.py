"""Shapes of what district and street issue."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import marshmallow as ma

from kernel.fields import PageQuery, Schema, text, whole
from points.api.rulebook_schemas import RulebookFindingSchema, RulebookText
from points.rules.document import MOST_BYTES
from points.rules.guard_rails import DeductionCap

LONGEST_REASON = 400


class IssueGuardRails(Schema):
    version = whole(
        least=0,
        most=1_000_000,
        required=True,
        metadata={"description": "the last version the caller saw, 0 before the first"},
    )
    reason = text(longest=LONGEST_REASON, shortest=2, required=True)
    text = text(
        longest=MOST_BYTES,
        required=True,
        metadata={"description": "format linli-guard-rails/1, as JSON text"},
    )


class SearchQuery(PageQuery):
    q = text(longest=80, load_default=None)


class IssuedSchema(Schema):
    id = ma.fields.UUID()
    level = ma.fields.String()
    version = ma.fields.Integer()
    sha256 = ma.fields.String()
    at_utc = ma.fields.AwareDateTime()
    actor_id = ma.fields.UUID()
    document = ma.fields.Function(lambda row: json.loads(row.document), metadata={"type": "object"})


class GuardRailsSchema(IssuedSchema):
    effective_from = ma.fields.Date()
    reason = ma.fields.String()


class IssuedRulebookSchema(IssuedSchema):
    code = ma.fields.String()
    title = ma.fields.String()


class InheritedRuleSchema(Schema):
    """One thing that is asked, and which body asks it."""

    field = ma.fields.String()
    value = ma.fields.Raw()
    owner = ma.fields.String()


class OutsideSchema(Schema):
    """An adopted rulebook that today's guard-rails would not let through."""

    id = ma.fields.UUID()
    community_code = ma.fields.String()
    community_name = ma.fields.String()
    rulebook_code = ma.fields.String()
    title = ma.fields.String()
    version = ma.fields.Integer()
    findings = ma.fields.List(ma.fields.Nested(RulebookFindingSchema))


class InheritedSchema(Schema):
    """What a place inherits: the documents in force, the district's first, and their sum."""

    documents = ma.fields.List(ma.fields.Nested(GuardRailsSchema))
    rules = ma.fields.List(ma.fields.Nested(InheritedRuleSchema))


class CommunityGuardRailsSchema(InheritedSchema):
    outside = ma.fields.List(ma.fields.Nested(OutsideSchema))


def rules_of(inherited: Any) -> list[dict[str, Any]]:
    """What is asked, each row with its owner, as JSON holds it."""
    return [
        {"field": field, "value": _plain(value), "owner": owner}
        for field, value, owner in inherited.merged.inherited()
    ]


def _plain(value: object) -> Any:
    if isinstance(value, DeductionCap):
        return {"points": float(value.points), "per": value.per.value}
    return float(value) if isinstance(value, Decimal) else value


__all__ = [
    "CommunityGuardRailsSchema",
    "GuardRailsSchema",
    "InheritedSchema",
    "IssueGuardRails",
    "IssuedRulebookSchema",
    "OutsideSchema",
    "RulebookText",
    "SearchQuery",
    "rules_of",
]
