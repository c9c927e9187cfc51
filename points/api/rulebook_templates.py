"""Templates of rulebooks: published ones, to read and to start a draft from."""

from __future__ import annotations

import json
import uuid
from typing import Any

import marshmallow as ma

from kernel import clock
from kernel.fields import Schema, text
from kernel.http import Blueprint, actor, in_unit_of_work
from points.api.rulebook_schemas import ReadingSchema, StartFromTemplate
from points.rulebook_life import catalogue, readings, starts
from points.rulebook_life.readings import Reading
from points.rulebook_templates import Template

blp = Blueprint(
    "rulebook_templates",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Templates of rulebooks",
)


class TemplateQuery(Schema):
    q = text(longest=80, load_default=None)
    holder = text(longest=24, load_default=None)


class DecisionSchema(Schema):
    """What the source leaves open, and what the template writes meanwhile."""

    about = ma.fields.String()
    question_zh = ma.fields.String()
    question_en = ma.fields.String()
    proposed = ma.fields.String()
    why = ma.fields.String()


class TemplateSchema(Schema):
    code = ma.fields.String()
    title = ma.fields.String()
    place = ma.fields.String()
    holder = ma.fields.String()
    item_count = ma.fields.Integer()
    source = ma.fields.String()


class TemplateDetailSchema(TemplateSchema):
    decisions = ma.fields.List(ma.fields.Nested(DecisionSchema))
    document = ma.fields.Function(
        lambda template: json.loads(template.text), metadata={"type": "object"}
    )


class TemplatesSchema(Schema):
    templates = ma.fields.List(ma.fields.Nested(TemplateSchema))


@blp.get("/rulebook-templates")
@blp.arguments(TemplateQuery, location="query")
@blp.response(200, TemplatesSchema)
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, list[Template]]:
    """The catalogue by code; a dozen, so without pages."""
    return {"templates": catalogue.listed(actor=actor(), community_id=community_id, **query)}


@blp.get("/rulebook-templates/<template>")
@blp.response(200, TemplateDetailSchema)
def detail(community_id: uuid.UUID, template: str) -> Template:
    """One template with its text and the decisions it leaves to the community."""
    return catalogue.one(actor=actor(), community_id=community_id, code=template)


@blp.post("/rulebooks/from-template")
@blp.arguments(StartFromTemplate)
@blp.response(201, ReadingSchema)
@in_unit_of_work
def start(body: dict[str, Any], community_id: uuid.UUID) -> Reading:
    """A draft that begins with a template."""
    row = starts.from_template(actor=actor(), now=clock.now(), community_id=community_id, **body)
    return readings.of_row(row, clock.business_date(clock.now()))
