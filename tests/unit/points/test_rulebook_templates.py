"""The twelve templates: readable, nothing of their sources lost, nothing proposed silently."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from points import rulebook_excel
from points.rulebook_templates import TemplateUnknown, template, templates
from points.rules.findings import errors_of
from points.rules.reading import examine

_SOURCES = Path(__file__).parents[2] / "data/rulebook_sources/printed_points.json"
_PRINTED: Mapping[str, Mapping[str, Decimal | None]] = json.loads(
    _SOURCES.read_text(encoding="utf-8"), parse_int=Decimal, parse_float=Decimal
)
_LINE = re.compile(r"[A-Z]{2,3}-[A-Z]?\d+|[A-Z]{2}-[A-Z]\b")
#: What a decision may be about beside an item.
_HEADER = {
    "place", "effective_from", "holder", "base", "score", "balance", "defaults", "limits",
    "conflicts", "tiers", "rankings", "excluded_tags", "not_carried_over",
}  # fmt: skip

CODES = sorted(_PRINTED)
_every_template = pytest.mark.parametrize("code", CODES)


def _numbers(value: object) -> Iterator[Decimal]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield Decimal(value)


def _items_of_line(document: Mapping[str, Any], line: str) -> list[dict[str, Any]]:
    return [item for item in document["items"] if line in item["source_codes"]]


def _left_out(document: Mapping[str, Any]) -> Counter[str]:
    clauses = " ".join(each["clause"] for each in document["not_carried_over"])
    return Counter(_LINE.findall(clauses))


def test_the_catalogue_has_the_twelve_templates() -> None:
    assert [each.code for each in templates()] == CODES
    assert {each.holder for each in templates()} == {"member", "household", "merchant"}
    assert sum(each.item_count for each in templates()) == sum(
        len(each.document["items"]) for each in templates()
    )
    assert all(each.title and each.place and each.source for each in templates())


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(TemplateUnknown) as refused:
        template("no-such-template")
    assert refused.value.code == "template_unknown"
    assert refused.value.field == "template"


def test_a_document_handed_out_is_the_callers_own() -> None:
    template("liusha-village").document["items"].clear()
    assert template("liusha-village").document["items"]


@_every_template
def test_the_linter_finds_no_error(code: str) -> None:
    found = template(code)
    examined = examine(found.document)
    assert errors_of(examined.findings) == []
    assert examined.rulebook is not None
    assert examined.rulebook.code == code


@_every_template
def test_every_line_of_the_source_is_an_item_or_a_named_refusal(code: str) -> None:
    document = template(code).document
    left_out = _left_out(document)
    for line in _PRINTED[code]:
        taken = _items_of_line(document, line)
        assert bool(taken) != bool(left_out[line]), line
    reasons = [each for each in document["not_carried_over"] if not each["reason"].strip()]
    assert reasons == []


@_every_template
def test_printed_numbers_are_not_changed(code: str) -> None:
    document = template(code).document
    base = set(_numbers([each.get("points") for each in document["base"]]))
    for line, printed in _PRINTED[code].items():
        items = _items_of_line(document, line)
        if printed is None or not items:
            continue
        assert abs(printed) in base.union(_numbers([item["award"] for item in items])), line
        kinds = {item["kind"] for item in items} - {"record"}
        assert printed > 0 or kinds == {"deduction"}, line


@_every_template
def test_an_item_without_a_printed_number_is_a_decision_to_take(code: str) -> None:
    found = template(code)
    document = found.document
    decided = {each.about for each in found.decisions}
    for line, printed in _PRINTED[code].items():
        if printed is None:
            for item in _items_of_line(document, line):
                assert item["code"] in decided, item["code"]


@_every_template
def test_decisions_are_about_something_and_complete(code: str) -> None:
    found = template(code)
    items = {item["code"] for item in found.document["items"]}
    assert found.decisions
    for each in found.decisions:
        assert each.about in items | _HEADER
        assert all((each.question_zh, each.question_en, each.proposed, each.why))
        assert each.question_zh.endswith("？")
        assert each.question_en.endswith("?")


@_every_template
def test_a_template_goes_through_excel_and_back(code: str) -> None:
    document = template(code).document
    assert rulebook_excel.read(rulebook_excel.write(document), "细则.xlsx") == document
