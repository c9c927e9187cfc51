"""Running the machine in one world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from community import places
from kernel.database import WRITES
from tests.integration.redemption.machine.acts import Month
from tests.integration.redemption.machine.base import Base, base_world

#: A wrong month is made as short as that time allows; the library has no setting for it, and would
#: take five minutes.
SHRINKING_SECONDS = 30
#: Nothing is explained: that plays a wrong month again and again, to vary each act of it.
PHASES = (Phase.generate, Phase.shrink)
#: Acts in a given order; it yields after each of them.
Script = Callable[[Month], Iterator[None]]


@contextmanager
def one_world(session: Any, expires: str = "after a month") -> Iterator[Base]:
    """The world, made in a transaction that is rolled back in the end."""
    session.connection(execution_options={WRITES: True})
    try:
        yield base_world(expires)
    finally:
        session.rollback()
        places.forget()


def play(
    base: Base, examples: int, steps: int, *, phases: Sequence[Phase] = PHASES, **more: Any
) -> None:
    """So many random months of so many steps; raises what the first wrong one shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "MAX_SHRINKING_SECONDS", SHRINKING_SECONDS)
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            _in(base),
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=phases,
                **more,
            ),
        )


def follow(base: Base, script: Script) -> None:
    """One month of exactly these acts, looked at after each of them as a random one is."""
    month = _in(base)()
    month.begin()
    try:
        for _ in script(month):
            month.the_books_agree()
    finally:
        month.teardown()


def _in(base: Base) -> type[Month]:
    return type("MonthOfThisWorld", (Month,), {"base": base})
