"""Four sign in while four redeem, on the embedded engine: no "database is locked" reaches anyone.

SQLite lets one write at a time. Whoever begins a transaction to read and then writes is told
"locked" at once when somebody else wrote in between, however long it would wait for its turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from access_table import ROLES
from community import accounts, passwords, places
from kernel import clock, database
from kernel.access import Place, system_actor
from kernel.database import db
from kernel.ids import new_id
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import NOW
from tests.support.at_once import in_threads
from tests.support.backend import Backend

FOUR, ROUNDS = 4, 6
PASSWORD = "a-good-password"
Statuses = list[int]


@pytest.fixture
def backend(sqlite_once: Backend) -> Backend:
    sqlite_once.reset()
    places.forget()
    return sqlite_once


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands, and a sign-in that waits for a place to hash in is no answer here."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 60)


@contextmanager
def plain_begin(app: Flask) -> Iterator[None]:
    """The guard off: a unit of work begins as any other transaction does."""

    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    with app.app_context():
        engine = db.engine
    sa.event.remove(engine, "begin", database._sqlite_begin)
    sa.event.listen(engine, "begin", begin)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", begin)
        sa.event.listen(engine, "begin", database._sqlite_begin)


class Morning:
    """A shop that opens: its people sign in while the first holders are served."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.world: WholeWorld = whole_world()
        self.holders = [self.world.rich_holder() for _ in range(FOUR)]
        self.offer_id = str(self.world.offer(Decimal(8), stock=1000).id)
        self.holder_tokens = [self.world.token(holder.actor) for holder in self.holders]
        self.clerk_tokens = [self.world.token(self.world.shop.clerk()) for _ in range(FOUR)]
        self.names = [f"staff-{number}-{new_id().hex[-6:]}" for number in range(FOUR)]
        for name in self.names:
            accounts.create(
                actor=system_actor(ROLES, "test"), now=NOW, place=Place(), login_name=name,
                password=PASSWORD, display_name="店员",
            )  # fmt: skip
        db.session.commit()
        db.session.remove()

    def everybody(self) -> Statuses:
        """What all requests of all threads were answered with."""
        signing_in = [self.signing_in(name) for name in self.names]
        redeeming = [self.redeeming(number) for number in range(FOUR)]
        return [status for each in in_threads(signing_in + redeeming) for status in each]

    def signing_in(self, name: str) -> Callable[[threading.Barrier], Statuses]:
        def act(together: threading.Barrier) -> Statuses:
            client = self.app.test_client()
            together.wait()
            body = {"login_name": name, "password": PASSWORD}
            return [client.post("/api/v1/sessions", json=body).status_code for _ in range(ROUNDS)]

        return act

    def redeeming(self, number: int) -> Callable[[threading.Barrier], Statuses]:
        def act(together: threading.Barrier) -> Statuses:
            together.wait()
            found: Statuses = []
            for _ in range(ROUNDS):
                held = self.post(
                    f"communities/{self.world.code}/redemptions",
                    self.holder_tokens[number], {"offer_id": self.offer_id},
                )  # fmt: skip
                found.append(held.status_code)
                if held.status_code == 201:
                    code = held.get_json()["code"]["payload"]
                    redeemed = self.post(
                        "counter/redeem", self.clerk_tokens[number], {"code": code}
                    )
                    found.append(redeemed.status_code)
            return found

        return act

    def post(self, path: str, token: str, body: dict[str, Any]) -> Any:
        return self.app.test_client().post(
            f"/api/v1/{path}", json=body,
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())},
        )  # fmt: skip

    def check(self, statuses: Statuses) -> None:
        assert sorted(set(statuses)) == [200, 201]
        spent = Decimal(8) * ROUNDS
        assert [self.world.shop.points_of(holder) for holder in self.holders] == [
            (1000 - spent, 0, 0)
        ] * FOUR


@pytest.fixture
def morning(session: Any, app: Flask) -> Morning:
    return Morning(app)


def test_nobody_is_told_that_it_is_locked(morning: Morning) -> None:
    morning.check(morning.everybody())


def test_the_check_fails_with_a_plain_begin(morning: Morning) -> None:
    with plain_begin(morning.app):
        statuses = morning.everybody()
    assert 503 in statuses
    with pytest.raises(AssertionError):
        morning.check(statuses)
