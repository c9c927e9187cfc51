"""The thirteen cases of rulebook-format.md section 8, as far as pure rules answer them.

The seal with its balance (9) and the objection's month (13) need storage: tests/integration.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from points.rules.compiled import Rulebook, ScoreOver
from points.rules.compiling import rulebook_of
from points.rules.evaluate import evaluate, evaluation
from points.rules.expiry import expires_on
from points.rules.facts import Fact
from points.rules.lots import Credit, Expire, Lots, Revoke, Spend, replay
from points.rules.ranking import competition_ranks
from points.rules.ranks import awards
from points.rules.score_reading import score_on
from points.rules.tiers import MeasureOver, tier_of
from tests.unit.points_rules.books import HOLDER, book, day, document, fact, item, plain, worths

TODAY = day("12-31")
DEED = uuid.UUID(int=7)


def _points(rulebook: Rulebook, facts: Sequence[Fact]) -> list[str]:
    return [plain(line.points) for line in evaluate([rulebook], facts, TODAY)]


def test_case_1_highest_only_and_the_repeat_is_doubled() -> None:
    rulebook = book(
        item(
            "D",
            kind="deduction",
            award={"type": "fixed", "points": 10},
            validity={"months": 2},
            escalation={"factors": [1, 2]},
        ),
        item("E", kind="deduction", award={"type": "fixed", "points": 5}),
        conflicts=[{"code": "c", "items": ["*deduction"], "same": "deed", "keep": "highest"}],
    )
    facts = [
        fact("D", "03-01", deed=DEED, told_on=day("03-02")),
        fact("E", "03-01", deed=DEED, told_on=day("03-02")),
        fact("D", "04-30"),  # inside the validity of the first
        fact("D", "05-01"),  # after it
    ]
    assert worths(evaluate([rulebook], facts, TODAY)) == [
        ("10", None),
        ("0", "superseded"),
        ("20", None),
        ("10", None),
    ]


def test_case_2_ten_hours_then_twenty() -> None:
    steps = [{"at": 10, "points": 2}, {"at": 20, "points": 5}]
    award = {"type": "milestones", "over": "ever", "steps": steps}
    facts = [fact("S", "01-10", "10"), fact("S", "06-10", "10")]
    assert _points(book(item("S", unit="hour", award=award)), facts) == ["2", "3"]


DONATION = book(
    item(
        "G",
        unit="yuan",
        award={
            "type": "bands",
            "bands": [
                {"from": 0, "per": 100, "points": 1},
                {"from": 1000, "per": 400, "points": 1},
                {"from": 5000, "per": 500, "points": 1},
                {"from": 10000, "per": 1000, "points": 1},
            ],
        },
        limits=[{"max_points": 40, "per": "year"}],
    )
)


@pytest.mark.parametrize(
    ("yuan", "points"),
    [
        ("99", "0"),
        ("100", "1"),
        ("1000", "10"),
        ("1500", "11"),
        ("5000", "20"),
        ("10000", "30"),
        ("90000", "40"),
    ],
)
def test_case_3_donations(yuan: str, points: str) -> None:
    assert _points(DONATION, [fact("G", "05-01", yuan)]) == [points]


def _book(**fields: Any) -> Rulebook:
    return rulebook_of(document(**fields))


SCORE_YEAR = MeasureOver("score", ScoreOver.YEAR)


@pytest.mark.parametrize(("score", "tier"), [("1060", "四星"), ("1060.1", "五星")])
def test_case_4_open_and_closed_ends(score: str, tier: str) -> None:
    stars = _book(
        score={"over": "year"},
        tiers=[
            {"name": "五星", "when": [{"measure": "score", "above": 1060}]},
            {"name": "四星", "when": [{"measure": "score", "above": 1040, "at_most": 1060}]},
        ],
    )
    found = tier_of(stars, {SCORE_YEAR: Decimal(score)})
    assert found is not None
    assert found.name == tier


@pytest.mark.parametrize(
    ("score", "is_barred", "spendable"), [(68, True, 0), (70, False, 0), (105, False, 5)]
)
def test_case_5_a_household_below_and_above_its_lines(
    score: int, is_barred: bool, spendable: int
) -> None:
    rulebook = _book(
        holder="household",
        score={"over": "ever"},
        balance={"spendable_from": "sealed", "deductions": "below_zero", "spend_above": 100},
        tiers=[
            {"name": "正常", "when": [{"measure": "score", "at_least": 70}]},
            {
                "name": "暂停评优",
                "when": [{"measure": "score", "below": 70}],
                "effects": ["bar_honors"],
            },
        ],
    )
    found = tier_of(rulebook, {MeasureOver("score", ScoreOver.EVER): Decimal(score)})
    assert found is not None
    assert ("bar_honors" in found.effects) is is_barred
    assert rulebook.balance is not None
    assert max(0, score - rulebook.balance.spend_above) == spendable


def test_case_6_a_block_of_ten() -> None:
    limits = [{"max_points": 10, "per": "quarter"}]
    five = item("B", kind="deduction", award={"type": "fixed", "points": 5}, limits=limits)
    facts = [fact("B", on) for on in ("07-05", "08-05", "09-05", "10-05")]
    assert _points(book(five), facts) == ["5", "5", "0", "5"]


LINE = uuid.UUID(int=1)
LATE = dt.date(2027, 1, 1)


def _after(*events: Any) -> Lots:
    credit = Credit(lot=LINE, line=LINE, points=Decimal(50), dated_on=day("03-01"), expires_on=LATE)
    return replay([credit, *events])


@pytest.mark.parametrize(
    ("events", "balance"),
    [
        ([Spend(points=Decimal(40))], -40),
        ([Spend(points=Decimal(20)), Expire(lot=LINE, points=Decimal(30))], -20),
    ],
)
def test_case_7_a_bonus_revoked_after_it_was_spent(events: list[Any], balance: int) -> None:
    """Expired points are not taken twice."""
    lots = _after(*events)
    left_out = lots.left_out(LINE, Decimal(-50))
    lots.apply(Revoke(line=LINE, points=50 - left_out, left_out=left_out))
    assert lots.total == balance


def test_case_8_a_reset_takes_lots_and_leaves_debts() -> None:
    reset = _book(
        balance={
            "spendable_from": "recorded",
            "deductions": "below_zero",
            "expiry": {"on": ["01-10"]},
        }
    )
    on = expires_on(reset, day("03-01"))
    assert on == dt.date(2027, 1, 10)
    in_debt = replay([Spend(points=Decimal(15))])
    assert (in_debt.total, in_debt.due(on)) == (-15, [])


def test_case_10_two_firsts() -> None:
    scores = {"a": Decimal(9), "b": Decimal(9), "c": Decimal(5)}
    assert competition_ranks(scores) == {"a": 1, "b": 1, "c": 3}
    points = [Decimal(50), Decimal(30), Decimal(20)]
    assert awards(scores, points) == {"a": (1, 50), "b": (1, 50), "c": (3, 20)}


def test_case_11_hours_and_points() -> None:
    """60 hours, 499 points: no star; a star at 500; lost when points fall."""
    rulebook = book(
        item("H", unit="hour", award={"type": "per_unit", "points": 1, "per": 1}, feeds="hours"),
        item("P", unit="piece", award={"type": "per_unit", "points": 1, "per": 1}),
        item("D", kind="deduction"),
        score={"over": "ever"},
        counters=[{"code": "hours", "name": "时长", "unit": "hour"}],
        tiers=[
            {
                "name": "一星",
                "when": [
                    {"measure": "hours", "at_least": 60},
                    {"measure": "score", "at_least": 500},
                ],
            }
        ],
    )

    def star(facts: Sequence[Fact]) -> bool:
        found = evaluation([rulebook], facts, TODAY)
        sheets = {"2026-05": sum((line.signed for line in found.lines), Decimal(0))}
        hours = sum(
            (quantity for key, quantity in found.counters.items() if key.holder == HOLDER),
            Decimal(0),
        )
        measures = {
            MeasureOver("score", ScoreOver.EVER): score_on(rulebook, TODAY, sheets=sheets),
            MeasureOver("hours", ScoreOver.EVER): hours,
        }
        return tier_of(rulebook, measures) is not None

    facts = [fact("H", "05-01", "60"), fact("P", "05-02", "439")]
    assert not star(facts)
    facts.append(fact("P", "05-03", "1"))
    assert star(facts)
    assert not star([*facts, fact("D", "05-04")])


def test_case_12_the_end_of_the_year_is_outside() -> None:
    until_year_end = _book(
        balance={
            "spendable_from": "recorded",
            "deductions": "below_zero",
            "expiry": {"end_of": "year"},
        }
    )
    for on in ("01-01", "12-31"):
        assert expires_on(until_year_end, day(on)) == LATE
    alive = _after()
    assert alive.due(LATE - dt.timedelta(days=1)) == []
    assert [lot.left for lot in alive.due(LATE)] == [50]
