"""Eight write, one adds up all the time: no total is ever wrong, on either engine.

Like Jepsen's bank test. The reader is a process of its own, so that reading and writing really
overlap; it reads all accounts, transfers, holds and quotas in one statement, which sees one state.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel import unit_of_work
from kernel.database import db
from kernel.errors import LinliError, Refused
from points import facts, ledger_check, transfers
from redemption import holds, redemptions
from tests.integration.redemption import bank_reader
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import NOW, Holder
from tests.support.backend import Backend
from tests.support.soak import IS_SOAK

ROOT = Path(__file__).resolve().parents[3]
WRITERS = 8
READS, CHANGES = (40_000, 2_000) if IS_SOAK else (10_000, 200)
#: Between two acts: the reader is to meet many states, not to add up a large ledger.
PAUSE_SECONDS = 0.04
PATIENCE_SECONDS = 1200
PRICE = Decimal(bank_reader.PRICE) / 10


class Writer(threading.Thread):
    """Does whatever comes to mind with one of a few holders, whom the other writers know too."""

    def __init__(self, bank: Bank, number: int) -> None:
        super().__init__(daemon=True)
        self.bank, self.chance = bank, random.Random(number)
        self.codes: list[tuple[Holder, uuid.UUID, str]] = []
        self.redeemed: list[uuid.UUID] = []
        self.recorded: list[uuid.UUID] = []
        self.done: Counter[str] = Counter()
        self.failed: list[BaseException] = []

    def run(self) -> None:
        acts = [self.issue] * 5 + [self.redeem] * 3 + [self.record] * 2
        acts += [self.cancel, self.withdraw, self.strike]
        try:
            with self.bank.app.app_context():
                while not self.bank.is_closing.is_set():
                    self.attempt(self.chance.choice(acts))
                    time.sleep(PAUSE_SECONDS)
                db.session.remove()
        except BaseException as error:  # told to the main thread
            self.failed.append(error)

    def attempt(self, act: Any) -> None:
        try:
            answer = unit_of_work.run(act)
        except LinliError as error:
            self.done[f"{act.__name__}: {error.code}"] += 1
        else:
            self.done[
                f"{act.__name__}: {answer.code}" if isinstance(answer, Refused) else "ok"
            ] += 1

    def issue(self) -> Any:
        holder = self.chance.choice(self.bank.holders)
        held = redemptions.issue(
            actor=holder.actor, now=NOW, community_id=self.bank.world.community_id,
            offer_id=self.bank.offer_id,
        )  # fmt: skip
        if not isinstance(held, Refused) and held.code is not None:
            self.codes.append((holder, held.id, held.code.token))
        return held

    def redeem(self) -> Any:
        if not self.codes:
            return self.issue()
        _, redemption_id, token = self.codes.pop(0)
        answer = redemptions.redeem(actor=self.bank.clerk, now=NOW, code=token)
        self.redeemed.append(redemption_id)
        return answer

    def withdraw(self) -> Any:
        if not self.codes:
            return self.issue()
        holder, redemption_id, _ = self.codes.pop(0)
        return redemptions.withdraw(
            actor=holder.actor, now=NOW, community_id=self.bank.world.community_id,
            redemption_id=redemption_id,
        )  # fmt: skip

    def cancel(self) -> Any:
        if not self.redeemed:
            return self.issue()
        return redemptions.cancel(
            actor=self.bank.clerk, now=NOW, redemption_id=self.redeemed.pop(0)
        )

    def record(self) -> Any:
        holder, item = self.chance.choice(self.bank.holders), self.chance.choice(["FREE", "BAD"])
        fact = self.bank.world.record(holder, item)
        self.recorded.append(fact.id)
        return fact

    def strike(self) -> Any:
        if not self.recorded:
            return self.record()
        return facts.strike(
            actor=self.bank.world.points.panelist, now=NOW,
            community_id=self.bank.world.community_id, fact_id=self.recorded.pop(0), version=1,
            reason="没有发生",
        )  # fmt: skip


class Bank:
    """A community, eight writers and the process that reads."""

    def __init__(self, backend: Backend, world: WholeWorld) -> None:
        self.backend, self.app, self.world = backend, backend.app, world
        self.holders = [world.rich_holder() for _ in range(3)]
        # Somebody who is soon in debt, so that holds which come back pay it.
        self.holders.append(world.holder())
        self.clerk = world.shop.clerk()
        self.offer_id = world.offer(PRICE, stock=100_000).id
        self.is_closing = threading.Event()

    def read(self, how: str) -> dict[str, Any]:
        """Write and read until the reader has seen enough; what it saw."""
        writers = [Writer(self, number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            reader = subprocess.run(
                [
                    sys.executable, "-m", "tests.integration.redemption.bank_reader",
                    self.connection, str(self.world.community_id), str(READS), str(CHANGES), how,
                ],
                cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        finally:
            self.is_closing.set()
            for writer in writers:
                writer.join()
        assert [writer.failed for writer in writers] == [[]] * WRITERS
        assert reader.returncode == 0, reader.stderr
        saw: dict[str, Any] = json.loads(reader.stdout)
        done = sum((writer.done for writer in writers), Counter[str]())
        return saw | {"done": dict(done)}

    @property
    def connection(self) -> str:
        url = self.backend.settings.database_url
        if url.startswith("sqlite"):
            return url.removeprefix("sqlite:///")
        # The driver's own form: a socket folder is no host of an address.
        parsed = db.engine.url
        return f"host={parsed.query['host']} dbname={parsed.database} user={parsed.username}"


@pytest.fixture
def bank(session: Any, backend: Backend) -> Bank:
    made = Bank(backend, whole_world())
    session.commit()
    return made


@pytest.mark.long
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_no_total_is_ever_wrong(bank: Bank) -> None:
    saw = bank.read("whole")
    assert saw["wrong"] == []
    assert saw["reads"] >= READS
    # Reading and writing did overlap.
    assert saw["changes"] >= CHANGES
    assert not [name for name in saw["done"] if "unavailable" in name]
    db.session.rollback()
    assert ledger_check.check(bank.world.community_id, held_by_account=holds.held_by_account) == []


def test_a_reader_without_a_snapshot_sees_wrong_totals(bank: Bank) -> None:
    """Without it the reader proves nothing: one sum is older than the next."""
    assert bank.read("pieces")["wrong"]


def test_wrong_totals_are_seen_where_a_redeem_is_two_transactions(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = transfers.to_merchant

    def committed_before(**given: Any) -> uuid.UUID:
        db.session.commit()
        time.sleep(0.01)
        return together(**given)

    monkeypatch.setattr(transfers, "to_merchant", committed_before)
    assert bank.read("whole")["wrong"]
