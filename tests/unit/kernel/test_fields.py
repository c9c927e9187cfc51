import dataclasses
import uuid
from decimal import Decimal
from typing import Any

import marshmallow as ma
import pytest

from kernel import field_messages, fields


class Sample(fields.Schema):
    points = fields.PointsField()
    month = fields.MonthField()
    count = fields.whole(least=1, most=10)
    name = fields.text(longest=3)
    kind = fields.choice(["a", "b"])
    several = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(min=1, max=2))
    on = ma.fields.Date()
    at = fields.instant()
    flag = ma.fields.Boolean()
    needed = ma.fields.String(required=True)


def messages(**given: Any) -> dict[str, Any]:
    with pytest.raises(ma.ValidationError) as refusal:
        Sample().load({"needed": "x", **given})
    return dict(refusal.value.normalized_messages())


@pytest.mark.parametrize("value", [8, 8.5, 0.1, 100000])
def test_points_are_taken_exactly(value: float) -> None:
    loaded = Sample().load({"needed": "x", "points": value})
    assert loaded["points"] == Decimal(str(value))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (8.15, field_messages.NOT_ONE_DECIMAL),
        (0, field_messages.NOT_POSITIVE),
        (-1, field_messages.NOT_POSITIVE),
        (100000.1, field_messages.TOO_MANY_POINTS),
        (10**30, field_messages.TOO_MANY_POINTS),
        ("8", field_messages.NOT_A_NUMBER),
        (True, field_messages.NOT_A_NUMBER),
        ([1], field_messages.NOT_A_NUMBER),
        (float("nan"), field_messages.NOT_A_NUMBER),
        (float("inf"), field_messages.NOT_A_NUMBER),
    ],
)
def test_bad_points_are_refused(value: Any, message: str) -> None:
    assert messages(points=value) == {"points": [message]}


@pytest.mark.parametrize(
    "given",
    [
        {"month": "2026-13"},
        {"month": 5},
        {"count": 11},
        {"count": 1.5},
        {"count": "x"},
        {"count": 10**40},
        {"name": "long name"},
        {"name": ""},
        {"name": 7},
        {"name": " "},
        {"name": "\u3000\u200b"},
        {"name": "\x00"},
        {"name": "\ud83d"},
        {"kind": "c"},
        {"several": "x"},
        {"several": []},
        {"several": ["x"]},
        {"on": "tomorrow"},
        {"at": "2026-11-21T09:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"flag": "perhaps"},
        {"needed": None},
        {"surprise": 1},
        {"points": 8.15},
        {"points": 0},
        {"points": "x"},
        {"points": 10**30},
    ],
)
def test_every_message_has_a_chinese_sentence(given: dict[str, Any]) -> None:
    def texts(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [text for inner in node.values() for text in texts(inner)]
        return (
            [text for inner in node for text in texts(inner)] if isinstance(node, list) else [node]
        )

    for message in texts(messages(**given)):
        assert field_messages.is_translated(message), message
        assert any("\u4e00" <= letter <= "\u9fff" for letter in field_messages.translated(message))


def test_a_page_names_where_to_go_on() -> None:
    @dataclasses.dataclass(frozen=True)
    class Row:
        id: uuid.UUID

    rows = [Row(uuid.UUID(int=number)) for number in range(3)]
    assert fields.page(rows, 2) == {"items": rows[:2], "next": rows[1].id}
    assert fields.page(rows, 3)["next"] is None
    assert fields.page([], 2) == {"items": [], "next": None}
