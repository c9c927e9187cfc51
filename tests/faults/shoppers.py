"""Clients that redeem over HTTP all the time and write down what they were told."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kernel.database import db
from kernel.ids import new_id
from tests.faults.asking import Answer, Asker
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import Holder

PRICE = Decimal("0.5")
WITHDRAWN, CANCELLED = 0.15, 0.25
#: All clients buy at the same beat and rest until the next one: who strikes at a beat strikes under
#: full load, and between the beats the processors are free for others.
BEAT_SECONDS = 0.75


@dataclass(frozen=True)
class Shop:
    """A community with a clerk, and holders who are signed in."""

    world: WholeWorld
    offer_id: uuid.UUID
    clerk_token: str
    #: (holder, token)
    holders: tuple[tuple[Holder, str], ...]


def open_shop(holders: int, *, grants: int = 3) -> Shop:
    """A fresh community; the caller commits."""
    # The test before may have killed the server: its connections are dead.
    db.engine.dispose()
    world = whole_world()
    rich = [world.rich_holder(grants=grants) for _ in range(holders)]
    return Shop(
        world=world,
        # The stock is never used up, but each redemption has to take one from a split quota.
        offer_id=world.offer(PRICE, stock=1_000_000).id,
        clerk_token=world.token(world.shop.clerk()),
        holders=tuple((holder, world.token(holder.actor)) for holder in rich),
    )


def same(key: str) -> str:
    """The next attempt's key of a client that does as it was told."""
    return key


def another(_key: str) -> str:
    """The next attempt's key of a client that does not know better: two requests, two effects."""
    return str(new_id())


@dataclass
class Shopper(threading.Thread):
    """One holder and the clerk beside them: issue, redeem, sometimes withdraw or cancel."""

    shop: Shop
    number: int
    port: int
    next_key: Callable[[str], str] = same
    #: Seconds between beats; 0 buys without a rest.
    beat: float = 0
    #: redemption id → what the client knows became of it
    known: dict[uuid.UUID, str] = field(default_factory=dict)
    unexpected: list[Answer] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.holder, self.token = self.shop.holders[self.number]
        self.chance = random.Random(self.number)
        self.asker = Asker(self.port, self.chance, self.next_key)
        self.is_closing = threading.Event()

    # A dataclass compares by value; a thread is itself.
    __hash__ = threading.Thread.__hash__

    @property
    def seen(self) -> Counter[str]:
        return self.asker.seen

    @property
    def own(self) -> str:
        return f"/api/v1/communities/{self.shop.world.code}/redemptions"

    def run(self) -> None:
        try:
            while not self.is_closing.wait(until_beat(self.beat)):
                self.buy()
        except BaseException as error:  # told to the main thread
            self.failed.append(error)

    def buy(self) -> None:
        """One purchase to its end; what was begun is always finished."""
        held = self.expect(201, self.own, self.token, {"offer_id": str(self.shop.offer_id)})
        redemption_id = uuid.UUID(held["id"])
        self.known[redemption_id] = "held"
        if self.chance.random() < WITHDRAWN:
            self.expect(200, f"{self.own}/{redemption_id}/withdrawal", self.token)
            self.known[redemption_id] = "withdrawn"
            return
        code = held["code"] or self.expect(201, f"{self.own}/{redemption_id}/code", self.token)
        self.at_counter("redeem", {"code": code["payload"]})
        self.known[redemption_id] = "redeemed"
        if self.chance.random() < CANCELLED:
            self.at_counter(f"redemptions/{redemption_id}/cancellation", {"reason": "mistake"})
            self.known[redemption_id] = "cancelled"

    def at_counter(self, what: str, body: dict[str, Any]) -> None:
        self.expect(200, f"/api/v1/counter/{what}", self.shop.clerk_token, body)

    def expect(
        self, status: int, path: str, token: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = self.asker.ask(path, token, body)
        if answer.status != status:
            self.unexpected.append(answer)
        return answer.body


def until_beat(beat: float) -> float:
    """Seconds until the next beat of all clients."""
    return beat - time.monotonic() % beat if beat else 0


def send_home(shoppers: list[Shopper]) -> None:
    """Let every purchase come to its end; raises what a client met."""
    for shopper in shoppers:
        shopper.is_closing.set()
    for shopper in shoppers:
        shopper.join()
    for shopper in shoppers:
        if shopper.failed:
            raise shopper.failed[0]
