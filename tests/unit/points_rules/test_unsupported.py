"""Constructs not run yet are refused by name and place, never dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from points.rules.document import parse
from points.rules.reading import compile_rulebook
from points.rules.unsupported import NOT_YET, not_supported
from tests.unit.points_rules.books import DEMO, WENDENG, document

RANKING = {"code": "r", "name": "排名", "unit": "member", "over": "month", "within": "community"}


def _balance(**fields: Any) -> dict[str, Any]:
    return document(balance={"spendable_from": "recorded", "deductions": "below_zero", **fields})


USES: list[tuple[str, str, dict[str, Any]]] = [
    ("guard_rails", "format", document(format="linli-guard-rails/1")),
    ("extends", "extends", document(extends={"code": "p", "version": 1})),
    (
        "ranking_measure",
        "rankings[r].measure",
        document(rankings=[{**RANKING, "measure": "balance"}]),
    ),
]


@pytest.mark.parametrize(("name", "place", "raw"), USES, ids=[f"{use[0]}@{use[1]}" for use in USES])
def test_each_construct_is_named_with_its_place(name: str, place: str, raw: dict[str, Any]) -> None:
    (finding,) = not_supported(raw)
    assert (finding.code, finding.where) == ("not_supported_yet", place)
    assert f"（{name}）" in finding.zh
    assert f'"{name}"' in finding.en


def test_every_row_of_the_table_is_tried() -> None:
    assert [construct.name for construct in NOT_YET] == [use[0] for use in USES]


CLEARED: list[Callable[[], dict[str, Any]]] = [
    lambda: document(rankings=[{**RANKING, "measure": "score"}]),
    _balance,
]


@pytest.mark.parametrize("raw", CLEARED, ids=range(len(CLEARED)))
def test_what_says_nothing_is_no_use(raw: Callable[[], dict[str, Any]]) -> None:
    assert not_supported(raw()) == []


def test_the_demo_uses_only_what_runs() -> None:
    assert not_supported(parse(DEMO.read_bytes())) == []


def test_wendeng_uses_only_what_runs() -> None:
    assert compile_rulebook(parse(WENDENG.read_bytes())).code == "wendeng-community-addon"
