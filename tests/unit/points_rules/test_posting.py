"""Posting differences, as a plain simulation (properties 2 and 3, rulebook-format.md section 5)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from points.rules.compiled import Rulebook
from points.rules.evaluate import evaluation
from points.rules.facts import Fact, LineWorth
from points.rules.periods import first_day_of, month_of, months_later
from tests.unit.points_rules.books import book, day, fact, item
from tests.unit.points_rules.random_books import SETTINGS, two_versions
from tests.unit.points_rules.random_facts import FIRST, HOLDERS, histories

#: fact, slice
_Line = tuple[uuid.UUID, int]


class _Ledger:
    """Sheets of months; the difference of each line is posted after every act."""

    def __init__(self, versions: list[Rulebook]) -> None:
        self.versions = versions
        self.facts: dict[uuid.UUID, Fact] = {}
        self.today = FIRST
        self.sealed: set[str] = set()
        self.sheets: dict[str, list[tuple[_Line, Decimal]]] = {month_of(FIRST): []}
        self.posted: dict[_Line, Decimal] = defaultdict(Decimal)
        self.lines: dict[_Line, LineWorth] = {}

    def act(self, after: Fact) -> None:
        self.facts[after.fact_id] = after
        self.begin(max(self.today, after.occurred_on))
        self.post()

    def begin(self, today: dt.date) -> None:
        """Time passes; each month begins with a sheet."""
        self.today = today
        first = FIRST
        while first <= today:
            self.sheets.setdefault(month_of(first), [])
            first = months_later(first, 1)

    def seal_oldest(self) -> None:
        """The month of today stays open."""
        oldest = min(set(self.sheets) - self.sealed)
        if oldest < month_of(self.today):
            self.sealed.add(oldest)

    def post(self) -> None:
        found = evaluation(self.versions, self.facts.values(), self.today).lines
        now = {(line.fact_id, line.slice): line for line in found}
        for key in now.keys() | self.lines.keys():
            worth = now[key].signed if key in now else Decimal(0)
            month = (now.get(key) or self.lines[key]).belongs_month
            if worth != self.posted[key]:
                self._sheet(month).append((key, worth - self.posted[key]))
                self.posted[key] = worth
        self.lines |= now

    def _sheet(self, belongs_month: str) -> list[tuple[_Line, Decimal]]:
        is_open = belongs_month not in self.sealed
        return self.sheets[belongs_month if is_open else min(set(self.sheets) - self.sealed)]

    def sums(self) -> dict[_Line, Decimal]:
        found: dict[_Line, Decimal] = defaultdict(Decimal)
        for sheet in self.sheets.values():
            for key, points in sheet:
                found[key] += points
        return found


@SETTINGS
@given(st.data())
def test_postings_add_up_and_a_sealed_sheet_never_moves(data: st.DataObject) -> None:
    ledger = _Ledger(data.draw(two_versions()))
    for act in data.draw(histories(ledger.versions[0], most=10, holders=list(HOLDERS))):
        frozen = {month: list(ledger.sheets[month]) for month in ledger.sealed}
        ledger.act(act)
        assert {month: ledger.sheets[month] for month in frozen} == frozen
        sums = ledger.sums()
        worths = evaluation(ledger.versions, ledger.facts.values(), ledger.today).lines
        for line in worths:
            assert sums.pop((line.fact_id, line.slice), Decimal(0)) == line.signed
        # What is left belongs to slices that are no longer there.
        assert not any(sums.values())
        for _ in range(data.draw(st.sampled_from([0, 0, 1, 2]))):
            ledger.seal_oldest()


def _sheet_sums(ledger: _Ledger) -> dict[str, Decimal]:
    return {
        month: sum((points for _, points in sheet), Decimal(0))
        for month, sheet in ledger.sheets.items()
    }


def test_an_earlier_fact_after_the_seal_moves_the_open_month_only() -> None:
    """The cap was full: the late fact takes the room by date, the total is unchanged."""
    ledger = _Ledger([book(item("A", limits=[{"max_points": 2, "per": "quarter"}]))])
    ledger.act(fact("A", "02-10"))
    ledger.begin(day("03-05"))
    ledger.seal_oldest()
    ledger.act(fact("A", "01-20"))
    assert _sheet_sums(ledger) == {"2026-01": 0, "2026-02": 2, "2026-03": 0}
    assert sorted(points for _, points in ledger.sheets["2026-02"]) == [-2, 2, 2]


def test_a_struck_warning_gives_the_charge_back() -> None:
    """The charge that relied on it becomes the warning."""
    rulebook = book(item("D", kind="deduction", escalation={"factors": [0, 1]}))
    ledger = _Ledger([rulebook])
    warning = fact("D", "01-05", told_on=day("01-06"))
    ledger.act(warning)
    ledger.act(fact("D", "01-20"))
    assert _sheet_sums(ledger) == {"2026-01": -2}
    ledger.act(Fact(**{**vars(warning), "struck": True}))
    assert _sheet_sums(ledger) == {"2026-01": 0}


def test_a_failing_that_goes_on_is_charged_until_corrected_and_given_back_from_then() -> None:
    ledger = _Ledger([book(item("D", kind="deduction", recurs="month"))])
    failing = fact("D", "01-15")
    ledger.act(failing)
    ledger.begin(day("04-10"))
    ledger.post()
    assert _sheet_sums(ledger) == dict.fromkeys(
        ("2026-01", "2026-02", "2026-03", "2026-04"), Decimal(-2)
    )
    ledger.seal_oldest()
    ledger.act(Fact(**{**vars(failing), "corrected_on": day("02-20")}))
    assert _sheet_sums(ledger) == {
        "2026-01": -2,
        "2026-02": -2,
        "2026-03": 0,
        "2026-04": 0,
    }


def test_a_corrected_veto_posts_what_was_held_and_moves_to_its_repair() -> None:
    veto = {"until": "corrected", "bonuses": "held", "effects": [], "repair": {"points": 3}}
    grave = item("V", kind="deduction", award={"type": "fixed", "points": 9}, veto=veto)
    ledger = _Ledger([book(item("A"), grave)])
    failing = fact("V", "01-05")
    ledger.act(failing)
    ledger.act(fact("A", "01-10"))
    assert _sheet_sums(ledger) == {"2026-01": -9}
    ledger.begin(first_day_of("2026-02"))
    ledger.seal_oldest()
    ledger.act(Fact(**{**vars(failing), "corrected_on": day("02-01")}))
    assert _sheet_sums(ledger) == {"2026-01": -9, "2026-02": 6 + 2}
    assert {ledger.lines[key].belongs_month for key, _ in ledger.sheets["2026-02"]} == {"2026-01"}
