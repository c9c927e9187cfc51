"""What must hold for random rulebooks and random facts (rulebook-format.md section 8)."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from points.rules.compiled import ItemKind, Measure, Rulebook
from points.rules.evaluate import Evaluation, evaluation
from points.rules.facts import Fact, LineWorth
from points.rules.fast import FastPath, fast_path, total_needed
from points.rules.usage import LimitCell, Total, TotalCell, Used, limit_cell
from points.rules.versions import version_on
from tests.unit.points_rules.books import book, day, fact, hours, item
from tests.unit.points_rules.random_books import facts_of, lists_of_facts, rulebooks, two_versions

TODAY = day("12-31")
SETTINGS = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def _anonymous(facts: Sequence[Fact], lines: Sequence[LineWorth]) -> Counter[tuple[object, ...]]:
    """What each fact is worth, without saying which id it has."""
    by_id = {each.fact_id: each for each in facts}
    return Counter(
        (replace(by_id[line.fact_id], fact_id=uuid.UUID(int=0)), line.points, line.reason)
        for line in lines
    )


@SETTINGS
@given(st.data())
def test_lines_do_not_depend_on_order_or_ids(data: st.DataObject) -> None:
    versions = data.draw(two_versions())
    facts = data.draw(lists_of_facts(versions[0]))
    shuffled = data.draw(st.permutations(facts))
    renamed = [replace(each, fact_id=uuid.UUID(int=n)) for n, each in enumerate(shuffled)]
    found = evaluation(versions, facts, TODAY)
    again = evaluation(versions[::-1], renamed, TODAY)
    assert evaluation(versions, shuffled, TODAY) == found
    assert _anonymous(renamed, again.lines) == _anonymous(facts, found.lines)
    assert (again.limits, again.totals) == (found.limits, found.totals)


@SETTINGS
@given(st.data())
def test_no_limit_is_ever_exceeded_after_any_prefix(data: st.DataObject) -> None:
    versions = data.draw(two_versions())
    facts = data.draw(lists_of_facts(versions[0]))
    for length in range(1, len(facts) + 1):
        _assert_within_limits(versions, facts[:length])


def _assert_within_limits(versions: list[Rulebook], facts: Sequence[Fact]) -> None:
    """Counted from the lines, not from the usage the evaluator kept."""
    found = evaluation(versions, facts, TODAY)
    by_id = {each.fact_id: each for each in facts}
    taken: dict[LimitCell, Decimal] = defaultdict(Decimal)
    caps: dict[LimitCell, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        each = by_id[line.fact_id]
        version = version_on(versions, each.occurred_on)
        assert version is not None
        for measure in (Measure.TIMES, Measure.POINTS):
            for limit in version.limits_of(each.item, measure):
                key = limit_cell(version, limit, each)
                amount = Decimal(bool(line.points)) if measure is Measure.TIMES else line.points
                taken[key] += amount
                caps[key] = max(caps[key], limit.cap)
    for key, amount in taken.items():
        assert amount <= caps[key]
    for used in found.limits.values():
        assert 0 < used.used <= used.cap_highest
        assert used.cap_lowest <= used.cap_highest


class _Store:
    """Rows of limits, totals and lines, written as the application writes them."""

    def __init__(self, versions: list[Rulebook]) -> None:
        self.versions = versions
        self.facts: list[Fact] = []
        self.limits: dict[LimitCell, Used] = {}
        self.totals: dict[TotalCell, Total] = {}
        self.lines: dict[uuid.UUID, LineWorth] = {}

    def record(self, new: Fact) -> bool:
        """Whether the fast path took it."""
        self.facts.append(new)
        version = version_on(self.versions, new.occurred_on)
        assert version is not None
        key = total_needed(version, new)
        path = fast_path(version, new, self.totals.get(key) if key else None)
        if path and self._claim(path):
            self.lines[new.fact_id] = path.line
            if path.total_key and path.total:
                self.totals[path.total_key] = path.total
            return True
        found = evaluation(self.versions, self.facts, TODAY)
        self.limits, self.totals = dict(found.limits), dict(found.totals)
        self.lines = {line.fact_id: line for line in found.lines}
        return False

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

    def whole(self) -> Evaluation:
        return evaluation(self.versions, self.facts, TODAY)


@SETTINGS
@given(st.data())
def test_the_fast_path_is_the_full_evaluation(data: st.DataObject) -> None:
    store = _Store(data.draw(two_versions()))
    for new in data.draw(lists_of_facts(store.versions[0])):
        store.record(new)
        whole = store.whole()
        assert store.lines == {line.fact_id: line for line in whole.lines}
        assert store.limits == whole.limits
        assert store.totals == whole.totals


def test_the_fast_path_is_taken_until_a_cell_is_full() -> None:
    store = _Store([book(hours(limits=[{"max_quantity": 4, "per": "day"}]), item("A"))])
    took = [
        store.record(fact("H", "11-01", "3")),
        store.record(fact("A", "11-01")),
        store.record(fact("H", "11-02", "3")),
        store.record(fact("H", "11-02", "1")),  # same day as the last: order by date is not known
        store.record(fact("H", "11-03", "5")),  # does not fit whole
        store.record(fact("A", "11-02", approved=False)),
        store.record(fact("A", "11-03")),
    ]
    assert took == [True, True, True, False, False, False, True]


def _total(versions: list[Rulebook], facts: Sequence[Fact]) -> Decimal:
    lines = evaluation(versions, facts, TODAY).lines
    return sum((line.signed for line in lines), Decimal(0))


@settings(SETTINGS, max_examples=150)
@given(st.data())
def test_one_more_bonus_never_lowers_a_total(data: st.DataObject) -> None:
    rulebook = data.draw(rulebooks())
    facts = data.draw(lists_of_facts(rulebook))
    bonuses = [each for each in rulebook.items if each.kind is ItemKind.BONUS]
    more = data.draw(st.sampled_from(bonuses).flatmap(facts_of))
    more = replace(more, fact_id=uuid.UUID(int=0), approved=True, struck=False)
    assert _total([rulebook], [*facts, more]) >= _total([rulebook], facts)


def test_without_nesting_one_more_bonus_can_lower_a_total() -> None:
    """Why crossing limits are refused: three deeds a month of A and B, but A only 2 points."""
    nested = book(item("A", limits=[{"max_points": 2, "per": "month"}]), item("B"))
    (three,) = book(
        item("A"),
        item("B"),
        limits=[{"code": "s", "items": ["A", "B"], "max_times": 2, "per": "month"}],
    ).shared_limits
    crossing = [replace(nested, shared_limits=(three,))]
    before = [fact("A", "11-02"), fact("B", "11-03")]
    assert _total(crossing, before) == 4
    assert _total(crossing, [*before, fact("A", "11-01")]) == 2
