"""Erasing what is personal about a member who has left, on request."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask import current_app

from community import erasures
from community.erasures import ErasureState
from kernel import clock, personal_text
from kernel.fields import Schema, text
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint(
    "erasures",
    __name__,
    url_prefix="/api/v1/communities/<community>/members/<uuid:member_id>/erasure",
    description="Erasing personal information 删除个人信息",
)


class EraseMember(Schema):
    name = text(
        longest=40,
        required=True,
        metadata={"description": "the member's name once more: nothing brings it back afterwards"},
    )
    reason = text(
        longest=personal_text.LONGEST,
        required=True,
        metadata={"description": "who asked for it, and how"},
    )


class StillOpenSchema(Schema):
    code = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class ErasureSchema(Schema):
    member_id = ma.fields.UUID()
    left_on = ma.fields.Date(allow_none=True)
    due_on = ma.fields.Date(
        allow_none=True, metadata={"description": "erased without a request from this day on"}
    )
    still_open = ma.fields.List(
        ma.fields.Nested(StillOpenSchema), metadata={"description": "what has to be done before"}
    )
    way = ma.fields.String(allow_none=True, metadata={"description": "retention or request"})
    erased_at_utc = ma.fields.AwareDateTime(allow_none=True)


@blp.get("")
@blp.response(200, ErasureSchema)
def state(community_id: uuid.UUID, member_id: uuid.UUID) -> ErasureState:
    """Whether it was erased, when it will be, and what it waits for."""
    return _state(community_id, member_id)


@blp.post("")
@blp.arguments(EraseMember)
@blp.response(201, ErasureSchema)
@in_unit_of_work
def erase(body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID) -> ErasureState:
    """Erase name, texts, photos and the WeChat identity of who has left; the ledger stays."""
    erasures.on_request(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id, **body
    )
    return _state(community_id, member_id)


def _state(community_id: uuid.UUID, member_id: uuid.UUID) -> ErasureState:
    return erasures.state(
        actor=actor(), community_id=community_id, member_id=member_id,
        kept_days=current_app.config["LINLI"].leavers_kept_days,
    )  # fmt: skip
