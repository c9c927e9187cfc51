"""Products that are a little wrong: the machine finds each of them out, or it would prove nothing.

On one engine: what is wrong here is wrong on both.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase

from community import places
from merchants import quotas
from points import accounts, expiry, transfers
from redemption import undoing
from tests.integration.redemption.machine.playing import one_world, play
from tests.support.backend import Backend

EXAMPLES, STEPS = 200, 50
Act = Callable[..., Any]


@pytest.fixture
def backend(sqlite_once: Backend) -> Backend:
    sqlite_once.reset()
    places.forget()
    return sqlite_once


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


#: what is wrong → (module, function, what stands in its place)
WRONG: dict[str, tuple[Any, str, Callable[[Act], Act]]] = {
    "quotas are not given back": (quotas, "give_back", never),
    "held points are not released": (accounts, "release", never),
    "points are captured twice": (accounts, "capture", twice),
    "the merchant gets a tenth less": (transfers, "to_merchant", a_tenth_less),
    "a paid debt leaves no trace": (transfers, "debt_repayment", never),
    "a taken back redemption may be taken back again": (undoing, "points_are_back", never),
    "dead points do not die": (expiry, "_expire", nothing_dies),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_is_found_out(wrong: str, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module, function, instead = WRONG[wrong]
    with one_world(session) as base:
        monkeypatch.setattr(module, function, instead(getattr(module, function)))
        # Whatever it is: a wrong sum, a constraint that refuses, a refusal nobody expected.
        with pytest.raises(Exception) as found:  # noqa: PT011
            play(base, EXAMPLES, STEPS, phases=[Phase.generate], database=None)
    assert not isinstance(found.value, TypeError | AttributeError | NameError), found.value
