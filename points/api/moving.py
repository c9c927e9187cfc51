"""Those who left and their points, points carried over, exclusions for a period."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from kernel import clock, personal_text
from kernel.fields import PageQuery, PointsField, Schema, choice, day, page, page_of, text, whole
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from points.models import CarriedIn, LeftChoice
from points.moving import carrying, exclusions, former, left_balances

blp = Blueprint(
    "moving",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Members who leave, and their points",
)
former_blp = Blueprint(
    "former_memberships",
    __name__,
    url_prefix="/api/v1/me/former-memberships",
    description="Where one was a member before",
)
MOST_VERSION = 1_000_000


class LeftQuery(PageQuery):
    choice = choice([each.value for each in LeftChoice], load_default=None)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        chosen = data["choice"]
        return {**data, "choice": LeftChoice(chosen) if chosen else None}


class DecideLeft(Schema):
    version = whole(least=1, most=MOST_VERSION, required=True)
    choice = ma.fields.Enum(LeftChoice, by_value=True, required=True)
    heir_id = ma.fields.UUID(load_default=None, allow_none=True)
    to_community = text(longest=20, load_default=None, allow_none=True)


class LeftBalanceSchema(Schema):
    id = ma.fields.UUID()
    version = ma.fields.Integer()
    member_id = ma.fields.UUID()
    member_name = ma.fields.String()
    left_on = ma.fields.Date()
    left_reason = ma.fields.String()
    choice = ma.fields.String()
    settle_on = ma.fields.Date(metadata={"description": "nothing moves before this day"})
    heir_id = ma.fields.UUID(allow_none=True)
    to_community_id = ma.fields.UUID(allow_none=True)
    balance = PointsField()
    debt = PointsField()


class AcceptCarried(Schema):
    number = text(longest=20, required=True, metadata={"description": "told by the old community"})
    member_id = ma.fields.UUID(required=True)


class CarriedInSchema(Schema):
    id = ma.fields.UUID()
    points = PointsField()
    member_id = ma.fields.UUID(allow_none=True)
    received_at_utc = ma.fields.AwareDateTime()
    arrived_at_utc = ma.fields.AwareDateTime(allow_none=True)


class ExclusionQuery(PageQuery):
    member_id = ma.fields.UUID(load_default=None)


class Exclude(Schema):
    member_id = ma.fields.UUID(required=True)
    tag = text(longest=40, required=True)
    starts_on = day(required=True)
    ends_on = day(required=True)
    reason = text(longest=personal_text.LONGEST, required=True)


class EndExclusion(Schema):
    ends_on = day(required=True)
    reason = text(longest=personal_text.LONGEST, required=True)


class ExclusionSchema(Schema):
    id = ma.fields.UUID()
    member_tag_id = ma.fields.UUID()
    member_id = ma.fields.UUID()
    tag = ma.fields.String()
    act = ma.fields.String()
    starts_on = ma.fields.Date()
    ends_on = ma.fields.Date()
    reason = ma.fields.String(allow_none=True)
    actor_id = ma.fields.UUID()
    at_utc = ma.fields.AwareDateTime()


class FormerMembershipSchema(Schema):
    id = ma.fields.UUID()
    community_code = ma.fields.String()
    community_name = ma.fields.String()
    member_id = ma.fields.UUID()
    left_on = ma.fields.Date()
    left_reason = ma.fields.String()
    choice = ma.fields.String()
    settle_on = ma.fields.Date()
    in_transit = PointsField()
    number = ma.fields.String(allow_none=True)


def replay_carried(*, community_id: uuid.UUID, result_id: uuid.UUID) -> CarriedIn:
    """The answer of a repeated request."""
    return carrying.carried_in(community_id, result_id)


@blp.get("/left-balances")
@blp.arguments(LeftQuery, location="query")
@blp.response(200, page_of(LeftBalanceSchema))
def left(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Those who left, the last first, with what still lies on their accounts."""
    limit = query.pop("limit")
    rows = left_balances.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("/left-balances/<uuid:left_balance_id>/decision")
@blp.arguments(DecideLeft)
@blp.response(201, LeftBalanceSchema)
@in_unit_of_work
def decide(
    body: dict[str, Any], community_id: uuid.UUID, left_balance_id: uuid.UUID
) -> left_balances.LeftView:
    """Decide what becomes of the points."""
    return left_balances.decide(
        actor=actor(), now=clock.now(), community_id=community_id,
        left_balance_id=left_balance_id, **body,
    )  # fmt: skip


@blp.post("/carried-in")
@blp.arguments(AcceptCarried)
@blp.response(201, CarriedInSchema)
@in_unit_of_work
@idempotent("accept_carried", replay=replay_carried)
def accept(body: dict[str, Any], community_id: uuid.UUID) -> CarriedIn:
    """Give a member what waits under the number of the old community."""
    return carrying.accept(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/exclusions")
@blp.arguments(ExclusionQuery, location="query")
@blp.response(200, page_of(ExclusionSchema))
def excluded(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Who was excluded and why, the last act first."""
    limit = query.pop("limit")
    rows = exclusions.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("/exclusions")
@blp.arguments(Exclude)
@blp.response(201, ExclusionSchema)
@in_unit_of_work
def exclude(body: dict[str, Any], community_id: uuid.UUID) -> exclusions.ExclusionView:
    """Exclude a member for a period, by a tag of the rulebook, with the reason."""
    return exclusions.exclude(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.post("/exclusions/<uuid:member_tag_id>/ending")
@blp.arguments(EndExclusion)
@blp.response(201, ExclusionSchema)
@in_unit_of_work
def end_exclusion(
    body: dict[str, Any], community_id: uuid.UUID, member_tag_id: uuid.UUID
) -> exclusions.ExclusionView:
    """End an exclusion before its time, with the reason."""
    return exclusions.end(
        actor=actor(), now=clock.now(), community_id=community_id, member_tag_id=member_tag_id,
        **body,
    )  # fmt: skip


@former_blp.get("")
@former_blp.arguments(PageQuery, location="query")
@former_blp.response(200, page_of(FormerMembershipSchema))
def mine(query: dict[str, Any]) -> dict[str, Any]:
    """Where one was a member before; the history there stays readable."""
    limit = query.pop("limit")
    return page(former.memberships(actor=actor(), limit=limit + 1, **query), limit)
