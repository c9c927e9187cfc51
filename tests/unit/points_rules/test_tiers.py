"""Tiers and readings of the score."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from points.rules.compiled import Condition, Rulebook, ScoreOver, VetoBonuses, VetoEffect
from points.rules.compiling import rulebook_of
from points.rules.evaluate import evaluate
from points.rules.periods import Period
from points.rules.score_reading import clamped, months_of, reading, score_on, score_per_head
from points.rules.suspending import VetoSpan
from points.rules.tiers import MeasureOver, measures_needed, meets, tier_of
from tests.unit.points_rules.books import day, document, fact, item

YEAR = MeasureOver("score", ScoreOver.YEAR)


def _book(**fields: Any) -> Rulebook:
    return rulebook_of(document(**fields))


STARS = _book(
    score={"over": "year"},
    tiers=[
        {"name": "五星", "when": [{"measure": "score", "above": 1060}]},
        {"name": "四星", "when": [{"measure": "score", "above": 1040, "at_most": 1060}]},
        {
            "name": "党员线",
            "when": [{"measure": "score", "below": 900}],
            "audience": {"any": ["party_member"]},
        },
        {"name": "零星", "when": [{"measure": "score", "at_most": 800}]},
    ],
    excluded_tags=["moved_away"],
)


@pytest.mark.parametrize(
    ("score", "tags", "name"),
    [
        ("1060.1", (), "五星"),
        ("1060", (), "四星"),
        ("1040", (), None),
        ("899.9", ("party_member",), "党员线"),
        ("899.9", (), None),
        ("800", (), "零星"),
        ("1060.1", ("moved_away",), None),
    ],
)
def test_the_first_match_wins(score: str, tags: tuple[str, ...], name: str | None) -> None:
    tier = tier_of(STARS, {YEAR: Decimal(score)}, tags=tags)
    assert (tier and tier.name) == name


def _span(**fields: Any) -> VetoSpan:
    return VetoSpan(
        **{
            "fact_id": uuid.UUID(int=1),
            "item": "V",
            "starts_on": day("03-01"),
            "ends_before": day("06-01"),
            "bonuses": VetoBonuses.KEPT,
            "effects": frozenset(),
            "tier": None,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("span", "on", "name"),
    [
        (_span(tier="零星"), "05-31", "零星"),
        (_span(tier="零星"), "06-01", "五星"),
        (_span(tier="零星"), None, "五星"),
        (_span(effects=frozenset({VetoEffect.SCORE_ZERO})), "05-31", "零星"),
        (_span(effects=frozenset({VetoEffect.BAR_HONORS})), "05-31", "五星"),
    ],
)
def test_a_veto_sets_a_tier_or_shows_the_score_as_zero(
    span: VetoSpan, on: str | None, name: str
) -> None:
    tier = tier_of(STARS, {YEAR: Decimal(1100)}, vetoes=[span], on=day(on) if on else None)
    assert tier is not None
    assert tier.name == name


def test_what_tiers_read() -> None:
    rulebook = _book(
        score={"over": "quarter"},
        tiers=[
            {
                "name": "星",
                "when": [
                    {"measure": "hours", "over": "ever", "at_least": 60},
                    {"measure": "balance", "above": 0},
                ],
            },
            {"name": "户", "when": [{"measure": "score_per_head", "above": 5}]},
        ],
    )
    hours, balance = MeasureOver("hours", ScoreOver.EVER), MeasureOver("balance", None)
    mean = MeasureOver("score_per_head", ScoreOver.QUARTER)
    assert measures_needed(rulebook) == {hours, balance, mean}
    # 16 / 3 shows as 5.3; 15.1 / 3 = 5.03… shows as 5.0 and is still above 5.
    found = tier_of(
        rulebook,
        {hours: Decimal(59), balance: Decimal(1), mean: score_per_head(Decimal("15.1"), 3)},
    )
    assert found is not None
    assert found.name == "户"
    with pytest.raises(KeyError):
        tier_of(rulebook, {hours: Decimal(60)})


BAND = Condition(measure="score", at_least=Decimal(60), below=Decimal(70))


@pytest.mark.parametrize(
    ("value", "inside"), [("59.9", False), ("60", True), ("69.9", True), ("70", False)]
)
def test_open_and_closed_ends(value: str, inside: bool) -> None:
    assert meets(BAND, Decimal(value)) is inside


def test_a_mean_is_compared_unrounded() -> None:
    assert not meets(BAND, Fraction(599, 10) + Fraction(3, 100))
    assert meets(BAND, Fraction(69999, 1000))


SHEETS = {f"2026-{month:02}": Decimal(month) for month in range(1, 13)}


@pytest.mark.parametrize(
    ("over", "starts", "on", "months"),
    [
        (Period.MONTH, 1, "11-30", ["2026-11"]),
        (Period.QUARTER, 1, "11-30", ["2026-10", "2026-11", "2026-12"]),
        (Period.QUARTER, 2, "11-30", ["2026-11", "2026-12"]),
        (
            Period.HALF_YEAR,
            1,
            "01-01",
            ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"],
        ),
        (Period.YEAR, 4, "03-31", ["2026-01", "2026-02", "2026-03"]),
        (Period.EVER, 1, "03-31", list(SHEETS)),
    ],
)
def test_the_sheets_of_a_period(over: Period, starts: int, on: str, months: list[str]) -> None:
    rulebook = _book(year_starts_month=starts)
    assert list(months_of(rulebook, SHEETS, day(on), over)) == months


@pytest.mark.parametrize(("score", "read"), [("-3", "0"), ("50", "50"), ("120.1", "120")])
def test_floor_and_ceiling_clamp_the_reading(score: str, read: str) -> None:
    rulebook = _book(score={"over": "month", "floor": 0, "ceiling": 120})
    assert clamped(rulebook, Decimal(score)) == Decimal(read)
    assert reading(rulebook, {"2026-11": Decimal(score) - 1, "2026-12": Decimal(1)}) == Decimal(
        read
    )
    assert clamped(_book(), Decimal(score)) == Decimal(score)


def test_the_score_on_a_day() -> None:
    rulebook = _book(score={"over": "quarter"})
    assert score_on(rulebook, day("11-30"), sheets=SHEETS) == 33
    assert score_on(rulebook, day("11-30"), sheets=SHEETS, over=ScoreOver.YEAR) == 78


VALID = _book(
    score={"over": "valid", "ceiling": 100},
)
LINES_BOOK = rulebook_of(
    document(
        item("A", validity={"months": 12}),
        item(
            "D",
            kind="deduction",
            award={"type": "fixed", "points": {"小": 5, "大": 50}},
            validity={"by_points": [{"up_to": 40, "months": 12}, {"months": 24}]},
        ),
        item("E", award={"type": "fixed", "points": 1}, counts_in=["balance"]),
        score={"over": "valid"},
    )
)


@pytest.mark.parametrize(
    ("on", "score"),
    [
        ("2026-01-31", 0),
        ("2026-02-01", 2),
        ("2026-03-01", -3),
        ("2026-04-01", -53),
        ("2027-01-31", -53),
        ("2027-02-01", -55),
        ("2027-03-01", -50),
        ("2028-03-31", -50),
        ("2028-04-01", 0),
    ],
)
def test_valid_reads_the_records_still_valid(on: str, score: int) -> None:
    """An award a year, a small deduction a year, a grave one two; late entry changes nothing."""
    facts = [
        fact("A", "02-01"),
        fact("D", "03-01", level="小"),
        fact("D", "04-01", level="大"),
        fact("E", "02-01"),
    ]
    lines = evaluate([LINES_BOOK], facts, day("12-31"))
    assert score_on(LINES_BOOK, dt.date.fromisoformat(on), sheets={}, lines=lines) == score


def test_valid_adds_the_base_in_force() -> None:
    assert score_on(VALID, day("11-30"), sheets=SHEETS, base=Decimal(60)) == 60
    assert score_on(VALID, day("11-30"), sheets=SHEETS, base=Decimal(160)) == 100


def test_a_mean_of_nobody() -> None:
    assert score_per_head(Decimal(3), 0) == 3


def test_without_tiers_there_is_none() -> None:
    assert tier_of(replace(STARS, tiers=()), {}) is None
