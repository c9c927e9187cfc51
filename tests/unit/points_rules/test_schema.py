"""Shape of a rulebook, in words of place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from points.rules.document import parse
from points.rules.schema import schema_findings
from tests.unit.points_rules.books import DEMO, ROOT, WENDENG, document, item


@pytest.mark.parametrize("path", [DEMO, WENDENG], ids=["demo", "wendeng"])
def test_real_rulebooks_have_the_right_shape(path: Any) -> None:
    assert schema_findings(parse(path.read_bytes())) == []


BOTH = {"max_points": 1, "max_times": 1, "per": "month"}

SHAPES = [
    ("unknown_field", "items[A]", {"items": [item(points=3)]}),
    (
        "unknown_field",
        "items[A].award",
        {"items": [item(award={"type": "fixed", "points": 1, "over": "month"})]},
    ),
    ("field_missing", "items[A]", {"items": [item(subject=None)]}),
    ("field_missing", "items[A].award", {"items": [item(award={"type": "range", "min": 1})]}),
    ("value_not_allowed", "items[A].kind", {"items": [item(kind="prize")]}),
    ("value_not_allowed", "format", {"format": "linli-guard-rails/1"}),
    ("wrong_type", "version", {"version": Decimal("1.5")}),
    ("wrong_type", "version", {"version": True}),
    (
        "out_of_range",
        "items[A].award.points",
        {"items": [item(award={"type": "fixed", "points": 0})]},
    ),
    (
        "out_of_range",
        "items[A].award.points",
        {"items": [item(award={"type": "fixed", "points": 100001})]},
    ),
    ("wrong_shape", "effective_from", {"effective_from": "2026-11-02"}),
    ("wrong_shape", "effective_from", {"effective_from": "2026-13-01"}),
    ("wrong_shape", "code", {"code": "a\n"}),
    ("wrong_shape", "items", {"items": []}),
    ("field_missing", "items[A].limits[1]", {"items": [item(limits=[{"per": "month"}])]}),
    ("wrong_shape", "items[A].limits[1]", {"items": [item(limits=[BOTH])]}),
]


@pytest.mark.parametrize(("code", "place", "fields"), SHAPES, ids=range(len(SHAPES)))
def test_findings_name_the_place(code: str, place: str, fields: dict[str, Any]) -> None:
    assert (code, place) in [
        (each.code, each.where) for each in schema_findings(document(**fields))
    ]


def test_the_meant_award_is_explained_not_all_six() -> None:
    raw = document(item(award={"type": "per_unit", "points": 1, "per": 0}))
    (finding,) = schema_findings(raw)
    assert (finding.code, finding.where) == ("out_of_range", "items[A].award.per")


def test_decimals_are_numbers() -> None:
    assert schema_findings(document(item(award={"type": "fixed", "points": Decimal("0.5")}))) == []


def test_the_schema_file_is_the_published_one() -> None:
    schema = json.loads((ROOT / "points/rulebook_data/rulebook.schema.json").read_text("utf-8"))
    assert schema["$id"] == "urn:linli:rulebook:1"
