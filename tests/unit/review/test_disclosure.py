"""The one disclosure rule: table, ties, and that nothing can be subtracted out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.rules.disclosure import (
    FEWEST_HOUSEHOLDS,
    Disclosure,
    PublicRow,
    Scored,
    aggregated,
    category_counts,
    disclosure_of,
    placed,
    public_row,
    sums,
)

BASE = Decimal(10)


def scored(key: str, score: str, *, household: str | None = None, deduction: str = "0") -> Scored:
    """A row with the usual base; the bonus makes the score what it is."""
    taken = Decimal(deduction)
    return Scored(
        key=key, household=household or key, label="张*", grid=1, base=BASE,
        bonus=Decimal(score) - BASE + taken, deduction=taken,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("score", "base", "rank", "shown"),
    [
        ("62", "10", 1, Disclosure.RANKED),
        ("30", "10", 2, Disclosure.RANKED),  # the edge is inside
        ("30", "10", 3, Disclosure.LISTED),
        ("10", "10", 3, Disclosure.LISTED),  # at base
        ("9.9", "10", 3, Disclosure.COUNTED),
        ("9.9", "10", 1, Disclosure.COUNTED),  # few rows: a rank inside N does not help
        ("-5", "10", 9, Disclosure.COUNTED),
        ("2", "0", 9, Disclosure.COUNTED),  # joined later, no base yet
        ("15", "20", 1, Disclosure.COUNTED),  # whoever knows the larger base could subtract it
        ("20", "20", 1, Disclosure.RANKED),
    ],
)
def test_each_case_of_the_table(score: str, base: str, rank: int, shown: Disclosure) -> None:
    row = Scored(
        key="a", household="a", label="张*", grid=1, base=Decimal(base),
        bonus=Decimal(score) - Decimal(base), deduction=Decimal(0),
    )  # fmt: skip
    assert disclosure_of(scored=row, rank=rank, top_places=2, threshold=BASE) is shown


@pytest.mark.parametrize(
    ("disclosure", "expected"),
    [
        (
            Disclosure.RANKED,
            PublicRow(
                household_code="0317", score=Decimal(36), rank=12, label="王*", grid_number=3
            ),
        ),
        (Disclosure.LISTED, PublicRow(household_code="0317", score=Decimal(36))),
        (Disclosure.COUNTED, None),
    ],
)
def test_what_each_disclosure_shows(disclosure: Disclosure, expected: PublicRow | None) -> None:
    shown = public_row(
        disclosure=disclosure, household_code="0317", score=Decimal(36), rank=12, label="王*",
        grid_number=3,
    )  # fmt: skip
    assert shown == expected


def test_equals_share_a_rank_and_a_tie_at_the_edge_is_inside() -> None:
    rows = [
        scored(key, score)
        for key, score in zip("abcde", ("62", "58.5", "58.5", "55", "55"), strict=True)
    ]
    found = placed(rows, top_places=4, threshold=BASE)
    assert [row.rank for row in found] == [1, 2, 2, 4, 4]
    assert {row.disclosure for row in found} == {Disclosure.RANKED}


def test_rows_after_the_top_stand_by_household_code_never_by_rank() -> None:
    rows = [scored("z", "30"), scored("b", "20"), scored("a", "15"), scored("c", "5")]
    found = {row.scored.key: row for row in placed(rows, top_places=1, threshold=BASE)}
    assert [found[key].position for key in "zabc"] == [1, 2, 3, None]


def test_outside_the_top_of_sums_there_is_no_rank() -> None:
    values = {"b": Decimal(5), "a": Decimal(9), "c": Decimal(9), "d": Decimal(1)}
    assert aggregated(values, top_places=2) == [
        ("a", Decimal(9), 1), ("c", Decimal(9), 1),
        ("b", Decimal(5), None), ("d", Decimal(1), None),
    ]  # fmt: skip


def test_a_category_of_fewer_than_five_households_is_left_out() -> None:
    four_households_five_times = [("秩序", code) for code in "aabcd"]
    five_households = [("环境", code) for code in "abcde"]
    counts = category_counts([*four_households_five_times, *five_households])
    assert [(each.category, each.count) for each in counts] == [("环境", 5)]


@pytest.mark.parametrize(
    ("below", "deducted_above", "shown"),
    [
        (0, 0, True), (0, 1, False), (0, 4, False), (0, 5, True),
        (1, 5, False), (4, 5, False), (5, 0, True), (5, 1, True),
    ],
)  # fmt: skip
def test_sums_are_shown_only_over_no_or_five_households(
    below: int, deducted_above: int, shown: bool
) -> None:
    rows = [scored(f"below{n}", "5", deduction="5") for n in range(below)]
    rows += [scored(f"above{n}", "30", deduction="3") for n in range(deducted_above)]
    rows += [scored(f"plain{n}", "20") for n in range(10)]
    found = sums(placed(rows, top_places=3, threshold=BASE))
    assert (found.deduction is not None) is shown
    assert (found.bonus is not None) is shown
    if shown:
        assert found.deduction == Decimal(5 * below + 3 * deducted_above)


scores_of_a_month = st.lists(
    st.tuples(
        st.integers(0, 12),  # household
        st.integers(0, 300),  # bonus in tenths
        st.integers(0, 200),  # deduction in tenths
    ),
    max_size=40,
)


def month(drawn: list[tuple[int, int, int]]) -> list[Scored]:
    return [
        Scored(
            key=f"m{n}", household=f"{household:04d}", label="李*", grid=household % 3, base=BASE,
            bonus=Decimal(bonus) / 10, deduction=Decimal(deduction) / 10,
        )
        for n, (household, bonus, deduction) in enumerate(drawn)
    ]  # fmt: skip


def outlets(rows: list[Scored], top_places: int) -> object:
    """Everything that is published about the rows of a month, except their number."""
    found = placed(rows, top_places=top_places, threshold=BASE)
    shown = sorted(
        (row for row in found if row.position is not None), key=lambda row: row.position or 0
    )
    public = [
        public_row(
            disclosure=row.disclosure, household_code=row.scored.household,
            score=row.scored.score, rank=row.rank, label=row.scored.label,
            grid_number=row.scored.grid,
        )
        for row in shown
    ]  # fmt: skip
    households: dict[str, Decimal] = {}
    for row in shown:
        code = row.scored.household
        households[code] = households.get(code, Decimal(0)) + row.scored.score
    return public, aggregated(households, top_places=top_places), sums(found)


@settings(max_examples=200, deadline=None)
@given(drawn=scores_of_a_month, more=st.integers(1, 100), top_places=st.integers(1, 50))
def test_no_output_depends_on_how_a_public_score_came_about(
    drawn: list[tuple[int, int, int]], more: int, top_places: int
) -> None:
    """The same net scores with other deductions publish the same, unless five households stand
    behind the sums: so no combination of public fields can tell one household's deduction."""
    rows = month(drawn)
    extra = Decimal(more) / 10
    for number, row in enumerate(rows):
        if not row.deduction:
            continue
        other = list(rows)
        other[number] = replace(row, bonus=row.bonus + extra, deduction=row.deduction + extra)
        ours, theirs = outlets(rows, top_places), outlets(other, top_places)
        assert ours[:2] == theirs[:2]  # type: ignore[index]
        if ours != theirs:
            deducted = {each.household for each in rows if each.deduction}
            assert len(deducted) >= FEWEST_HOUSEHOLDS


@settings(max_examples=200, deadline=None)
@given(drawn=scores_of_a_month, less=st.integers(1, 100), top_places=st.integers(1, 50))
def test_a_row_below_base_can_fall_further_without_a_trace(
    drawn: list[tuple[int, int, int]], less: int, top_places: int
) -> None:
    """Subtraction: total − public rows must not be computable for fewer than five households."""
    rows = month(drawn)
    found = placed(rows, top_places=top_places, threshold=BASE)
    below = [row.scored for row in found if row.disclosure is Disclosure.COUNTED]
    for row in below:
        other = [
            replace(each, deduction=each.deduction + Decimal(less) / 10)
            if each.key == row.key
            else each
            for each in rows
        ]
        if outlets(rows, top_places) != outlets(other, top_places):
            assert len({each.household for each in below}) >= FEWEST_HOUSEHOLDS
