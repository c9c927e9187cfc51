"""Shapes of rulebooks in requests and answers."""

from __future__ import annotations

import json
from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload

from kernel import personal_text
from kernel.fields import PageQuery, Schema, choice, text, whole
from points import rulebook_text
from points.models import HolderKind, RulebookState
from points.models.columns import CODE
from points.rulebook_life.readings import Reading
from points.rulebook_life.shape import HOLDERS, LONGEST_TITLE, MOST_ITEMS
from points.rules.document import MOST_BYTES

JSON_VALUE = {"description": "any JSON value"}


def plain(value: object) -> Any:
    """A document, or part of one, as numbers a JSON answer can hold."""
    return json.loads(rulebook_text.canonical(value))


def seen_version(**kwargs: Any) -> ma.fields.Integer:
    """``version_seen`` of the version the caller looked at."""
    return whole(
        least=1,
        most=1_000_000_000,
        required=True,
        metadata={"description": "version_seen of what the caller saw"},
        **kwargs,
    )


class RulebookQuery(PageQuery):
    holder = choice(HOLDERS, load_default=None)
    state = choice(list(RulebookState), load_default=None)
    q = text(longest=80, load_default=None)


class HolderQuery(Schema):
    holder = choice(HOLDERS, load_default=HolderKind.MEMBER)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"holder": HolderKind(data["holder"])}


class RulebookText(Schema):
    text = text(
        longest=MOST_BYTES,
        required=True,
        metadata={"description": "the rulebook, format linli-rulebook/1, as JSON text"},
    )


class ReplaceText(RulebookText):
    version = seen_version()


class RulebookFile(Schema):
    file = Upload(required=True, metadata={"description": ".xlsx, as the template"})


class ReplaceQuery(Schema):
    # Not strict: what stands in a URL is text.
    version = ma.fields.Integer(required=True, validate=ma.validate.Range(min=1, max=1_000_000_000))


class StartEmpty(Schema):
    code = text(longest=40, required=True)
    title = text(longest=LONGEST_TITLE, required=True)
    holder = choice(HOLDERS, load_default=HolderKind.MEMBER)


class StartFromTemplate(Schema):
    template = text(longest=CODE, required=True)
    code = text(longest=40, load_default=None, allow_none=True)
    title = text(longest=LONGEST_TITLE, load_default=None, allow_none=True)


class AddItem(Schema):
    version = seen_version()
    item = ma.fields.Dict(required=True, metadata={"description": "one item of the format"})
    position = whole(least=1, most=MOST_ITEMS, load_default=None, allow_none=True)


class ChangeItem(Schema):
    version = seen_version()
    item = ma.fields.Dict(required=True, metadata={"description": "one item of the format"})


class ChangePart(Schema):
    version = seen_version()
    value = ma.fields.Raw(
        required=True, allow_none=True, metadata={"description": "the part; null leaves it out"}
    )


class ItemQuery(Schema):
    q = text(longest=80, load_default=None)
    kind = choice(["bonus", "deduction", "record"], load_default=None)
    after = text(longest=40, load_default=None)
    limit = ma.fields.Integer(validate=ma.validate.Range(min=1, max=100), load_default=20)


class WithReason(Schema):
    version = seen_version()
    why = text(longest=personal_text.LONGEST, shortest=2, required=True)


class AdoptRulebook(Schema):
    version = seen_version()
    meeting = text(longest=200, required=True)
    adopted_on = ma.fields.Date(required=True)
    effective_from = ma.fields.Date(required=True)


class AgainstQuery(Schema):
    against = ma.fields.UUID(load_default=None)


class RulebookVersionSchema(Schema):
    id = ma.fields.UUID()
    rulebook_id = ma.fields.UUID()
    version = ma.fields.Integer()
    version_seen = ma.fields.Integer()
    state = ma.fields.String()
    sha256 = ma.fields.String()
    effective_from = ma.fields.Date(allow_none=True)
    effective_to = ma.fields.Date(allow_none=True)
    adopted_on = ma.fields.Date(allow_none=True)
    adopted_meeting = ma.fields.String(allow_none=True)


class VersionListedSchema(Schema):
    """A version in a list, with the code and holder of its rulebook."""

    code = ma.fields.String()
    holder = ma.fields.String()
    title = ma.fields.String()

    @ma.post_dump(pass_original=True)
    def joined(self, data: dict[str, Any], original: Any, **_: Any) -> dict[str, Any]:
        return {**RulebookVersionSchema().dump(original.version), **data}


class RulebookVersionDetailSchema(RulebookVersionSchema):
    document = ma.fields.Function(
        lambda row: json.loads(row.document),
        metadata={"type": "object", "description": "the rulebook itself"},
    )


class RulebookFindingSchema(Schema):
    severity = ma.fields.String()
    code = ma.fields.String()
    where = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class RulebookFindingsSchema(Schema):
    findings = ma.fields.List(ma.fields.Nested(RulebookFindingSchema))


class SentenceSchema(Schema):
    """An item read back; the texts are null while it holds errors."""

    code = ma.fields.String()
    name = ma.fields.String()
    kind = ma.fields.String()
    zh = ma.fields.String(allow_none=True)
    en = ma.fields.String(allow_none=True)


class SaidSchema(Schema):
    """A part of the header as a sentence; ``where`` is its place in the document."""

    where = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class ReadingSchema(RulebookFindingsSchema):
    """A version with what was found in it and how it reads."""

    error_count = ma.fields.Integer()
    own_items = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    sentences = ma.fields.List(ma.fields.Nested(SentenceSchema))
    header = ma.fields.List(ma.fields.Nested(SaidSchema))

    @ma.post_dump(pass_original=True)
    def joined(self, data: dict[str, Any], original: Reading, **_: Any) -> dict[str, Any]:
        return {**RulebookVersionSchema().dump(original.row), **data}


class ItemSeenSchema(Schema):
    item = ma.fields.Function(lambda seen: plain(seen.item), metadata={"type": "object"})
    sentence = ma.fields.Nested(SentenceSchema)


class ItemPageSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ItemSeenSchema))
    next = ma.fields.String(allow_none=True)


class PartSchema(Schema):
    part = ma.fields.String()
    version_seen = ma.fields.Integer()
    value = ma.fields.Function(lambda seen: plain(seen["value"]), metadata=JSON_VALUE)


class RulebookActSchema(Schema):
    id = ma.fields.UUID()
    act = ma.fields.String()
    version_seen = ma.fields.Integer()
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    place = ma.fields.String(allow_none=True)
    why = ma.fields.String(allow_none=True)
    actor_id = ma.fields.UUID()
    at_utc = ma.fields.AwareDateTime()


class FieldChangeSchema(Schema):
    field = ma.fields.String()
    label_zh = ma.fields.String()
    label_en = ma.fields.String()
    before = ma.fields.Function(lambda change: plain(change.before), metadata=JSON_VALUE)
    after = ma.fields.Function(lambda change: plain(change.after), metadata=JSON_VALUE)


class ItemChangeSchema(Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    change = ma.fields.String()
    #: ``fields`` is marshmallow's own name on a schema.
    changed_fields = ma.fields.List(
        ma.fields.Nested(FieldChangeSchema), attribute="fields", data_key="fields"
    )
    zh = ma.fields.String()
    en = ma.fields.String()


class DifferenceSchema(Schema):
    before = ma.fields.Nested(RulebookVersionSchema)
    after = ma.fields.Nested(RulebookVersionSchema)
    header = ma.fields.List(ma.fields.Nested(FieldChangeSchema))
    items = ma.fields.List(ma.fields.Nested(ItemChangeSchema))
