"""Recording shares the month, freezing takes it alone: a freeze waits for what is under way."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from kernel import tenancy, unit_of_work
from kernel.database import db
from points import held_months, months
from points.models import AccountingMonth, MonthState
from tests.integration.points.world import MONTH, NOW, World


def frozen_meanwhile(app: Flask, world: World, *, seconds: float) -> list[str]:
    """Somebody records and takes ``seconds`` to commit; meanwhile the month is frozen.

    Returns the order in which the two came to their end.
    """
    member_id = world.member()
    db.session.commit()
    recorded, frozen, order = threading.Event(), threading.Event(), []

    def record() -> None:
        def act() -> None:
            world.record(member_id, "CAP")
            recorded.set()
            frozen.wait(seconds)
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
            frozen.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(record), pool.submit(freeze)]:
            done.result()
    return order


def test_a_freeze_waits_for_a_recording_under_way(app: Flask, world: World) -> None:
    assert frozen_meanwhile(app, world, seconds=0.3) == ["recorded", "frozen"]


def test_it_does_not_wait_where_the_month_is_not_held(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        # One write at a time: nobody can freeze while somebody records, held or not.
        assert frozen_meanwhile(app, world, seconds=0.1) == ["recorded", "frozen"]
        return

    def looked_at(*, p_community_id: uuid.UUID, p_own: str) -> Any:
        month = AccountingMonth
        return db.session.execute(
            tenancy.columns(month, p_community_id, month.month, month.id, month.state)
            .where(month.state != MonthState.SEALED)
            .order_by(month.month)
        )

    monkeypatch.setattr(held_months, "_HOLD", looked_at)
    assert frozen_meanwhile(app, world, seconds=30) == ["frozen", "recorded"]


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
