"""Products that are a little wrong: the machine finds each of them out, or it would prove nothing.

Each is found by a few acts in which it must show; those it shows in everywhere are also found by
chance. On one engine: what is wrong here is wrong on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase
from sqlalchemy.exc import IntegrityError

from community import places
from kernel.database import db
from merchants import quotas
from points import accounts, expiry, transfers
from redemption import undoing
from tests.integration.redemption.machine.acts import MONTH, Month
from tests.integration.redemption.machine.base import Base
from tests.integration.redemption.machine.playing import Script, follow, one_world, play
from tests.support.backend import Backend

Act = Callable[..., Any]


@pytest.fixture(scope="module")
def base(sqlite_once: Backend) -> Iterator[Base]:
    """One world for all of them: a month goes back to where it began."""
    sqlite_once.reset()
    places.forget()
    with sqlite_once.app.app_context(), one_world(db.session) as made:
        yield made


# ---- what happens; offer 0 is one of few, offer 1 the cheapest


def nothing_comes_of_a_hold(month: Month) -> Iterator[None]:
    yield month.issue(number=0, offered=0)
    yield month.withdraw(number=0)


def one_of_two_holds_is_redeemed(month: Month) -> Iterator[None]:
    yield month.issue(number=0, offered=1)
    yield month.issue(number=0, offered=1)
    yield month.redeem(number=0, newest=True)


def what_a_hold_frees_pays_a_debt(month: Month) -> Iterator[None]:
    yield month.issue(number=0, offered=1)
    yield month.record(number=0, item="BAD", ago=0)
    yield month.record(number=0, item="BAD", ago=0)
    assert month.model.purses[0].debt > 0
    yield month.withdraw(number=0)
    assert month.model.purses[0].moved["debt_repayment"] > 0


def a_redemption_is_taken_back_twice(month: Month) -> Iterator[None]:
    yield month.issue(number=0, offered=0)
    yield month.redeem(number=0, newest=True)
    yield month.cancel(number=0)
    yield month.cancel(number=0)


def a_month_goes_by(month: Month) -> Iterator[None]:
    yield month.wait(seconds=MONTH)
    yield month.let_points_die()
    assert month.model.purses[0].balance == 0


# ---- what is wrong


def never(_act: Act) -> Act:
    """It does not happen."""
    return lambda *_, **__: None


def twice(act: Act) -> Act:
    def again(*args: Any, **given: Any) -> Any:
        act(*args, **given)
        return act(*args, **given)

    return again


def a_tenth_less(act: Act) -> Act:
    return lambda *, points, **given: act(points=points - Decimal("0.1"), **given)


def nothing_dies(_act: Act) -> Act:
    return lambda *_: Decimal(0)


@dataclass(frozen=True)
class Wrong:
    """``instead`` stands in the place of a function of the product; ``shows`` is where it must."""

    module: Any
    function: str
    instead: Callable[[Act], Act]
    shows: Script

    def put(self, patch: pytest.MonkeyPatch) -> None:
        right = getattr(self.module, self.function)
        patch.setattr(self.module, self.function, self.instead(right))


WRONG: dict[str, Wrong] = {
    "quotas are not given back": Wrong(quotas, "give_back", never, nothing_comes_of_a_hold),
    "held points are not released": Wrong(accounts, "release", never, nothing_comes_of_a_hold),
    "points are captured twice": Wrong(accounts, "capture", twice, one_of_two_holds_is_redeemed),
    "the merchant gets a tenth less": Wrong(
        transfers, "to_merchant", a_tenth_less, one_of_two_holds_is_redeemed
    ),
    "a paid debt leaves no trace": Wrong(
        transfers, "debt_repayment", never, what_a_hold_frees_pays_a_debt
    ),
    "a taken back redemption may be taken back again": Wrong(
        undoing, "points_are_back", never, a_redemption_is_taken_back_twice
    ),
    "dead points do not die": Wrong(expiry, "_expire", nothing_dies, a_month_goes_by),
}
SCRIPTS = {wrong.shows.__name__: wrong.shows for wrong in WRONG.values()}
#: What most random months show: the second or third does, so that of 200 one always will.
IN_MOST = (
    "quotas are not given back",
    "held points are not released",
    "points are captured twice",
    "the merchant gets a tenth less",
    "dead points do not die",
)
EXAMPLES, STEPS = 200, 50


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_right_product_agrees(script: str, base: Base) -> None:
    follow(base, SCRIPTS[script])


@pytest.mark.parametrize("wrong", WRONG)
def test_is_found_out(wrong: str, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    WRONG[wrong].put(monkeypatch)
    # A wrong sum, or a constraint that refuses what the model expects.
    with pytest.raises((AssertionError, IntegrityError)):
        follow(base, WRONG[wrong].shows)


@pytest.mark.parametrize("wrong", IN_MOST)
def test_is_found_by_chance(wrong: str, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    WRONG[wrong].put(monkeypatch)
    # As above, or a refusal that nobody expected.
    with pytest.raises(Exception) as found:  # noqa: PT011
        play(base, EXAMPLES, STEPS, phases=[Phase.generate], derandomize=True, database=None)
    assert not isinstance(found.value, TypeError | AttributeError | NameError), found.value
