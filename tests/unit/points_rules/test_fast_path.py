"""The fast path writes what a full evaluation would have found (property 5)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.rules.compiled import Rulebook
from points.rules.evaluate import Evaluation, evaluation
from points.rules.facts import Fact, LineWorth
from points.rules.fast import FastPath, fast_path, total_needed
from points.rules.usage import CounterCell, LimitCell, Total, TotalCell, Used
from points.rules.versions import needs_household, version_on
from tests.unit.points_rules.books import book, day, fact, hours, item
from tests.unit.points_rules.random_books import SETTINGS, two_versions
from tests.unit.points_rules.random_facts import HOLDERS, histories

TODAY = day("12-31")


class _Store:
    """Rows of limits, totals, counters and lines, written as the application writes them."""

    def __init__(self, versions: list[Rulebook]) -> None:
        self.versions = versions
        self.facts: dict[uuid.UUID, Fact] = {}
        self.limits: dict[LimitCell, Used] = {}
        self.totals: dict[TotalCell, Total] = {}
        self.counters: dict[CounterCell, Decimal] = {}
        self.lines: dict[tuple[uuid.UUID, int], LineWorth] = {}
        self.open_vetoes: dict[uuid.UUID, int] = {}

    def act(self, after: Fact) -> bool:
        """A new fact or a changed one; whether the fast path took it."""
        is_new = after.fact_id not in self.facts
        self.facts[after.fact_id] = after
        if is_new and self._fast(after):
            return True
        self._evaluate(after)
        return False

    def _fast(self, new: Fact) -> bool:
        version = version_on(self.versions, new.occurred_on)
        assert version is not None
        key = total_needed(version, new)
        so_far = self.totals.get(key) if key else None
        vetoes = self.open_vetoes.get(new.holder, 0)
        path = fast_path(version, new, so_far, open_vetoes=vetoes)
        if path is None or not self._claim(path):
            return False
        self.lines[new.fact_id, 0] = path.line
        if path.total_key and path.total:
            self.totals[path.total_key] = path.total
        for counter, quantity in path.counters.items():
            self.counters[counter] = self.counters.get(counter, Decimal(0)) + quantity
        return True

    def _claim(self, path: FastPath) -> bool:
        """The conditional statement of the specification; all or nothing."""
        after = dict(self.limits)
        for claim in path.claims:
            row = after.get(claim.key)
            used = claim.amount + (row.used if row else 0)
            lowest = min(claim.cap, row.cap_lowest) if row else claim.cap
            highest = max(claim.cap, row.cap_highest) if row else claim.cap
            if used > claim.cap or (row and used > row.cap_lowest):
                return False
            after[claim.key] = Used(
                measure=claim.measure, used=used, cap_lowest=lowest, cap_highest=highest
            )
        self.limits = after
        return True

    def _evaluate(self, changed: Fact) -> None:
        """The holder, or everybody of the household where a limit is across it."""
        together = needs_household(self.versions) and changed.household is not None
        facts = [
            each
            for each in self.facts.values()
            if each.holder == changed.holder or (together and each.household == changed.household)
        ]
        holders = {each.holder for each in facts}
        whose = holders | {each.household for each in facts}
        found = evaluation(self.versions, facts, TODAY)
        self.limits = _without(self.limits, lambda key: key.whose in whose) | dict(found.limits)
        self.totals = _without(self.totals, lambda key: key.holder in holders) | dict(found.totals)
        self.counters = _without(self.counters, lambda key: key.holder in holders) | dict(
            found.counters
        )
        ids = {each.fact_id for each in facts}
        self.lines = _without(self.lines, lambda key: key[0] in ids) | {
            (line.fact_id, line.slice): line for line in found.lines
        }
        for holder in holders:
            self.open_vetoes[holder] = found.open_vetoes(holder)

    def whole(self) -> Evaluation:
        return evaluation(self.versions, self.facts.values(), TODAY)


def _without(rows: Mapping[Any, Any], is_gone: Any) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if not is_gone(key)}


@SETTINGS
@given(st.data())
def test_the_fast_path_is_the_full_evaluation(data: st.DataObject) -> None:
    store = _Store(data.draw(two_versions()))
    for act in data.draw(histories(store.versions[0], holders=list(HOLDERS))):
        store.act(act)
        whole = store.whole()
        assert store.lines == {(line.fact_id, line.slice): line for line in whole.lines}
        assert store.limits == whole.limits
        assert store.totals == whole.totals
        assert store.counters == whole.counters
        for used in store.limits.values():
            assert 0 <= used.used <= used.cap_highest


def test_the_fast_path_is_taken_until_a_cell_is_full() -> None:
    store = _Store([book(hours(limits=[{"max_quantity": 4, "per": "day"}]), item("A"))])
    took = [
        store.act(fact("H", "11-01", "3")),
        store.act(fact("A", "11-01")),
        store.act(fact("H", "11-02", "3")),
        store.act(fact("H", "11-02", "1")),  # same day as the last: order by date is not known
        store.act(fact("H", "11-03", "5")),  # does not fit whole
        store.act(fact("A", "11-02", approved=False)),
        store.act(fact("A", "11-03")),
    ]
    assert took == [True, True, True, False, False, False, True]


DEED, VISIT = uuid.UUID(int=7), uuid.UUID(int=8)
CONFLICTS = [
    {"code": "one-deed", "items": ["A", "B"], "same": "deed", "keep": "highest"},
    {"code": "absent", "items": ["B"], "same": "activity", "cancelled_by": ["C"]},
]
MEETING = book(
    item("A"),
    item("B"),
    item("C"),
    item("S", limits=[{"min_days_between": 7}]),
    item("R", award={"type": "range", "min": 1, "max": 5}),
    item("D", kind="deduction"),
    conflicts=CONFLICTS,
)

SLOW: list[tuple[str, Fact, int, bool]] = [
    ("a deed of its own", fact("A", "11-01"), 0, True),
    ("a deed a conflict looks at", fact("A", "11-01", deed=DEED), 0, False),
    ("a deed no conflict looks at", fact("C", "11-01", deed=DEED), 0, True),
    ("an activity no conflict looks at", fact("A", "11-01", activity=VISIT), 0, True),
    ("an activity in which it may be cancelled", fact("B", "11-01", activity=VISIT), 0, False),
    ("an activity in which it cancels", fact("C", "11-01", activity=VISIT), 0, False),
    ("an interval", fact("S", "11-01"), 0, False),
    ("a range", fact("R", "11-01", decided=Decimal(1)), 0, False),
    ("a deduction", fact("D", "11-01"), 0, False),
    ("a veto on record", fact("A", "11-01"), 1, False),
    ("struck", fact("A", "11-01", struck=True), 0, False),
]


@pytest.mark.parametrize(
    ("new", "vetoes", "is_fast"), [row[1:] for row in SLOW], ids=[row[0] for row in SLOW]
)
def test_when_it_applies(new: Fact, vetoes: int, is_fast: bool) -> None:
    assert (fast_path(MEETING, new, open_vetoes=vetoes) is not None) is is_fast


def test_claims_come_in_the_order_of_their_keys() -> None:
    """Two recorders who claim the same rows never wait for each other."""
    rulebook = book(
        item("A", limits=[{"max_points": 9, "per": "year"}, {"max_points": 5, "per": "month"}]),
        limits=[{"code": "0", "items": ["A"], "max_times": 9, "per": "month"}],
    )
    path = fast_path(rulebook, fact("A", "11-01"))
    assert path is not None
    keys = [claim.key for claim in path.claims]
    assert len(keys) == 3
    assert keys == sorted(keys)
