"""JSON → Excel → JSON is the identity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from points.rulebook_excel import read, write
from points.rules.document import parse
from tests.unit.points_rulebook_excel.schema_documents import documents
from tests.unit.points_rules.books import ROOT, document, item

DATA = ROOT / "points/rulebook_data"
BOOKS = sorted(
    [
        *(ROOT / "tests/data/rulebooks").glob("*.json"),
        *DATA.glob("*_demo.json"),
        *(path for path in (DATA / "templates").glob("*.json") if path.suffixes == [".json"]),
    ]
)


def test_examples_and_templates_are_tried() -> None:
    assert len(BOOKS) >= 19


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_real_rulebooks(path: Path) -> None:
    raw = parse(path.read_bytes())
    assert read(write(raw), f"{path.stem}.xlsx") == raw


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(documents())
def test_whatever_the_schema_allows(raw: dict[str, Any]) -> None:
    assert read(write(raw), "x.xlsx") == raw


def test_levels_keep_their_order() -> None:
    levels = {"重": 3, "轻": 1, "中": 2}
    raw = document(item(award={"type": "fixed", "points": levels}))
    assert list(read(write(raw), "x.xlsx")["items"][0]["award"]["points"]) == list(levels)


def test_five_hundred_equal_items_are_no_bomb() -> None:
    raw = document(*[item(f"A{number}", name="同样的项目" * 70) for number in range(500)])
    assert read(write(raw), "x.xlsx") == raw
