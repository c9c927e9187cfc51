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
    """Each tenth of a point by itself: (expires, dated, arrival, lot) of those that are left."""

    left: list[tuple[int, int, int, int]] = field(default_factory=list)
    spent: dict[int, list[tuple[int, int, int, int]]] = field(default_factory=dict)

    def take(self, count: int, *, first: int | None = None) -> list[tuple[int, int, int, int]]:
        ordered = sorted(self.left, key=lambda one: (one[3] != first, one))
        taken = ordered[:count]
        self.left = ordered[count:]
        return taken


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
    model, lots = Tenths(), Lots()
    credited = gone = 0
    for number, (act, amount, which) in enumerate(acts):
        event: Event | None = None
        if act == "earn":
            expires = 20 * which
            event = credit(number, str(D(amount) / 10), expires=expires)
            model.left += [(expires, number, number, number)] * amount
            credited += amount
        elif act == "spend" and len(model.left) >= amount:
            event = Spend(points=D(amount) / 10, key=an_id(500 + number))
            model.spent[number] = model.take(amount)
            gone += amount
        elif act == "revoke" and len(model.left) >= amount and model.left:
            lot = sorted(model.left)[which % len(model.left)][3]
            event = Revoke(line=an_id(1000 + lot), points=D(amount) / 10)
            model.take(amount, first=lot)
            gone += amount
        elif act == "return" and model.spent:
            key = sorted(model.spent)[which % len(model.spent)]
            back = model.spent.pop(key)
            event = Return(key=an_id(500 + key), points=D(len(back)) / 10)
            model.left += back
            gone -= len(back)
        elif act == "expire":
            dead = [one for one in sorted(model.left) if one[0] <= 20 * which]
            day = DAY + dt.timedelta(days=20 * which)
            dying = lots.expiring(day, D(0))
            assert sum((points for _, points in dying), D(0)) == D(len(dead)) / 10
            for lot_row, points in dying:
                lots.apply(Expire(lot=lot_row.lot, points=points))
            model.left = [one for one in model.left if one not in dead]
            gone += len(dead)
        if event is not None:
            lots.apply(event)
        assert lots.total == D(len(model.left)) / 10 == D(credited - gone) / 10
        by_lot = {lot.lot: lot.left for lot in lots.lots if lot.left}
        counted = {an_id(one[3]): D(0) for one in model.left}
        for one in model.left:
            counted[an_id(one[3])] += TENTH
        assert by_lot == counted
