"""Recording shares the month, freezing takes it alone: a freeze waits for what is under way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from kernel import unit_of_work
from kernel.database import db
from points import months
from points.models import MonthState
from tests.integration.points.world import MONTH, NOW, World


def test_a_freeze_waits_for_a_recording_under_way(app: Flask, world: World) -> None:
    member_id = world.member()
    db.session.commit()
    recorded, order = threading.Event(), []

    def record() -> None:
        def act() -> None:
            world.record(member_id, "CAP")
            recorded.set()
            time.sleep(0.3)
            order.append("recorded")

        with app.app_context():
            unit_of_work.run(act)

    def freeze() -> None:
        recorded.wait(10)
        with app.app_context():
            unit_of_work.run(
                lambda: months.step(
                    community_id=world.community_id,
                    month=MONTH,
                    to=MonthState.FROZEN,
                    actor=world.admin,
                    now=NOW,
                    version=1,
                )
            )
            order.append("frozen")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(record), pool.submit(freeze)]:
            done.result()
    assert order == ["recorded", "frozen"]


def test_recorders_do_not_wait_for_each_other(app: Flask, world: World) -> None:
    """On PostgreSQL two recordings hold the month at the same time."""
    if db.engine.dialect.name == "sqlite":
        assert months.for_posting(world.community_id, NOW.date()).month == MONTH
        return
    db.session.commit()
    both = threading.Barrier(2, timeout=10)

    def hold() -> None:
        def act() -> None:
            months.for_posting(world.community_id, NOW.date())
            both.wait()

        with app.app_context():
            unit_of_work.run(act)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(hold), pool.submit(hold)]:
            done.result()
