"""kill -9 under load: every acknowledged redemption is there once, and nothing else is.

Clients redeem over HTTP against gunicorn and PostgreSQL (with fsync) and ask again with the same
key wherever they got no answer, while workers, connections and the whole database server are
killed. ``make soak`` does it for ten minutes and writes what it saw to bench/results/soak.json.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from kernel.database import db
from tests.faults import books
from tests.faults.server import Web
from tests.faults.shoppers import (
    BEAT_SECONDS,
    Shop,
    Shopper,
    another,
    open_shop,
    same,
    send_home,
    until_beat,
)
from tests.support.backend import Backend
from tests.support.postgresql import PostgresServer
from tests.support.soak import IS_SOAK

SECONDS, SQLITE_SECONDS, CLIENTS = (600, 60, 6) if IS_SOAK else (25, 8, 6)
BEAT = 0 if IS_SOAK else BEAT_SECONDS
#: A purchase of all clients takes about as long.
INTO_THE_BEAT = 0.15
WITHOUT_DATABASE_SECONDS, PATIENCE_SECONDS = 4, 120
#: What a twin waits for: so often was hung up, so much was answered.
HUNG_UP, BOUGHT = 5, 40
#: Every so often a fault, provided that so much was answered since the last one: a machine that
#: is busy with other things gets the time to come up again.
EVERY_SECONDS, ANSWERED = 2, 5
WORKER, SERVER, BACKEND = "gunicorn workers", "PostgreSQL servers", "PostgreSQL backends"
TURN = (WORKER, SERVER, WORKER, BACKEND, WORKER)
FIGURES = Path(__file__).resolve().parents[2] / "bench" / "results" / "soak.json"
Killed = Counter[str]

# One web server and one database serve all of these, so they run one after the other.
pytestmark = [pytest.mark.postgresql, pytest.mark.long, pytest.mark.timeout(1200)]


class Faults:
    """Kills something now and then, the same things in the same order in every run."""

    def __init__(self, web: Web, server: PostgresServer | None) -> None:
        self.web, self.server = web, server
        self.chance = random.Random(8)
        self.killed: Killed = Counter()

    def strike(self) -> None:
        what = TURN[self.killed.total() % len(TURN)] if self.server else WORKER
        self.killed[what] += 1
        if self.server is None or what == WORKER:
            self.web.kill_a_worker(self.chance)
        elif what == SERVER:
            self.server.crash()
            self.server.start()
        else:
            with suppress(ProcessLookupError, IndexError):
                os.kill(self.chance.choice(self.server.processes()), signal.SIGKILL)

    @property
    def is_enough(self) -> bool:
        return self.killed[WORKER] > 0 and (self.server is None or self.killed[SERVER] > 0)

    def rage(self, seconds: float, shoppers: list[Shopper]) -> None:
        answered = partial(bought, shoppers)
        until = time.monotonic() + seconds
        latest = until + PATIENCE_SECONDS
        before = answered()
        while time.monotonic() < (until if self.is_enough else latest):
            time.sleep(EVERY_SECONDS * (0.5 + self.chance.random()))
            if answered() >= before + ANSWERED:
                time.sleep(until_beat(BEAT) + INTO_THE_BEAT * self.chance.random())
                self.strike()
                before = answered()
        self.web.wait_until_it_answers()


def shop_on(backend: Backend) -> Shop:
    with backend.app.app_context():
        shop = open_shop(CLIENTS)
        db.session.commit()
        db.session.remove()
    return shop


def bought(shoppers: list[Shopper]) -> int:
    """How many purchases were answered so far."""
    return sum(len(shopper.known) for shopper in shoppers)


def hung_up(shoppers: list[Shopper]) -> int:
    return sum(shopper.seen["hung up"] for shopper in shoppers)


def wait_until(counted: Callable[[list[Shopper]], int], shoppers: list[Shopper], at: int) -> None:
    """However slow the machine is; an AssertionError when nothing goes on."""
    latest = time.monotonic() + PATIENCE_SECONDS
    while counted(shoppers) < at:
        assert time.monotonic() < latest, f"{counted.__name__}: {counted(shoppers)} of {at}"
        time.sleep(0.05)


def in_the_shop(
    web: Web,
    shop: Shop,
    during: Callable[[list[Shopper]], None],
    *,
    next_key: Callable[[str], str],
    beat: float = 0,
) -> list[Shopper]:
    """Clients that buy until ``during``, which is given them, has come to its end."""
    shoppers = [Shopper(shop, number, web.port, next_key, beat) for number in range(CLIENTS)]
    for shopper in shoppers:
        shopper.start()
    try:
        during(shoppers)
    finally:
        send_home(shoppers)
    return shoppers


def test_nothing_is_lost_or_doubled(
    web: Web, durable: Backend, durable_server: PostgresServer
) -> None:
    shop = shop_on(durable)
    faults = Faults(web, durable_server)
    began = time.monotonic()
    rage = partial(faults.rage, SECONDS)
    shoppers = in_the_shop(web, shop, rage, next_key=same, beat=BEAT)
    seconds = time.monotonic() - began
    assert [answer for shopper in shoppers for answer in shopper.unexpected] == []
    with durable.app.app_context():
        books.agree(shop, shoppers)
        db.session.remove()
    assert faults.is_enough
    if IS_SOAK:
        write_figures(seconds, faults.killed, shoppers)


def test_nor_on_the_embedded_engine(embedded_web: Web, embedded: Backend) -> None:
    shop = shop_on(embedded)
    faults = Faults(embedded_web, None)
    rage = partial(faults.rage, SQLITE_SECONDS)
    shoppers = in_the_shop(embedded_web, shop, rage, next_key=same, beat=BEAT)
    assert [answer for shopper in shoppers for answer in shopper.unexpected] == []
    with embedded.app.app_context():
        books.agree(shop, shoppers)
        db.session.remove()
    assert faults.is_enough


def test_the_books_disagree_where_clients_take_a_new_key(web: Web, durable: Backend) -> None:
    """Without idempotency a request that was sent again is two."""
    shop = shop_on(durable)
    in_a_hurry = partial(wait_until, hung_up, at=HUNG_UP)
    shoppers = in_the_shop(web, shop, in_a_hurry, next_key=another)
    with durable.app.app_context():
        with pytest.raises(AssertionError):
            books.agree(shop, shoppers)
        db.session.remove()


def test_the_books_disagree_where_commits_are_not_on_disk(
    web: Web, durable: Backend, durable_server: PostgresServer, hasty: None
) -> None:
    """With synchronous_commit off the server answers before it has written."""
    shop = shop_on(durable)
    # People and their sign-ins are to survive; only what they do now may be lost.
    durable_server.execute("CHECKPOINT")

    def crash(shoppers: list[Shopper]) -> None:
        wait_until(bought, shoppers, BOUGHT)
        durable_server.crash()
        durable_server.start()
        web.wait_until_it_answers()

    shoppers = in_the_shop(web, shop, crash, next_key=same)
    with durable.app.app_context():
        with pytest.raises(AssertionError):
            books.agree(shop, shoppers)
        db.session.remove()


def test_workers_wait_for_a_database_that_is_away(
    web: Web, durable: Backend, durable_server: PostgresServer
) -> None:
    """gunicorn ends when a worker cannot start, and nobody would start it again."""
    durable_server.crash()
    for worker in web.workers():
        os.kill(worker, signal.SIGKILL)
    # Time enough to come up and to find nobody.
    time.sleep(WITHOUT_DATABASE_SECONDS)
    durable_server.start()
    web.wait_until_it_answers()


@pytest.fixture
def hasty(durable: Backend, durable_server: PostgresServer) -> Iterator[None]:
    """A server that writes its log long after it answered; connections begin anew."""

    def restart_with(*settings: str) -> None:
        with durable.app.app_context():
            db.engine.dispose()
        durable_server.stop()
        durable_server.settings = settings
        durable_server.start()

    restart_with("synchronous_commit=off", "wal_writer_delay=10s")
    yield
    restart_with()


def write_figures(seconds: float, killed: Killed, shoppers: list[Shopper]) -> None:
    """What a long run saw; bench/README.md names the command."""
    known = Counter(state for shopper in shoppers for state in shopper.known.values())
    seen = sum((shopper.seen for shopper in shoppers), Counter[str]())
    FIGURES.write_text(
        json.dumps(
            {
                "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
                "seconds": round(seconds),
                "clients": CLIENTS,
                "killed": dict(sorted(killed.items())),
                "answers": dict(sorted(seen.items())),
                "acknowledged": dict(sorted(known.items())),
                "lost": 0,
                "doubled": 0,
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )
