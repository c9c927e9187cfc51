"""Lots: earliest expiry first, own lot first when taken back, nothing twice. Property 7, purely:
every sequence of acts against a model that knows each tenth of a point by itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from points.rules.lots import (
    Credit,
    Event,
    Expire,
    Lots,
    Return,
    Revoke,
    SealedSheet,
    Spend,
    replay,
)

D = Decimal
DAY = dt.date(2026, 1, 1)
TENTH = D("0.1")


def an_id(number: int) -> uuid.UUID:
    return uuid.UUID(int=number + 1)


def credit(number: int, points: str, *, expires: int | None, line: int | None = None) -> Credit:
    """Lot ``number`` of its own line, dated in the order of numbers."""
    return Credit(
        lot=an_id(number),
        line=an_id(1000 + (number if line is None else line)),
        points=D(points),
        dated_on=DAY + dt.timedelta(days=number),
        expires_on=None if expires is None else DAY + dt.timedelta(days=expires),
    )


def left(lots: Lots) -> list[Decimal]:
    return [lot.left for lot in lots.lots]


def test_the_earliest_expiry_is_spent_first_and_what_never_dies_last() -> None:
    lots = replay([
        credit(0, "5", expires=None), credit(1, "5", expires=90), credit(2, "5", expires=30),
        Spend(points=D(7)),
    ])  # fmt: skip
    assert left(lots) == [D(5), D(3), D(0)]


def test_what_is_alike_is_spent_in_the_order_of_its_dates() -> None:
    lots = replay([credit(1, "5", expires=30), credit(0, "5", expires=30), Spend(points=D(6))])
    assert left(lots) == [D(4), D(0)]


def test_a_bonus_taken_back_takes_its_own_lot_first() -> None:
    lots = replay([
        credit(0, "5", expires=10), credit(1, "5", expires=20),
        Revoke(line=an_id(1001), points=D(6)),
    ])  # fmt: skip
    assert left(lots) == [D(4), D(0)]


def test_case_7_expired_points_are_left_out() -> None:
    lots = replay([
        credit(0, "50", expires=10), Spend(points=D(20)), Expire(lot=an_id(0), points=D(30)),
    ])  # fmt: skip
    assert lots.left_out(an_id(1000), D(-50)) == D(30)
    spent = replay([credit(0, "50", expires=10), Spend(points=D(40))])
    assert spent.left_out(an_id(1000), D(-50)) == D(0)


def test_what_is_left_of_the_own_lot_comes_before_what_expired() -> None:
    lots = replay([credit(0, "50", expires=10), Expire(lot=an_id(0), points=D(30))])
    assert lots.left_out(an_id(1000), D(-20)) == D(0)
    assert lots.left_out(an_id(1000), D(-35)) == D(15)
    lots.apply(Revoke(line=an_id(1000), points=D(20), left_out=D(15)))
    assert lots.left_out(an_id(1000), D(-15)) == D(15)
    # Given again, what had expired stays expired.
    assert lots.left_out(an_id(1000), D(40)) == D(-15)


def test_what_comes_back_goes_into_its_lots() -> None:
    key = an_id(7)
    lots = replay([
        credit(0, "5", expires=10), credit(1, "5", expires=20), Spend(points=D(8), key=key),
        Return(key=key, points=D(8)),
    ])  # fmt: skip
    assert left(lots) == [D(5), D(5)]
    assert [lot.left for lot in lots.due(DAY + dt.timedelta(days=10))] == [D(5)]


def test_held_points_cover_what_would_be_spent_first() -> None:
    lots = replay(
        [credit(0, "5", expires=10), credit(1, "5", expires=10), credit(2, "5", expires=99)]
    )
    day = DAY + dt.timedelta(days=10)
    assert [(lot.lot, points) for lot, points in lots.expiring(day, D(6))] == [(an_id(1), D(4))]
    assert lots.expiring(day, D(10)) == []
    assert lots.expiring(day - dt.timedelta(days=1), D(0)) == []


def test_a_sealed_sheet_brings_lots_and_takes_the_rest() -> None:
    sheet = SealedSheet(
        credits=(credit(0, "7", expires=10), credit(1, "5", expires=40)), revoked=(), moved=D(2)
    )
    assert left(replay([sheet])) == [D(0), D(2)]


def test_events_in_another_order_than_they_had_add_up_to_the_same() -> None:
    lots = replay([Spend(points=D(3)), credit(0, "5", expires=10)])
    assert (lots.total, lots.short, left(lots)) == (D(2), D(0), [D(2)])


@dataclass
class Tenths:
    """Each tenth of a point by itself: (expires, dated, arrival, lot) of those that are left.

    What comes back was never taken: the takings are gone through again without it.
    """

    earned: list[tuple[int, list[tuple[int, int, int, int]]]] = field(default_factory=list)
    takings: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)

    @property
    def left(self) -> list[tuple[int, int, int, int]]:
        left: list[tuple[int, int, int, int]] = []
        arriving = dict(self.earned)
        for number in sorted(arriving.keys() | self.takings.keys()):
            left += arriving.get(number, [])
            count, first = self.takings.get(number, (0, None))
            own = sorted(one for one in left if one[3] == first)
            left = (own + sorted(one for one in left if one[3] != first))[count:]
        return left

    def take(self, number: int, count: int, *, first: int | None = None) -> None:
        self.takings[number] = count, first


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "spend", "revoke", "return", "expire"]),
        st.integers(1, 30),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_property_7_every_tenth_is_somewhere_once(acts: list[tuple[str, int, int]]) -> None:
    """balance = credits − spent − taken back − expired, tenth by tenth, after every act."""
    model, events = Tenths(), list[Event]()
    for turn, (act, amount, which) in enumerate(acts):
        # Several lots may die in one act: each is a taking with a number of its own.
        number, left = turn * 100, model.left
        if act == "earn":
            events.append(credit(number, str(D(amount) / 10), expires=20 * which))
            model.earned.append((number, [(20 * which, number, number, number)] * amount))
        elif act == "spend" and len(left) >= amount:
            events.append(Spend(points=D(amount) / 10, key=an_id(500_000 + number)))
            model.take(number, amount)
            model.spent[number] = amount
        elif act == "revoke" and len(left) >= amount:
            lot = sorted(left)[which % len(left)][3]
            events.append(Revoke(line=an_id(1000 + lot), points=D(amount) / 10))
            model.take(number, amount, first=lot)
        elif act == "return" and model.spent:
            key = sorted(model.spent)[which % len(model.spent)]
            events.append(Return(key=an_id(500_000 + key), points=D(model.spent.pop(key)) / 10))
            del model.takings[key]
        elif act == "expire":
            dead = [one for one in left if one[0] <= 20 * which]
            dying = replay(events).expiring(DAY + dt.timedelta(days=20 * which), D(0))
            assert sum((points for _, points in dying), D(0)) == D(len(dead)) / 10
            for order, lot in enumerate(sorted({one[3] for one in dead})):
                count = sum(one[3] == lot for one in dead)
                events.append(Expire(lot=an_id(lot), points=D(count) / 10))
                model.take(number + order, count, first=lot)
        lots, left = replay(events), model.left
        assert lots.total == D(len(left)) / 10
        by_lot = {lot.lot: lot.left for lot in lots.lots if lot.left}
        counted = {an_id(one[3]): D(0) for one in left}
        for one in left:
            counted[an_id(one[3])] += TENTH
        assert by_lot == counted
