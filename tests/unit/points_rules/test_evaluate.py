"""Evaluation: one row per reason, the cases of the specification, limits and totals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import pytest

from points.rules.compiled import CountsIn, ItemKind, Rulebook
from points.rules.evaluate import evaluate, evaluation
from points.rules.facts import Fact, WorthReason
from points.rules.reading import load
from points.rules.usage import LimitCell, Total, TotalCell
from tests.unit.points_rules.books import DEMO, HOLDER, book, day, fact, hours, item, plain, worths

TODAY = day("12-31")

VETO = {
    "until": "corrected",
    "bonuses": "held",
    "effects": ["score_zero"],
    "repair": {"points": 60},
}
DEED, ACTIVITY = uuid.UUID(int=7), uuid.UUID(int=8)
RULES = book(
    item("FIXED"),
    item("LEVELS", award={"type": "fixed", "points": {"一般": 5, "较重": 20}}),
    item("RANGE", award={"type": "range", "min": 1, "max": 20}),
    item("PARTY", audience={"any": ["party_member"]}),
    item("EACH", unit="yuan", award={"type": "per_unit", "points": 1, "per": 100}),
    hours("MONTH", limits=[{"max_quantity": 4, "per": "day"}]),
    item("CAPPED", limits=[{"max_points": 3, "per": "month"}]),
    item("CHARGE", kind="deduction"),
    item("NOTED", kind="record", award=None),
    item("WARNED", kind="deduction", escalation={"factors": [0, 1]}),
    item("SPACED", limits=[{"min_days_between": 7}]),
    item("PLACED", unit="piece", award={"type": "ranks", "points": [50]}),
    item("GRAVE", kind="deduction", award={"type": "fixed", "points": 100}, veto=VETO),
    item("SMALL"),
    item("LARGE", award={"type": "fixed", "points": 5}),
    item("NO_SHOW", kind="record", award=None),
    item("SERVED"),
    conflicts=[
        {"code": "one-deed", "items": ["SMALL", "LARGE"], "same": "deed", "keep": "highest"},
        {"code": "absent", "items": ["SERVED"], "same": "activity", "cancelled_by": ["NO_SHOW"]},
    ],
)

REASONS: list[tuple[WorthReason | None, list[Fact], list[str]]] = [
    (None, [fact("FIXED", "11-01")], ["2"]),
    (None, [fact("LEVELS", "11-01", level="较重")], ["20"]),
    (None, [fact("RANGE", "11-01", decided=Decimal("7.5"))], ["7.5"]),
    (None, [fact("PARTY", "11-01", tags=frozenset({"party_member"}))], ["2"]),
    (None, [fact("CHARGE", "11-01")], ["2"]),
    (None, [fact("NOTED", "11-01")], ["0"]),
    (WorthReason.STRUCK, [fact("FIXED", "11-01", struck=True, approved=False)], ["0"]),
    (WorthReason.AWAITING_APPROVAL, [fact("PARTY", "11-01", approved=False)], ["0"]),
    (WorthReason.NOT_IN_AUDIENCE, [fact("PARTY", "11-01", tags=frozenset({"student"}))], ["0"]),
    (WorthReason.ITEM_NOT_IN_FORCE, [fact("GONE", "11-01")], ["0"]),
    (WorthReason.LEVEL_MISSING, [fact("LEVELS", "11-01", level="很重")], ["0"]),
    (WorthReason.AWAITING_DECISION, [fact("RANGE", "11-01")], ["0"]),
    # A decision outside the range, of another version, is no decision.
    (WorthReason.AWAITING_DECISION, [fact("RANGE", "11-01", decided=Decimal(21))], ["0"]),
    (WorthReason.BELOW_FIRST_STEP, [fact("EACH", "11-01", "99")], ["0"]),
    (WorthReason.BELOW_NEXT_STEP, [fact("MONTH", "11-01", "0.5")], ["0"]),
    (WorthReason.PARTLY_OVER_LIMIT, [fact("MONTH", "11-01", "6")], ["4"]),
    (
        WorthReason.OVER_LIMIT,
        [fact("MONTH", "11-01", "4"), fact("MONTH", "11-01", "3")],
        ["4", "0"],
    ),
    (
        WorthReason.PARTLY_OVER_LIMIT,
        [fact("CAPPED", "11-01"), fact("CAPPED", "11-02")],
        ["2", "1"],
    ),
    (
        WorthReason.OVER_LIMIT,
        [fact("CAPPED", "11-01"), fact("CAPPED", "11-02"), fact("CAPPED", "11-03")],
        ["2", "1", "0"],
    ),
    (
        WorthReason.CANCELLED,
        [fact("NO_SHOW", "11-01", activity=ACTIVITY), fact("SERVED", "11-01", activity=ACTIVITY)],
        ["0", "0"],
    ),
    (WorthReason.WARNING_ONLY, [fact("WARNED", "11-01")], ["0"]),
    (WorthReason.REPAIRED, [fact("GRAVE", "11-01", corrected_on=day("11-09"))], ["60"]),
    (WorthReason.SUSPENDED, [fact("GRAVE", "11-01"), fact("FIXED", "11-02")], ["100", "0"]),
    (
        WorthReason.SUPERSEDED,
        [fact("LARGE", "11-01", deed=DEED), fact("SMALL", "11-01", deed=DEED)],
        ["5", "0"],
    ),
    (WorthReason.TOO_SOON, [fact("SPACED", "11-01"), fact("SPACED", "11-07")], ["2", "0"]),
    (WorthReason.PAID_BY_RANK, [fact("PLACED", "11-01", "3")], ["0"]),
]


@pytest.mark.parametrize(("reason", "facts", "points"), REASONS, ids=range(len(REASONS)))
def test_the_last_fact_has_this_reason(
    reason: WorthReason | None, facts: list[Fact], points: list[str]
) -> None:
    lines = evaluate([RULES], facts, TODAY)
    assert [plain(line.points) for line in lines] == points
    assert lines[-1].reason is reason


def test_every_reason_is_in_the_table() -> None:
    assert {row[0] for row in REASONS} == {None, *WorthReason}


def test_what_a_line_says() -> None:
    bonus, charge = evaluate([RULES], [fact("FIXED", "09-30"), fact("CHARGE", "10-01")], TODAY)
    assert (bonus.kind, bonus.signed, bonus.slice) == (ItemKind.BONUS, Decimal(2), 0)
    assert (charge.kind, charge.signed) == (ItemKind.DEDUCTION, Decimal(-2))
    assert (bonus.belongs_month, charge.belongs_month) == ("2026-09", "2026-10")
    assert bonus.counts_in == set(CountsIn)


def _on(facts: Sequence[Fact], rulebook: Rulebook) -> dict[uuid.UUID, str]:
    lines = evaluate([rulebook], facts, TODAY)
    return {line.fact_id: plain(line.points) for line in lines}


def test_an_earlier_fact_that_arrives_late_takes_the_room_by_date() -> None:
    first, second = fact("CAPPED", "11-10"), fact("CAPPED", "11-20")
    late = fact("CAPPED", "11-01")
    assert _on([first, second], RULES) == {first.fact_id: "2", second.fact_id: "1"}
    assert _on([first, second, late], RULES) == {
        late.fact_id: "2",
        first.fact_id: "1",
        second.fact_id: "0",
    }


def test_a_strike_fills_cut_lines_up_oldest_first() -> None:
    facts = [fact("CAPPED", "11-01"), fact("CAPPED", "11-02"), fact("CAPPED", "11-03")]
    struck = Fact(**{**vars(facts[0]), "struck": True})
    assert list(_on([struck, *facts[1:]], RULES).values()) == ["0", "2", "1"]


def test_times_keep_the_greatest_not_the_first() -> None:
    levels = {"type": "fixed", "points": {"小": 1, "中": 3, "大": 5}}
    rulebook = book(item("T", award=levels, limits=[{"max_times": 2, "per": "month"}]))
    facts = [fact("T", f"11-0{n}", level=level) for n, level in enumerate("小大小中", start=1)]
    assert worths(evaluate([rulebook], facts, TODAY)) == [
        ("0", "over_limit"),
        ("5", None),
        ("0", "over_limit"),
        ("3", None),
    ]


def test_of_equals_the_first_in_canonical_order_stays() -> None:
    rulebook = book(item("T", limits=[{"max_times": 1, "per": "day"}]))
    facts = [fact("T", "11-01"), fact("T", "11-01")]
    assert worths(evaluate([rulebook], facts, TODAY)) == [("2", None), ("0", "over_limit")]


def test_a_fact_worth_nothing_takes_no_room() -> None:
    award = {"type": "range", "min": 1, "max": 5}
    rulebook = book(item("T", award=award, limits=[{"max_times": 1, "per": "month"}]))
    undecided, decided = fact("T", "11-01"), fact("T", "11-02", decided=Decimal(1))
    assert worths(evaluate([rulebook], [undecided, decided], TODAY)) == [
        ("0", "awaiting_decision"),
        ("1", None),
    ]


def test_a_shared_limit_holds_several_items_together() -> None:
    rulebook = book(
        item("A", limits=[{"max_points": 4, "per": "month"}]),
        item("B", award={"type": "fixed", "points": 3}),
        limits=[{"code": "s", "items": ["*bonus"], "max_points": 6, "per": "month"}],
    )
    facts = [fact("A", "11-01"), fact("A", "11-02"), fact("A", "11-03"), fact("B", "11-04")]
    found = evaluation([rulebook], facts, TODAY)
    assert [plain(line.points) for line in found.lines] == ["2", "2", "0", "2"]
    assert {key: used.used for key, used in found.limits.items()} == {
        LimitCell("A/max_points/month/holder", HOLDER, "2026-11"): 4,
        LimitCell("s", HOLDER, "2026-11"): 6,
    }


def test_holders_do_not_share_room() -> None:
    other = uuid.UUID(int=2)
    facts = [fact("CAPPED", f"11-0{n}", holder=who) for n in (1, 2) for who in (HOLDER, other)]
    found = worths(evaluate([RULES], facts, TODAY))
    assert sorted(points for points, _ in found) == ["1", "1", "2", "2"]


def test_running_totals_are_kept_for_storage() -> None:
    facts = [fact("MONTH", "11-01", "6"), fact("MONTH", "11-02", "1.5")]
    assert evaluation([RULES], facts, TODAY).totals == {
        TotalCell("MONTH", HOLDER, "2026-11"): Total(
            quantity=Decimal("5.5"), granted=Decimal(5), last_on=day("11-02")
        )
    }


def test_a_day_in_the_demo_rulebook() -> None:
    demo = load(DEMO.read_bytes())
    facts = [
        fact("XF-01", "11-02"),
        fact("XF-02", "11-03", level="采纳并办成"),
        fact("XF-05", "11-04", "5"),
        fact("XF-06", "11-05", "12"),
        fact("XF-08", "11-06"),
        fact("XF-08", "11-06"),
        fact("XF-51", "11-07"),
    ]
    assert worths(evaluate([demo], facts, TODAY)) == [
        ("2", None),
        ("5", None),
        ("4", "partly_over_limit"),
        ("2", None),
        ("1", None),
        ("0", "over_limit"),
        ("10", None),
    ]
