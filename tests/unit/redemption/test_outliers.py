"""Pairs out of line: each rule speaks from its threshold on, as a question."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from kernel.clock import SHANGHAI
from points.rules.outlier import Party
from redemption.rules.outlier_rules import RULES
from redemption.rules.outliers import Refusals, Visit, Who, outliers, pairs

SHOP, OTHER_SHOP, HOLDER, CLERK, OTHER_CLERK = (uuid.UUID(int=number) for number in range(1, 6))
NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
MINUTE = dt.timedelta(minutes=1)


def visit(**changed: Any) -> Visit:
    """One redemption of some holder, never the same twice, a minute after the hold."""
    plain = {
        "merchant": SHOP, "holder": uuid.uuid4(), "clerk": CLERK, "at": NOON, "waited": MINUTE,
        "is_cancelled": False,
    }  # fmt: skip
    return Visit(**(plain | changed))


def said(visits: list[Visit], refusals: list[Refusals] | None = None) -> list[tuple[str, int, int]]:
    """(rule, count, of)"""
    return [(each.rule.code, each.count, each.of) for each in outliers(visits, refusals or [])]


def some(count: int, **changed: Any) -> list[Visit]:
    return [visit(**changed) for _ in range(count)]


class TestRules:
    def test_a_holder_who_takes_most(self) -> None:
        assert said([*some(7, holder=HOLDER), *some(10)]) == []
        assert said([*some(8, holder=HOLDER), *some(18)]) == [("pair_most", 8, 26)]
        assert said([*some(8, holder=HOLDER), *some(19)]) == []

    def test_a_holder_in_one_shop_only(self) -> None:
        elsewhere = some(20, merchant=OTHER_SHOP)
        crowd = some(40)
        assert said([*some(9, holder=HOLDER), *crowd, *elsewhere]) == [("one_shop", 9, 9)]
        # Where there is one shop, nobody can go elsewhere.
        assert said([*some(9, holder=HOLDER), *crowd]) == []

    def test_redeemed_as_soon_as_issued(self) -> None:
        fast, just = dt.timedelta(seconds=7.9), dt.timedelta(seconds=8)
        crowd = some(40)
        assert said([*some(5, holder=HOLDER, waited=fast), *crowd]) == [("pair_fast", 5, 5)]
        assert said([*some(5, holder=HOLDER, waited=just), *crowd]) == []
        assert said([*some(4, holder=HOLDER, waited=fast), *crowd]) == []

    def test_cards_are_never_fast(self) -> None:
        assert said([*some(7, holder=HOLDER, waited=None), *some(40)]) == []

    def test_one_clerk_for_one_holder(self) -> None:
        crowd = some(40, clerk=OTHER_CLERK)
        assert said([*some(8, holder=HOLDER), *crowd]) == [("one_clerk", 8, 8)]
        assert said([*some(8, holder=HOLDER), *some(40)]) == []

    @pytest.mark.parametrize(("hour", "is_night"), [(21, False), (22, True), (5, True), (6, False)])
    def test_at_night(self, hour: int, is_night: bool) -> None:
        found = said([*some(5, at=NOON.replace(hour=hour)), *some(20)])
        assert found == ([("at_night", 5, 25)] if is_night else [])

    def test_often_cancelled(self) -> None:
        assert said([*some(5, is_cancelled=True), *some(20)]) == [("often_cancelled", 5, 25)]
        assert said([*some(5, is_cancelled=True), *some(21)]) == []

    def test_often_refused_and_used_again(self) -> None:
        refused = [
            Refusals(merchant=SHOP, holder=None, count=6, used_again=0),
            Refusals(merchant=SHOP, holder=HOLDER, count=4, used_again=5),
        ]
        assert said(some(15), refused) == [("often_refused", 10, 25), ("used_again", 5, 10)]
        assert said(some(16), refused) == [("used_again", 5, 10)]


class TestWords:
    @pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_rule_asks_and_says_that_it_is_no_finding(self, rule: Any, language: str) -> None:
        sentence = rule.sentence(language, who="甲店", other="1-1-101 户", count=8, of=10)
        assert "{" not in sentence
        asks, ends = ("？", "这不是结论，请先核实。") if language == "zh" else ("?", "check first.")
        assert asks in sentence
        assert sentence.endswith(ends)
        assert not any(word in sentence for word in ("套取", "作弊", "违规", "fraud"))


class TestPairs:
    def test_are_counted_from_three_on(self) -> None:
        assert pairs(some(2, holder=HOLDER), []) == []
        (pair,) = pairs(
            [
                *some(2, holder=HOLDER, waited=dt.timedelta(seconds=4)),
                visit(holder=HOLDER, waited=None, is_cancelled=True, at=NOON.replace(hour=23)),
                visit(holder=HOLDER, merchant=OTHER_SHOP),
                *some(3),
            ],
            [Refusals(merchant=SHOP, holder=HOLDER, count=7, used_again=1)],
        )
        assert (pair.count, pair.of_merchant, pair.of_holder) == (3, 50, 75)
        assert (pair.median_seconds, pair.fastest_seconds) == (4, 4)
        assert (pair.at_night, pair.cancelled, pair.refused) == (1, 1, 7)

    def test_the_busiest_first(self) -> None:
        found = pairs([*some(3, holder=HOLDER), *some(4, holder=CLERK)], [])
        assert [pair.count for pair in found] == [4, 3]

    def test_an_outlier_keeps_its_id(self) -> None:
        visits = some(8, holder=HOLDER)
        first, again = outliers(visits, []), outliers([*visits, *some(1, holder=HOLDER)], [])
        assert first[0].id == again[0].id
        assert first[0].who == Party(SHOP, Who.MERCHANT)
