"""Many at the same time: each act in its own thread, session and unit of work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from kernel import unit_of_work
from kernel.database import db
from kernel.errors import LinliError

WAIT_SECONDS = 60


def at_once(
    app: Flask,
    acts: Sequence[Callable[[], Any]],
    before: Callable[[], None] = lambda: None,
) -> list[Any]:
    """Run every act in its own thread and unit of work; errors of ours are answers as well.

    ``before`` runs in each thread, ahead of a barrier that all of them pass together. A twin with
    its guard off reads there, as code would that reads first: SQLite lets only one write
    transaction run at a time, and a read inside it could not be stale.
    """

    def run(act: Callable[[], Any], together: threading.Barrier) -> Any:
        with app.app_context():
            try:
                before()
                db.session.rollback()
                together.wait(WAIT_SECONDS)
                return unit_of_work.run(act)
            except LinliError as error:
                return error
            finally:
                db.session.remove()

    return in_threads([lambda together, act=act: run(act, together) for act in acts])


def in_threads(acts: Sequence[Callable[[threading.Barrier], Any]]) -> list[Any]:
    """Run every act in its own thread; each gets a barrier that all of them can pass together."""
    together = threading.Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(act, together) for act in acts]
        return [each.result(WAIT_SECONDS) for each in running]
