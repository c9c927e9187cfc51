"""What a shop gives back was never spent: the same points die on the same days, however late the
redemption is reversed and whatever happened in between.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
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


def an_id(number: int) -> uuid.UUID:
    return uuid.UUID(int=number + 1)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def credit(number: int, points: int, *, expires: int | None) -> Credit:
    """Lot ``number`` of line 1000 + number, dated in the order of numbers."""
    return Credit(
        lot=an_id(number), line=an_id(1000 + number), points=D(points), dated_on=day(number),
        expires_on=None if expires is None else day(expires),
    )  # fmt: skip


def spend(points: int, on: int, *, key: int | None = None) -> Spend:
    return Spend(points=D(points), on=day(on), key=None if key is None else an_id(key))


def revoke(number: int, points: int, on: int, *, left_out: int = 0) -> Revoke:
    return Revoke(line=an_id(1000 + number), points=D(points), on=day(on), left_out=D(left_out))


def back(key: int, points: int) -> Return:
    return Return(key=an_id(key), points=D(points))


A, B = credit(0, 10, expires=10), credit(1, 10, expires=100)
FIRST, SECOND = 501, 502


@pytest.mark.parametrize(
    ("between", "left"),
    [
        pytest.param([], (10, 10), id="nothing"),
        pytest.param([spend(10, 6)], (0, 10), id="spent elsewhere while the first lived"),
        pytest.param([spend(4, 12)], (10, 6), id="spent elsewhere when the first was dead"),
        pytest.param([revoke(0, 10, 6)], (0, 10), id="the bonus was taken back"),
        pytest.param([revoke(0, 10, 12)], (0, 10), id="taken back after its day"),
        pytest.param([revoke(0, 4, 6)], (6, 10), id="a part was taken back"),
        pytest.param([revoke(1, 10, 6)], (10, 0), id="another bonus was taken back"),
        pytest.param([spend(3, 6), revoke(0, 10, 7)], (0, 7), id="spent, then taken back"),
        pytest.param(
            [spend(10, 6, key=SECOND), back(SECOND, 10)], (10, 10), id="the other came back first"
        ),
        pytest.param(
            [spend(4, 6), Expire(lot=an_id(1), points=D(6), on=day(100))], (6, 4), id="all is dead"
        ),
        pytest.param(
            [SealedSheet(credits=(), revoked=(revoke(0, 10, 6),), moved=D(-10), on=day(6))],
            (0, 10),
            id="taken back with a sealed sheet",
        ),
        pytest.param(
            [SealedSheet(credits=(), revoked=(), moved=D(-10), on=day(6))],
            (0, 10),
            id="a sealed sheet took the rest",
        ),
    ],
)
def test_as_if_it_had_not_been_spent(between: Sequence[Event], left: tuple[int, int]) -> None:
    lots = replay([A, B, spend(10, 5, key=FIRST), *between, back(FIRST, 10)])
    assert [(lot.left, lot.away) for lot in lots.lots] == [(D(part), D(0)) for part in left]
    assert lots.total == sum(left)


def test_what_died_meanwhile_is_due_at_once_and_the_rest_on_its_own_day() -> None:
    lots = replay([A, B, spend(15, 5, key=FIRST), back(FIRST, 15)])
    assert [(lot.lot, points) for lot, points in lots.expiring(day(30), D(0))] == [
        (an_id(0), D(10))
    ]
    assert lots.next_expiry() == day(10)
    lots.apply(Expire(lot=an_id(0), points=D(10), on=day(30)))
    assert (lots.next_expiry(), lots.total) == (day(100), D(10))


def test_without_a_way_back_dead_points_that_were_held_are_spent_first() -> None:
    """A hold waits for its points beyond their day; that stays as it is."""
    assert [lot.left for lot in replay([A, B, spend(4, 12)]).lots] == [D(6), D(10)]


def test_more_than_was_spent_does_not_vanish() -> None:
    lots = replay([A, spend(4, 5, key=FIRST), back(FIRST, 4), back(SECOND, 3)])
    assert lots.total == D(13)


@pytest.mark.parametrize("returned", [4, 10])
def test_a_part_that_comes_back_adds_up(returned: int) -> None:
    lots = replay([A, B, spend(10, 5, key=FIRST), back(FIRST, returned)])
    assert lots.total == D(10 + returned)


def test_two_were_out_and_the_one_that_is_dead_comes_back_first() -> None:
    """It dies at once, and what the other one took is not mistaken for it."""
    events = [
        credit(0, 1, expires=1), spend(1, 0, key=FIRST), credit(1, 1, expires=2),
        spend(1, 1, key=SECOND), back(FIRST, 1),
    ]  # fmt: skip
    assert [(lot.lot, points) for lot, points in replay(events).expiring(day(1), D(0))] == [
        (an_id(0), D(1))
    ]
    events += [Expire(lot=an_id(0), points=D(1), on=day(1)), back(SECOND, 1)]
    assert [lot.left for lot in replay(events).lots] == [D(0), D(1)]


@dataclass
class World:
    """What is written down while days pass; expiry runs before each act, as a spend sees to it."""

    events: list[Event] = field(default_factory=list)
    today: int = 0

    @property
    def lots(self) -> Lots:
        return replay(self.events)

    def goes_on_to(self, today: int) -> None:
        self.today = today
        for lot, points in self.lots.expiring(day(today), D(0)):
            self.events.append(Expire(lot=lot.lot, points=points, on=day(today)))

    def take_back(self, number: int, points: int) -> None:
        left_out = self.lots.left_out(an_id(1000 + number), D(-points))
        self.events.append(
            revoke(number, points - int(left_out), self.today, left_out=int(left_out))
        )

    def could_take_back(self, number: int, points: int) -> bool:
        left_out = self.lots.left_out(an_id(1000 + number), D(-points))
        return self.lots.total >= points - left_out

    def living(self) -> dict[dt.date, Decimal]:
        found: dict[dt.date, Decimal] = defaultdict(Decimal)
        for lot in self.lots.in_turn():
            assert lot.expires_on is not None
            found[lot.expires_on] += lot.left
        return found


#: (what, how many points, which lot or how long it lives)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "spend", "revoke", "wait"]),
        st.integers(1, 12),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=14,
)


@dataclass
class Two:
    """A world with a redemption that is reversed at the end, and one where nobody redeemed.

    What one of them could not do, neither does.
    """

    shop: World = field(default_factory=World)
    never: World = field(default_factory=World)
    today: int = 0
    brought: list[int] = field(default_factory=list)
    revoked: set[int] = field(default_factory=set)

    @property
    def both(self) -> tuple[World, World]:
        return self.shop, self.never

    def earn(self, points: int, weeks: int) -> None:
        for world in self.both:
            world.events.append(
                credit(len(self.brought), points, expires=self.today + 1 + 7 * weeks)
            )
        self.brought.append(points)

    def wait(self, days: int, _: int) -> None:
        self.today += days
        for world in self.both:
            world.goes_on_to(self.today)

    def spend(self, points: int, _: int) -> None:
        if all(world.lots.total >= points for world in self.both):
            for world in self.both:
                world.events.append(spend(points, self.today))

    def revoke(self, _: int, which: int) -> None:
        own = which % max(len(self.brought), 1)
        if own in self.revoked or not self.brought:
            return
        if all(world.could_take_back(own, self.brought[own]) for world in self.both):
            self.revoked.add(own)
            for world in self.both:
                world.take_back(own, self.brought[own])


@settings(max_examples=400, deadline=None)
@given(ACTS, st.integers(0, 6), st.integers(1, 20))
def test_redeemed_and_reversed_is_never_redeemed(
    acts: list[tuple[str, int, int]], before: int, price: int
) -> None:
    two, is_spent = Two(), False
    for number, (what, points, which) in enumerate(acts):
        if number >= before and not is_spent and two.shop.lots.total >= price:
            two.shop.events.append(spend(price, two.today, key=FIRST))
            is_spent = True
        getattr(two, what)(points, which)
    if is_spent:
        two.shop.events.append(back(FIRST, price))
    two.wait(0, 0)
    assert two.shop.living() == two.never.living()
    assert two.shop.lots.total == two.never.lots.total


@settings(max_examples=200, deadline=None)
@given(
    ACTS,
    st.tuples(st.integers(0, 6), st.integers(1, 20)),
    st.tuples(st.integers(0, 8), st.integers(1, 20)),
    st.integers(0, 14),
    st.booleans(),
)
def test_two_redeemed_and_reversed_at_different_times(
    acts: list[tuple[str, int, int]],
    one: tuple[int, int],
    other: tuple[int, int],
    early: int,
    swaps: bool,
) -> None:
    """The one that is reversed after ``early`` acts, and the other at the end."""
    two, out = Two(), dict[int, int]()
    waiting = {FIRST: one, SECOND: other}
    for number, (what, points, which) in enumerate(acts):
        for key, (before, price) in list(waiting.items()):
            if number >= before and two.shop.lots.total >= price:
                two.shop.events.append(spend(price, two.today, key=key))
                out[key] = waiting.pop(key)[1]
        if number == early and out:
            key = max(out) if swaps else min(out)
            two.shop.events.append(back(key, out.pop(key)))
            two.wait(0, 0)
        getattr(two, what)(points, which)
    for key in sorted(out, reverse=swaps):
        two.shop.events.append(back(key, out[key]))
    two.wait(0, 0)
    assert two.shop.living() == two.never.living()
    assert two.shop.lots.total == two.never.lots.total


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10), st.integers(0, 5)), min_size=1, max_size=6),
    st.lists(st.integers(1, 10), min_size=1, max_size=4),
    st.permutations(range(4)),
    st.integers(0, 40),
)
def test_many_that_come_back_in_any_order(
    earned: list[tuple[int, int]], prices: list[int], order: Sequence[int], days: int
) -> None:
    """No tenth is lost or made, and all are where they were."""
    world = World()
    for number, (points, weeks) in enumerate(earned):
        world.events.append(credit(number, points, expires=1 + 7 * weeks))
    whole = world.living()
    paid = {}
    for key, price in enumerate(prices):
        if world.lots.total >= price:
            world.events.append(spend(price, 0, key=FIRST + key))
            paid[key] = price
    out, total = D(sum(paid.values())), world.lots.total
    for key in (key for key in order if key in paid):
        world.events.append(back(FIRST + key, paid[key]))
        out -= paid[key]
        total += paid[key]
        assert (world.lots.total, sum((lot.away for lot in world.lots.lots), D(0))) == (total, D(0))
    assert (out, world.living()) == (D(0), whole)
    world.goes_on_to(days)
    assert world.living() == {
        expires: points for expires, points in whole.items() if expires > day(days)
    }
