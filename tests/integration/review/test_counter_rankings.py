"""Rankings by a counter: hours of service of sealed months, the top and nobody below."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from points.models import MonthState
from review import book_rankings
from review.book_rankings import BookTable
from tests.integration.points import world as texts
from tests.integration.review.world import DEED, FROZEN, MONTH, RECORDED, ReviewWorld, review_world
from tests.support.backend import Backend

BY_HOURS = {"unit": "member", "measure": "hours", "over": "month", "within": "community"}
RANKINGS: list[dict[str, Any]] = [
    {"code": "hours", "name": "服务时长", **BY_HOURS, "top": {"count": 2}},
    {"code": "all", "name": "全部", **BY_HOURS},
    {"code": "year", "name": "全年", **BY_HOURS, "over": "year", "top": {"count": 3}},
    {"code": "homes", "name": "户均", **BY_HOURS, "unit": "household", "per_head": True,
     "top": {"count": 2}},
    {"code": "score", "name": "得分", **BY_HOURS, "measure": "score", "top": {"count": 4}},
]  # fmt: skip
#: Hours count beside points, or alone where nothing is paid for them.
ITEMS = [
    *({**item, "feeds": "hours"} if item["code"] == "HOURS" else item for item in texts.items()),
    {"code": "DUTY", "name": "值守", "subject": "volunteering", "kind": "record", "unit": "hour",
     "quantity": {"min": 0.25, "max": 12}, "feeds": "hours"},
]  # fmt: skip
COUNTERS = [{"code": "hours", "name": "服务时长", "unit": "hour"}]


def with_counters() -> ReviewWorld:
    return review_world(items=ITEMS, counters=COUNTERS, rankings=RANKINGS)


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(with_counters)


def serve(
    world: ReviewWorld, code: str, hours: str, on: dt.date = DEED, now: dt.datetime = RECORDED
) -> None:
    world.record(world.people[code], "DUTY", quantity=Decimal(hours), occurred_on=on, now=now)


def table(world: ReviewWorld, code: str, month: str = MONTH) -> BookTable:
    return book_rankings.public(world.community_id, month, code, 1, 50)


def seen(found: BookTable) -> list[tuple[Any, ...]]:
    return [(row.rank, row.household_code, row.label, float(row.quantity)) for row in found.rows]


@pytest.fixture
def served(world: ReviewWorld) -> ReviewWorld:
    """张 5.25 hours (3 of them paid), 李 5.25, 王 4, 赵 none; 钱 9 hours and below base."""
    for code, name in zip(("A1", "A2", "A3", "A4", "A5"), "张李王赵钱", strict=True):
        world.resident(code, f"{name}三", bonus="3" if code == "A1" else "0")
    for code, hours in (("A1", "2.25"), ("A2", "5.25"), ("A3", "4"), ("A5", "9")):
        serve(world, code, hours)
    world.grant()
    world.deduct(world.people["A5"])
    return world


class TestHours:
    def test_the_top_is_named_and_nobody_below(self, served: ReviewWorld) -> None:
        """Two places with a tie: both first. 钱 with most hours stands on no public sheet."""
        served.bring(MonthState.SEALED)
        found = table(served, "hours")
        assert (found.months, found.total) == ((MONTH,), 2)
        assert seen(found) == [(1, "A1", "张*", 5.25), (1, "A2", "李*", 5.25)]
        assert all(row.score is None for row in found.rows)
        assert found.ranking.counter_name == "服务时长"
        assert (found.ranking.measure, found.ranking.counter_unit) == ("hours", "hour")

    def test_who_has_none_is_not_ranked_where_the_rulebook_names_no_top(
        self, served: ReviewWorld
    ) -> None:
        served.bring(MonthState.SEALED)
        assert seen(table(served, "all")) == [
            (1, "A1", "张*", 5.25), (1, "A2", "李*", 5.25), (3, "A3", "王*", 4.0),
        ]  # fmt: skip

    def test_nothing_is_shown_before_the_seal(self, served: ReviewWorld) -> None:
        served.bring(MonthState.ON_NOTICE)
        found = table(served, "hours")
        assert (found.months, found.rows) == ((), [])
        scores = [(row.household_code, row.quantity) for row in table(served, "score").rows]
        assert scores == [("A1", None), ("A2", None), ("A3", None), ("A4", None)]

    def test_a_year_adds_up_its_sealed_months(self, served: ReviewWorld) -> None:
        """王 4 in October and 2 in September, and 8 in November, which is open."""
        serve(served, "A3", "2", on=dt.date(2026, 9, 15))
        serve(served, "A3", "8", on=dt.date(2026, 11, 1), now=FROZEN)
        served.grant("2026-09")
        for month in ("2026-09", MONTH):
            served.bring(MonthState.SEALED, month)
        found = table(served, "year")
        assert found.months == ("2026-09", MONTH)
        assert seen(found) == [
            (1, "A3", "王*", 6.0), (2, "A1", "张*", 5.25), (2, "A2", "李*", 5.25),
        ]  # fmt: skip

    def test_households_are_compared_per_head_to_two_decimals(self, served: ReviewWorld) -> None:
        """5.25 among three is 1.75, among two 2.625: half up, and without a label."""
        for name in ("张小", "张大"):
            served.resident("A1", name)
        served.resident("A2", "李小")
        served.bring(MonthState.SEALED)
        found = book_rankings.for_staff(
            actor=served.panelist, community_id=served.community_id, month=MONTH, code="homes",
            page=1, limit=50,
        )  # fmt: skip
        assert seen(found) == [(1, "A3", None, 4.0), (2, "A2", None, 2.63)]


def test_hours_without_any_points_count_although_no_sheet_has_the_holder(session: Any) -> None:
    """No base and records only: the ledger has no entry of them, so the sheet has no row."""
    world = review_world(items=ITEMS, counters=COUNTERS, rankings=RANKINGS, base=[])
    world.resident("A1", bonus="1")
    world.resident("A2", "李四")
    serve(world, "A2", "2.5")
    world.bring(MonthState.SEALED)
    assert seen(table(world, "hours")) == [(1, "A2", "李*", 2.5), (2, "A1", "张*", 1.0)]
    assert [row.household_code for row in table(world, "score").rows] == ["A1"]


def test_the_statements_do_not_grow_with_those_who_served(
    served: ReviewWorld, count_statements: Any
) -> None:
    served.bring(MonthState.SEALED)
    with count_statements() as few:
        table(served, "all")
    for number in range(10, 16):
        served.resident(f"B{number}", "周五")
        serve(served, f"B{number}", "1")
    with count_statements() as many:
        assert len(table(served, "all").rows) == 9
    assert len(many) == len(few)
