"""Deductions down to zero: late corrections of a month commute (property 8)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.rules.to_zero import corrected, sealed
from tests.unit.points_rules.random_books import SETTINGS

POINTS = st.integers(-300, 300).map(lambda tenths: Decimal(tenths).scaleb(-1))


def _corrected(before_floor: Decimal, changes: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    moved = Decimal(0)
    for change in changes:
        step = corrected(before_floor, change)
        moved, before_floor = moved + step.moved, step.before_floor
    return moved, before_floor


@SETTINGS
@given(st.data())
def test_late_corrections_commute(data: st.DataObject) -> None:
    before_floor = data.draw(POINTS)
    changes = data.draw(st.lists(POINTS, max_size=6))
    found = _corrected(before_floor, changes)
    assert _corrected(before_floor, data.draw(st.permutations(changes))) == found
    assert _corrected(before_floor, [sum(changes, Decimal(0))]) == found


@SETTINGS
@given(st.integers(0, 300).map(Decimal), POINTS, POINTS)
def test_a_correction_leaves_the_balance_as_if_it_had_been_there(
    balance: Decimal, net: Decimal, change: Decimal
) -> None:
    """As long as nothing was spent and no later month was sealed."""
    first = sealed(balance, net)
    later = corrected(first.before_floor, change)
    assert balance + first.moved + later.moved == balance + sealed(balance, net + change).moved
    assert balance + first.moved + later.moved >= 0


CASES = [
    # balance, net, moved, then a correction and what it moves
    ("10", "-15", "-10", "3", "0"),
    ("10", "-15", "-10", "8", "3"),
    ("10", "5", "5", "-20", "-15"),
]


@pytest.mark.parametrize(("balance", "net", "moved", "change", "moves"), CASES)
def test_the_shortfall_lapses(balance: str, net: str, moved: str, change: str, moves: str) -> None:
    first = sealed(Decimal(balance), Decimal(net))
    assert first.moved == Decimal(moved)
    assert corrected(first.before_floor, Decimal(change)).moved == Decimal(moves)
