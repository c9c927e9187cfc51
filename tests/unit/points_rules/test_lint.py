"""The linter: one row per rule."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from points.rules.document import parse
from points.rules.reading import examine
from tests.unit.points_rules.books import DEMO, document, findings_of, hours, item

POINT_FIVE_FIVE = Decimal("0.55")
RANKING = {"code": "r", "name": "排名", "unit": "member", "over": "month", "within": "community"}
BASE = {"code": "b", "name": "基础分", "points": 10, "per": "month", "counts_in": ["score"]}


def _award(**award: Any) -> dict[str, Any]:
    return document(item(award=award))


def _steps(*steps: tuple[int, int]) -> dict[str, Any]:
    return _award(type="milestones", steps=[{"at": at, "points": points} for at, points in steps])


def _own(*limits: dict[str, Any]) -> dict[str, Any]:
    return document(item(limits=list(limits)))


def _shared(*items: dict[str, Any], **limit: Any) -> dict[str, Any]:
    return document(*items, limits=[{"code": "s", **limit}])


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("not_one_decimal", "items[A].award.points", _award(type="fixed", points=POINT_FIVE_FIVE)),
    (
        "not_one_decimal",
        "items[A].award.points.轻",
        _award(type="fixed", points={"轻": POINT_FIVE_FIVE, "重": 2}),
    ),
    ("not_one_decimal", "items[A].award.min", _award(type="range", min=POINT_FIVE_FIVE, max=2)),
    (
        "not_one_decimal",
        "items[A].award.step",
        _award(type="range", min=1, max=2, step=POINT_FIVE_FIVE),
    ),
    (
        "not_one_decimal",
        "items[A].limits[1].max_points",
        _own({"max_points": POINT_FIVE_FIVE, "per": "month"}),
    ),
    (
        "not_one_decimal",
        "limits[s].max_points",
        _shared(item(), items=["A"], max_points=POINT_FIVE_FIVE, per="month"),
    ),
    ("not_one_decimal", "base[b].points", document(base=[{**BASE, "points": POINT_FIVE_FIVE}])),
    (
        "quantity_not_two_decimals",
        "items[A].award.per",
        _award(type="per_unit", points=1, per=Decimal("0.125")),
    ),
    (
        "quantity_not_two_decimals",
        "items[H].limits[1].max_quantity",
        document(hours(limits=[{"max_quantity": Decimal("0.125"), "per": "day"}])),
    ),
    ("range_reversed", "items[A].award", _award(type="range", min=5, max=2)),
    ("range_reversed", "items[H].quantity", document(hours(quantity={"min": 5, "max": 2}))),
    ("steps_not_rising", "items[A].award.steps", _steps((10, 2), (10, 5))),
    ("steps_not_rising", "items[A].award.steps", _steps((20, 2), (10, 5))),
    ("steps_not_rising", "items[A].award.steps", _steps((10, 5), (20, 5))),
    (
        "levels_on_accumulated",
        "items[A].award.points",
        _award(type="per_unit", points={"厨余": 2, "可回收": 16}, per=1, over="month"),
    ),
    ("quantity_is_one", "items[A].quantity", document(item(quantity={"min": 2}))),
    (
        "quantity_limit_needs_accumulation",
        "items[A].limits[1]",
        document(
            item(
                unit="hour",
                award={"type": "per_unit", "points": 1, "per": 1},
                limits=[{"max_quantity": 4, "per": "day"}],
            )
        ),
    ),
    (
        "quantity_limit_needs_unit",
        "items[H].limits[1]",
        document(hours(unit=None, limits=[{"max_quantity": 4, "per": "day"}])),
    ),
    (
        "times_on_accumulated",
        "items[H].limits[1]",
        document(hours(limits=[{"max_times": 2, "per": "month"}])),
    ),
    ("duplicate_code", "items[A]", document(item(), item())),
    ("duplicate_code", "base[b]", document(base=[BASE, BASE])),
    ("duplicate_code", "rankings[r]", document(rankings=[RANKING, RANKING])),
    (
        "duplicate_limit",
        "items[A].limits[2]",
        _own({"max_points": 3, "per": "day"}, {"max_points": 4, "per": "day"}),
    ),
    (
        "duplicate_limit",
        "limits[s]",
        document(
            limits=[
                {"code": "s", "items": ["A"], "max_points": cap, "per": "day"} for cap in (3, 4)
            ]
        ),
    ),
    (
        "selector_unknown",
        "limits[s].items",
        _shared(item(), items=["A", "group:没有"], max_points=3, per="day"),
    ),
    (
        "limit_mixes_kinds",
        "limits[s]",
        _shared(
            item(),
            item("D", kind="deduction"),
            items=["*bonus", "*deduction"],
            max_points=3,
            per="day",
        ),
    ),
    # The specification's own example: A 10 a year, all items 50 a month.
    (
        "limits_cross",
        "items[A].limits[1]",
        document(
            item(limits=[{"max_points": 10, "per": "year"}]),
            item("B"),
            limits=[{"code": "s", "items": ["*bonus"], "max_points": 50, "per": "month"}],
        ),
    ),
    # A total over the year is cut later by the month.
    (
        "limits_cross",
        "items[H].award.over",
        document(
            hours(
                award={"type": "per_unit", "points": 1, "per": 1, "over": "year"},
                limits=[{"max_points": 3, "per": "month"}],
            )
        ),
    ),
    # Hours cut by the month are added up over the week only.
    (
        "limits_cross",
        "items[H].limits[1]",
        document(hours(limits=[{"max_quantity": 9, "per": "year"}])),
    ),
    # Times of two items, points of one: the other item's deed would take the place.
    (
        "limits_cross",
        "limits[s]",
        document(
            item(limits=[{"max_points": 10, "per": "month"}]),
            item("B"),
            limits=[{"code": "s", "items": ["A", "B"], "max_times": 3, "per": "month"}],
        ),
    ),
]


@pytest.mark.parametrize(
    ("code", "place", "raw"), REFUSED, ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSED)]
)
def test_refused_by_name_and_place(code: str, place: str, raw: dict[str, Any]) -> None:
    assert findings_of(raw) == [(code, place)]


#: (what cuts earlier, what cuts later, whether the first lies in the second)
CELLS = [
    ("deed", "month", True),
    ("activity", "year", True),
    ("deed", "day", False),
    ("activity", "week", False),
    ("deed", "activity", False),
    ("activity", "activity", True),
    ("week", "month", True),
    ("half_year", "quarter", False),
    ("year", "ever", True),
]


@pytest.mark.parametrize(("earlier", "later", "nests"), CELLS, ids=range(len(CELLS)))
def test_cells_nest_by_their_period(earlier: str, later: str, nests: bool) -> None:
    raw = _own({"max_times": 1, "per": earlier}, {"max_points": 20, "per": later})
    assert findings_of(raw) == ([] if nests else [("limits_cross", "items[A].limits[1]")])


@pytest.mark.parametrize(
    ("earlier", "later", "nests"),
    [
        ("person", "holder", True),
        ("holder", "household", True),
        ("household", "holder", False),
        ("holder", "person", False),
    ],
)
def test_cells_nest_by_whose_they_are(earlier: str, later: str, nests: bool) -> None:
    raw = _own(
        {"max_times": 1, "per": "day", "across": earlier},
        {"max_points": 20, "per": "month", "across": later},
    )
    assert findings_of(raw) == ([] if nests else [("limits_cross", "items[A].limits[1]")])


def test_crossing_limits_are_refused_with_the_ways_out() -> None:
    raw = document(
        item(limits=[{"max_points": 10, "per": "year"}]),
        item("B"),
        limits=[{"code": "s", "items": ["*bonus"], "max_points": 50, "per": "month"}],
    )
    (finding,) = examine(raw).findings
    assert finding.zh == (
        "与 limits[s] 交叉：先算的封顶应包在后算的封顶之内，否则多做一件好事反而可能少得分。"
        "可以把 items[A].limits[1] 改为每月或更短，或把 limits[s] 改为每年或更长；"
        "或用得分上限（score.ceiling）代替 limits[s]。"
    )
    assert finding.en == (
        "Crosses limits[s]: what cuts first has to lie inside what cuts later, or one more good "
        "deed could lower a total. Please make items[A].limits[1] a month or shorter, or "
        "limits[s] a year or longer; or use score.ceiling instead of limits[s]."
    )


def test_items_outside_the_later_limit_are_named() -> None:
    raw = document(
        item(limits=[{"max_points": 10, "per": "month"}]),
        item("B"),
        limits=[{"code": "s", "items": ["A", "B"], "max_times": 3, "per": "month"}],
    )
    (finding,) = examine(raw).findings
    assert "把 B 也放进 items[A].limits[1]，或从 limits[s] 去掉" in finding.zh


NESTED = [
    document(
        item(limits=[{"max_times": 1, "per": "day"}, {"max_points": 4, "per": "week"}]),
        item("B", limits=[{"max_points": 10, "per": "month"}]),
        limits=[{"code": "s", "items": ["*bonus"], "max_points": 50, "per": "year"}],
    ),
    document(hours(limits=[{"max_quantity": 4, "per": "day"}, {"max_points": 20, "per": "month"}])),
    # Limits that share no item may lie as they like.
    document(
        item(limits=[{"max_points": 4, "per": "year"}]),
        item("B", limits=[{"max_points": 4, "per": "day"}]),
    ),
]


@pytest.mark.parametrize("raw", NESTED, ids=range(len(NESTED)))
def test_boxes_in_boxes_pass(raw: dict[str, Any]) -> None:
    assert findings_of(raw) == []


def test_the_demo_passes_without_a_warning() -> None:
    assert examine(parse(DEMO.read_bytes())).findings == ()


@pytest.mark.parametrize(
    ("table", "most", "entry"),
    [
        ("limits", 50, {"items": ["*bonus"], "max_points": 90, "per": "month"}),
        ("conflicts", 100, {"items": ["*bonus"], "cancelled_by": ["B"], "same": "deed"}),
    ],
)
def test_more_than_can_be_compared_is_refused_uncompared(
    table: str, most: int, entry: dict[str, Any]
) -> None:
    def listed(size: int) -> dict[str, Any]:
        return document(
            item("A"), item("B"), **{table: [{"code": f"C{n}", **entry} for n in range(size)]}
        )

    assert findings_of(listed(most + 1)) == [("too_many", table)]
    assert ("too_many", table) not in findings_of(listed(most))


def test_limits_of_items_are_counted_together() -> None:
    own = [{"max_points": 90, "per": per} for per in ("day", "week", "month")]
    many = [item(f"I{n}", limits=own) for n in range(334)]
    assert findings_of(document(*many)) == [("too_many", "items.*.limits")]


def test_of_crossing_limits_two_hundred_are_named() -> None:
    items = [item(f"I{n}", limits=[{"max_points": 5, "per": "year"}]) for n in range(201)]
    shared = [{"code": "s", "items": ["*bonus"], "max_points": 9, "per": "month"}]
    found = findings_of(document(*items, limits=shared))
    assert len(found) == 200
    assert {code for code, _ in found} == {"limits_cross"}


def test_circles_of_many_conflicts_are_looked_for_once() -> None:
    items = [item(f"I{n}") for n in range(500)]
    conflicts = [
        {"code": f"C{n}", "items": ["*bonus"], "cancelled_by": [f"I{n}"], "same": "deed"}
        for n in range(100)
    ]
    began = time.process_time()
    found = findings_of(document(*items, conflicts=conflicts))
    assert {code for code, _ in found} == {"cancels_in_circle"}
    # Looked for in every conflict anew they took fifteen.
    assert time.process_time() - began < 6
