"""A month in which nothing happens yet: acts are done to product and model, and the two agree.

Everything runs in one transaction that is never committed: the world is made once, each example
begins at a savepoint and goes back to it, each act has a savepoint of its own, because a unit of
work that raises undoes what it did. That one is the driver's: the session's takes as long as
three statements of the product, and ten thousand acts are done.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from kernel.database import db
from kernel.errors import Refused
from points import ledger_check
from redemption import holds
from tests.integration.redemption.machine import seen
from tests.integration.redemption.machine.base import AT_FIRST, Base
from tests.integration.redemption.machine.model import Model, Redeemed, day_of
from tests.integration.redemption.machine.purse import Purse
from tests.integration.redemption.world import NOW

T = TypeVar("T")
#: What facts are worth.
WORTH = {"WORK": 50, "BAD": -100}
which = st.integers(0, 999)
holder = st.integers(0, 1)


class BareMonth(RuleBasedStateMachine):
    """Two holders, a clerk, a shop, a supervisor."""

    base: ClassVar[Base]

    @initialize()
    def begin(self) -> None:
        self.example = db.session.begin_nested()
        self.now = NOW
        self.clerk = self.base.clerk
        self.model = Model((Purse(self.base.dies), Purse(self.base.dies)))
        self.standing: dict[uuid.UUID, tuple[int, str, dt.date]] = {}
        for number in range(2):
            for nth in range(AT_FIRST):
                self.earned(number, "WORK", day_of(NOW), origin=("base", nth))

    # ---- how an act is done

    def do(self, act: Callable[..., T], **given: Any) -> T:
        with self.undone_if_it_raises():
            return act(now=self.now, **given)

    @contextmanager
    def undone_if_it_raises(self) -> Iterator[None]:
        """What a unit of work is to an act; who is asked next finds nothing in the session."""
        driver: Any = db.session.connection().connection.driver_connection
        driver.execute("SAVEPOINT act")
        try:
            yield
            db.session.flush()
        except BaseException:
            db.session.expunge_all()
            # A flush that fails goes back to where the example began.
            if self.example.is_active:
                driver.execute("ROLLBACK TO act")
            raise
        driver.execute("RELEASE act")

    def own(self, number: int, act: Callable[..., T], **given: Any) -> T:
        actor = self.base.holders[number].actor
        return self.do(act, actor=actor, community_id=self.community_id, **given)

    @property
    def community_id(self) -> uuid.UUID:
        return self.base.world.community_id

    @property
    def today(self) -> dt.date:
        return day_of(self.now)

    def pick(self, number: int, *ways: str) -> tuple[uuid.UUID, Redeemed]:
        """By position: ids are random, and a failing run must be repeatable to be shrunk."""
        found = [(key, one) for key, one in self.known if not ways or one.way in ways]
        return found[number % len(found)]

    @property
    def known(self) -> list[tuple[uuid.UUID, Redeemed]]:
        return [
            (key, one) for key, one in self.model.redemptions.items() if isinstance(key, uuid.UUID)
        ]

    def has(self, *ways: str) -> bool:
        return any(not ways or one.way in ways for _, one in self.known)

    def earned(self, number: int, item: str, day: dt.date, *, origin: object) -> None:
        points, purse = WORTH[item], self.model.purses[number]
        self.model.score[number] += points
        if points > 0:
            purse.earn(points, dated=day, origin=origin)
        else:
            purse.lose(-points, self.today)

    def begun(self, key: uuid.UUID, number: int, offered: int, way: str) -> Redeemed:
        taken = self.model.set_aside(number, offered, way, self.now)
        assert not isinstance(taken, str), f"the model refuses: {taken}"
        return self.model.begin(key, number, offered, way, taken, self.now)

    @staticmethod
    def refused(answer: object, expected: object) -> None:
        assert isinstance(answer, Refused)
        assert answer.code == expected, f"{answer.code}, expected {expected}"

    # ---- they agree

    @invariant()
    def the_books_agree(self) -> None:
        if hasattr(self, "model"):
            wanted = seen.in_model(self.model, self.base.account_ids)
            found = seen.in_database(self.community_id)
            assert found == wanted, {
                what: (found.get(what), wanted.get(what))
                for what in found.keys() | wanted.keys()
                if found.get(what) != wanted.get(what)
            }

    def teardown(self) -> None:
        if not hasattr(self, "example"):
            return
        try:
            found = ledger_check.check(
                self.community_id, held_by_account=holds.held_by_account, today=self.today
            )
        finally:
            self.example.rollback()
            db.session.expunge_all()
        assert found == [], found
