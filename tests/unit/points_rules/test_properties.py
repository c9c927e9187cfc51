"""What must hold for random rulebooks and random facts (rulebook-format.md section 8).

Numbers in brackets are those of the specification. (2) and (3) stand in test_posting, (5) in
test_fast_path, (8) in test_to_zero.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from points.rules.compiled import ItemKind, Measure, Rulebook, Same
from points.rules.compiling import rulebook_of
from points.rules.evaluate import Evaluation, evaluation
from points.rules.facts import Fact, LineWorth
from points.rules.reading import examine
from points.rules.usage import LimitCell, limit_cell
from points.rules.versions import needs_household, version_on
from tests.unit.points_rules.books import book, day, document, fact, findings_of, hours, item
from tests.unit.points_rules.random_books import SETTINGS, documents, rulebooks, two_versions
from tests.unit.points_rules.random_facts import (
    HOLDERS,
    facts_of,
    histories,
    lists_of_facts,
    scenes,
)

TODAY = day("12-31")


def _anonymous(facts: Sequence[Fact], lines: Sequence[LineWorth]) -> Counter[tuple[object, ...]]:
    """What each fact is worth, without saying which id it has."""
    by_id = {each.fact_id: each for each in facts}
    nobody = uuid.UUID(int=0)
    return Counter(
        (replace(by_id[line.fact_id], fact_id=nobody), replace(line, fact_id=nobody))
        for line in lines
    )


@SETTINGS
@given(documents())
def test_what_is_drawn_is_a_rulebook_that_passes(raw: dict[str, Any]) -> None:
    """Every other property draws rulebooks of these documents, compiled and not looked at again."""
    assert examine(raw).rulebook == rulebook_of(raw)


@SETTINGS
@given(st.data())
def test_lines_do_not_depend_on_order_or_ids(data: st.DataObject) -> None:
    """(1)"""
    versions = data.draw(two_versions())
    facts = data.draw(lists_of_facts(versions[0], holders=list(HOLDERS)))
    shuffled = data.draw(st.permutations(facts))
    renamed = [replace(each, fact_id=uuid.UUID(int=n)) for n, each in enumerate(shuffled)]
    found = evaluation(versions, facts, TODAY)
    again = evaluation(versions[::-1], renamed, TODAY)
    assert evaluation(versions, shuffled, TODAY) == found
    assert _anonymous(renamed, again.lines) == _anonymous(facts, found.lines)
    assert (again.totals, again.counters) == (found.totals, found.counters)


@SETTINGS
@given(st.data())
def test_a_household_evaluated_alone_is_what_it_is_among_all(data: st.DataObject) -> None:
    """Storage evaluates one holder, or one household where a limit is across it."""
    versions = data.draw(two_versions())
    facts = data.draw(lists_of_facts(versions[0], holders=list(HOLDERS)))
    together = needs_household(versions)
    groups: dict[object, list[Fact]] = defaultdict(list)
    for each in facts:
        groups[(together and each.household) or each.holder].append(each)
    apart = [evaluation(versions, group, TODAY) for group in groups.values()]
    found = evaluation(versions, facts, TODAY)
    assert {line for each in apart for line in each.lines} == set(found.lines)
    assert {key: used for each in apart for key, used in each.limits.items()} == found.limits
    assert {key: total for each in apart for key, total in each.totals.items()} == found.totals


@SETTINGS
@given(st.data())
def test_no_limit_is_ever_exceeded_after_any_prefix_of_acts(data: st.DataObject) -> None:
    """(4)"""
    versions = data.draw(two_versions())
    known: dict[uuid.UUID, Fact] = {}
    for act in data.draw(histories(versions[0], most=10, holders=list(HOLDERS))):
        known[act.fact_id] = act
        found = evaluation(versions, known.values(), TODAY)
        _assert_within_limits(versions, known, found)
        _assert_intervals(versions, known, found)


def _assert_within_limits(
    versions: list[Rulebook], facts: dict[uuid.UUID, Fact], found: Evaluation
) -> None:
    """Counted from the lines, not from the usage the evaluator kept."""
    taken: dict[LimitCell, Decimal] = defaultdict(Decimal)
    caps: dict[LimitCell, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        each = facts[line.fact_id]
        version = version_on(versions, each.occurred_on)
        assert version is not None
        for measure in (Measure.TIMES, Measure.POINTS):
            for limit in version.limits_of(each.item, measure):
                key = limit_cell(version, limit, each, line.on)
                amount = Decimal(bool(line.points)) if measure is Measure.TIMES else line.points
                taken[key] += amount
                caps[key] = max(caps[key], limit.cap)
    for key, amount in taken.items():
        assert amount <= caps[key]
    for used in found.limits.values():
        assert 0 < used.used <= used.cap_highest
        assert used.cap_lowest <= used.cap_highest


def _assert_intervals(
    versions: list[Rulebook], facts: dict[uuid.UUID, Fact], found: Evaluation
) -> None:
    last: dict[LimitCell, dt.date] = {}
    for line in found.lines:
        each = facts[line.fact_id]
        version = version_on(versions, each.occurred_on)
        assert version is not None
        for limit in version.limits_of(each.item, Measure.MIN_DAYS):
            key = limit_cell(version, limit, each, line.on)
            if line.points:
                assert key not in last or (line.on - last[key]).days >= limit.cap
                last[key] = line.on


def _total(versions: list[Rulebook], facts: Sequence[Fact]) -> Decimal:
    lines = evaluation(versions, facts, TODAY).lines
    return sum((line.signed for line in lines), Decimal(0))


def _apart(rulebook: Rulebook, facts: Sequence[Fact]) -> list[Fact]:
    """No deed is shared, and no activity that a conflict looks at."""
    looked_at = any(conflict.same is Same.ACTIVITY for conflict in rulebook.conflicts)
    return [
        replace(each, deed=None, activity=None if looked_at else each.activity) for each in facts
    ]


def _interval_may_shift(rulebook: Rulebook) -> bool:
    """The linter warns of an interval beside another limit (see the corrections)."""
    return any(
        rulebook.limits_of(each.code, Measure.MIN_DAYS)
        and any(
            rulebook.limits_of(each.code, measure) for measure in set(Measure) - {Measure.MIN_DAYS}
        )
        for each in rulebook.items
    )


_without_shifts = rulebooks().filter(lambda each: not _interval_may_shift(each))


@SETTINGS
@given(st.data())
def test_one_more_bonus_never_lowers_a_total(data: st.DataObject) -> None:
    """(6)"""
    rulebook = data.draw(_without_shifts)
    everybody = list(HOLDERS)
    facts = _apart(rulebook, data.draw(lists_of_facts(rulebook, holders=everybody)))
    scene = data.draw(scenes(everybody))
    bonuses = [each for each in rulebook.items if each.kind is ItemKind.BONUS]
    drawn = data.draw(facts_of(st.sampled_from(bonuses), scene))
    upheld = replace(drawn, fact_id=uuid.UUID(int=0), approved=True, struck=False)
    (more,) = _apart(rulebook, [upheld])
    assert _total([rulebook], [*facts, more]) >= _total([rulebook], facts)


def _unlimited(rulebook: Rulebook) -> Rulebook:
    """Without what moves lines for other reasons: totals, limits and conflicts."""
    alone = (each for each in rulebook.items if each.over is None)
    items = tuple(replace(each, limits=()) for each in alone)
    return replace(rulebook, items=items, shared_limits=(), conflicts=())


@SETTINGS
@given(st.data())
def test_what_the_member_hears_late_sharpens_nothing_that_was_judged(data: st.DataObject) -> None:
    rulebook = _unlimited(data.draw(rulebooks()))
    assume(any(each.kind is ItemKind.DEDUCTION for each in rulebook.items))
    facts = data.draw(lists_of_facts(rulebook))
    charges = [each for each in rulebook.items if each.kind is ItemKind.DEDUCTION]
    drawn = data.draw(facts_of(st.sampled_from(charges)))
    told_on = max(each.occurred_on for each in [drawn, *facts])
    late = replace(drawn, fact_id=uuid.UUID(int=0), told_on=told_on)

    def charged(known: Sequence[Fact]) -> dict[tuple[uuid.UUID, int], Decimal]:
        lines = evaluation([rulebook], known, TODAY).lines
        return {
            (line.fact_id, line.slice): line.points
            for line in lines
            if line.kind is ItemKind.DEDUCTION and line.fact_id != late.fact_id
        }

    assert charged([*facts, late]) == charged(facts)


def test_without_nesting_one_more_bonus_can_lower_a_total() -> None:
    """Why crossing limits are refused: two deeds a month of A and B, but A only 2 points."""
    nested = book(item("A", limits=[{"max_points": 2, "per": "month"}]), item("B"))
    (two,) = book(
        item("A"),
        item("B"),
        limits=[{"code": "s", "items": ["A", "B"], "max_times": 2, "per": "month"}],
    ).shared_limits
    crossing = [replace(nested, shared_limits=(two,))]
    before = [fact("A", "11-02"), fact("B", "11-03")]
    assert _total(crossing, before) == 4
    assert _total(crossing, [*before, fact("A", "11-01")]) == 2


def test_suspended_hours_do_not_take_the_room_of_hours_that_count() -> None:
    """The specification cut them in the order of dates, and the total fell from 3 to −1."""
    lost = {"until": {"months": 1}, "bonuses": "lost", "effects": []}
    rulebook = book(
        hours(limits=[{"max_quantity": 4, "per": "quarter"}], feeds="h", award=QUARTERLY),
        item("D", kind="deduction", award={"type": "fixed", "points": 1}, veto=lost),
        counters=[{"code": "h", "name": "时长", "unit": "hour"}],
    )
    before = [fact("D", "10-01"), fact("H", "11-20", "4")]
    inside = fact("H", "10-05", "4")
    assert _total([rulebook], before) == 3
    assert _total([rulebook], [*before, inside]) == 3
    (hours_of,) = {evaluation([rulebook], each, TODAY).counters.values() for each in [before]}
    assert list(hours_of) == [4]


def test_two_intervals_on_one_item_are_refused() -> None:
    """P on the 5th and 12th, Q on the 2nd and 9th; one more by P on the 1st and one is lost."""
    by_person = {"min_days_between": 7, "across": "person"}
    by_account = {"min_days_between": 3}
    both = document(item("A", limits=[by_person, by_account]))
    assert findings_of(both) == [("duplicate_limit", "items[A].limits[2]")]
    crossing = [rulebook_of(both)]
    p, q = uuid.UUID(int=60), uuid.UUID(int=61)
    before = [
        *(fact("A", on, person=p) for on in ("11-05", "11-12")),
        *(fact("A", on, person=q) for on in ("11-02", "11-09")),
    ]
    assert _total(crossing, before) == 8
    assert _total(crossing, [*before, fact("A", "11-01", person=p)]) == 6


QUARTERLY = {"type": "per_unit", "points": 1, "per": 1, "over": "quarter"}
