"""Our schemas dump what marshmallow's own way of dumping gives, whatever is dumped."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import pytest

from kernel.fields import MonthField, PointsField, Schema


class Color(StrEnum):
    RED = "red"


class Part(Schema):
    code = ma.fields.String()
    doubled = ma.fields.Function(lambda part: part["code"] * 2)


class Whole(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    count = ma.fields.Integer()
    spelled = ma.fields.Integer(as_string=True)
    price = PointsField(allow_none=True)
    is_open = ma.fields.Boolean(data_key="open")
    at_utc = ma.fields.AwareDateTime()
    seen_utc = ma.fields.AwareDateTime(format="rfc")
    on = ma.fields.Date(attribute="day")
    month = MonthField()
    deep = ma.fields.String(attribute="inner.code")
    inner = ma.fields.Nested(Part)
    parts = ma.fields.List(ma.fields.Nested(Part))
    words = ma.fields.List(ma.fields.String())
    amounts = ma.fields.Dict(keys=ma.fields.String(), values=PointsField())
    told = ma.fields.Method("tell")
    missing = ma.fields.String(dump_default="stands in")
    secret = ma.fields.String(load_only=True)

    def tell(self, whole: Any) -> str:
        """What a schema says by itself."""
        return f"{whole['count'] if isinstance(whole, dict) else whole.count} pieces"


FULL = {
    "id": uuid.UUID("01a1ff00-22e1-71b1-9e2d-984ab2697cd0"), "name": Color.RED, "count": Decimal(3),
    "spelled": 7, "price": Decimal("8.5"), "is_open": 1,
    "at_utc": dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC),
    "seen_utc": dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC), "day": dt.date(2026, 11, 21),
    "month": "2026-11", "inner": {"code": "a"}, "parts": [{"code": "b"}, {"code": "c"}],
    "words": ["d", None, b"e"], "amounts": {"f": Decimal(2)}, "secret": "never",
}  # fmt: skip
EMPTY = dict.fromkeys(FULL)
SPARSE = {"id": FULL["id"], "count": 0}


class Itemed(SimpleNamespace):
    """Like a row of a database: it has items, though not by name."""

    def __getitem__(self, key: int) -> Any:
        return list(vars(self).values())[key]


@pytest.mark.parametrize("values", [FULL, EMPTY, SPARSE], ids=["full", "empty", "sparse"])
@pytest.mark.parametrize(
    "made", [dict, lambda values: SimpleNamespace(**values)], ids=["dict", "object"]
)
def test_it_is_what_marshmallow_says(values: dict[str, Any], made: Any) -> None:
    schema = Whole(exclude=() if values.get("inner") else ("inner",))

    assert schema.dump(made(values)) == ma.Schema._serialize(schema, made(values))


def test_objects_with_items_and_lists_of_objects_are_dumped_too() -> None:
    itemed = Itemed(**FULL)
    expected = ma.Schema._serialize(Whole(), itemed)

    assert Whole(many=True).dump([itemed, itemed]) == [expected, expected]


def test_it_is_text_and_numbers_of_json() -> None:
    dumped = Whole().dump(FULL)

    assert dumped["price"] == 8.5
    assert type(dumped["name"]) is str
    assert dumped["open"]
    assert dumped["parts"] == [
        {"code": "b", "doubled": "bb"},
        {"code": "c", "doubled": "cc"},
    ]
    assert dumped["missing"] == "stands in"
    assert "secret" not in dumped
