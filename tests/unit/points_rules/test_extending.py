"""An add-on list joined to its parent."""

from __future__ import annotations

from typing import Any

import pytest

from points.rules.extending import join
from points.rules.findings import RulebookRefused
from points.rules.reading import compile_rulebook
from tests.unit.points_rules.books import document, item

BASE = {"code": "b", "name": "基础分", "points": 10, "per": "month", "counts_in": ["score"]}
CAP = {"code": "s", "items": ["*bonus"], "max_points": 50, "per": "month"}


def parent(**fields: Any) -> dict[str, Any]:
    return document(
        item("P"),
        item("PD", kind="deduction"),
        **{
            "code": "parent",
            "version": 3,
            "base": [BASE],
            "limits": [CAP],
            "defaults": {"bonus": {"counts_in": ["score"]}},
            **fields,
        },
    )


def child(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    extends = {"code": "parent", "version": 3}
    return document(*items, **{"code": "child", "extends": extends, **fields})


def codes(raw: dict[str, Any], key: str) -> list[str]:
    return [entry["code"] for entry in raw[key]]


def test_the_parents_entries_come_first_and_the_rest_is_the_childs() -> None:
    joined = join(child(title="附加", base=[{**BASE, "code": "c"}]), parent(title="上级"))
    assert codes(joined, "items") == ["P", "PD", "A"]
    assert codes(joined, "base") == ["b", "c"]
    assert codes(joined, "limits") == ["s"]
    assert joined["title"] == "附加"
    assert "extends" not in joined
    assert "conflicts" not in joined


def test_selectors_reach_both_after_joining() -> None:
    book = compile_rulebook(join(child(item("A"), item("D", kind="deduction")), parent()))
    assert book.shared_limits[0].items == {"P", "A"}


def test_each_document_keeps_its_own_defaults() -> None:
    hidden = {"bonus": {"publication": "hidden"}}
    first, _, second = join(child(defaults=hidden), parent())["items"]
    assert (first.get("counts_in"), first.get("publication")) == (["score"], None)
    assert (second.get("counts_in"), second.get("publication")) == (None, "hidden")


def test_null_clears_a_default_for_good() -> None:
    later = {"deduction": {"escalation": {"factors": [0, 1]}}}
    cleared = {**item("D", kind="deduction"), "escalation": None}
    joined = join(child(cleared, item("E", kind="deduction"), defaults=later), parent())
    assert "escalation" not in joined["items"][2]
    assert joined["items"][3]["escalation"] == {"factors": [0, 1]}


REFUSED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("extends_itself", "extends.code", child(code="parent"), parent()),
    ("extends_other_parent", "extends", child(), parent(version=4)),
    ("extends_other_parent", "extends", child(), parent(code="another")),
    ("parent_not_joined", "extends", child(), parent(extends={"code": "g", "version": 1})),
    ("extends_other_holder", "holder", child(holder="household"), parent()),
    ("extends_other_year_starts_month", "year_starts_month", child(), parent(year_starts_month=7)),
    ("duplicate_code", "items[P]", child(item("P")), parent()),
    ("duplicate_code", "base[b]", child(base=[BASE]), parent()),
    ("duplicate_code", "limits[s]", child(limits=[CAP]), parent()),
]


@pytest.mark.parametrize(
    ("code", "place", "raw", "above"),
    REFUSED,
    ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSED)],
)
def test_refused_by_name(code: str, place: str, raw: dict[str, Any], above: dict[str, Any]) -> None:
    with pytest.raises(RulebookRefused) as refused:
        join(raw, above)
    assert [(each.code, each.where) for each in refused.value.findings] == [(code, place)]


def test_a_year_from_january_may_be_said_or_not() -> None:
    assert join(child(year_starts_month=1), parent())["items"]
