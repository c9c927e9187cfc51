"""Where a member stands: score over the rulebook's period, tier, counters."""

from __future__ import annotations

import uuid

import marshmallow as ma

from kernel import clock
from kernel.fields import PointsField, Schema
from kernel.http import Blueprint, actor
from points import member_standing
from points.api.quantity_field import QuantityField
from points.member_standing import MemberStanding

blp = Blueprint(
    "standings",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Standing: score over the rulebook's period, tier 等级, counters 累计量",
)


class CounterStandingSchema(Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    unit = ma.fields.String()
    month = QuantityField()
    year = QuantityField()
    ever = QuantityField()


class MemberStandingSchema(Schema):
    member_id = ma.fields.UUID()
    over = ma.fields.String()
    score = PointsField(allow_none=True)
    tier = ma.fields.String(allow_none=True)
    tier_month = ma.fields.String(allow_none=True)
    tier_effects = ma.fields.List(ma.fields.String())
    is_redemption_barred = ma.fields.Boolean()
    barred_before = ma.fields.Date(allow_none=True)
    counters = ma.fields.List(ma.fields.Nested(CounterStandingSchema))


@blp.get("/me/standing")
@blp.response(200, MemberStandingSchema)
def mine(community_id: uuid.UUID) -> MemberStanding:
    """My own standing."""
    return _standing(community_id, actor().member_in(community_id))


@blp.get("/members/<uuid:member_id>/standing")
@blp.response(200, MemberStandingSchema)
def of_member(community_id: uuid.UUID, member_id: uuid.UUID) -> MemberStanding:
    """The standing of one member."""
    return _standing(community_id, member_id)


def _standing(community_id: uuid.UUID, member_id: uuid.UUID) -> MemberStanding:
    return member_standing.standing(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id
    )
