"""One request, two who resolve it at once: two clerks, clerk and holder, clerk and clock.

As in test_races.py each race has a twin with the guard switched off ("read, then write"), which
must fail.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from merchants.models import Offer, QuotaUsage
from points.models import Transfer
from redemption import counter, holds, redemptions, releases, requests
from redemption.counters import Counter
from redemption.errors import NotHeld
from redemption.models import Channel, DeclineReason, Redemption, RedemptionState
from redemption.receipts import Receipt
from tests.integration.redemption.test_races import at_once, seen
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

ENDS = NOW + dt.timedelta(minutes=3)
LAST = ENDS - dt.timedelta(microseconds=1)
#: Who resolves the request beside the clerk who accepts it.
OTHERS = ("another clerk", "the holder", "a clerk who declines", "the clock", "the sweeper")


@pytest.fixture
def request_id(world: AllianceWorld, holder: Holder) -> uuid.UUID:
    """A waiting request, beside a hold of the same holder.

    Without the second hold the guard of the balance would hide a broken guard of the request.
    """
    offer = world.offer(stock=9)
    world.hold(holder, offer)
    asked = requests.ask(
        actor=holder.actor, now=NOW, community_id=world.community_id,
        merchant_id=world.merchant.id, offer_id=offer.id,
    )  # fmt: skip
    assert isinstance(asked, Receipt)
    db.session.commit()
    return asked.id


def acts(
    world: AllianceWorld, holder: Holder, request_id: uuid.UUID, other: str
) -> list[Callable[[], Any]]:
    """A clerk who accepts at the last instant, and somebody else."""
    clerk, second = world.clerk(), world.clerk()
    community_id, actor, account_id = world.community_id, holder.actor, holder.account_id
    beside: dict[str, Callable[[], Any]] = {
        "another clerk": lambda: requests.accept(actor=second, now=LAST, redemption_id=request_id),
        "the holder": lambda: redemptions.withdraw(
            actor=actor, now=LAST, community_id=community_id, redemption_id=request_id
        ),
        "a clerk who declines": lambda: requests.decline(
            actor=second, now=LAST, redemption_id=request_id, reason=DeclineReason.SOLD_OUT
        ),
        "the clock": lambda: holds.free_expired_of(
            community_id=community_id, account_id=account_id, now=ENDS
        ),
        "the sweeper": lambda: redemptions.expire_holds(
            community_id=community_id, now=ENDS, limit=20
        ),
    }
    db.session.commit()
    return [
        lambda: requests.accept(actor=clerk, now=LAST, redemption_id=request_id),
        beside[other],
    ]


def check(world: AllianceWorld, holder: Holder, request_id: uuid.UUID, answers: list[Any]) -> None:
    """Row, points, transfers and quotas say one thing, and both were told it."""
    row = tenancy.columns(Redemption, world.community_id, Redemption.state)
    state = db.session.scalar(row.where(Redemption.id == request_id))
    is_redeemed = state == RedemptionState.REDEEMED
    assert state != RedemptionState.HELD
    # The other hold of the holder stays as it is.
    assert world.points_of(holder) == ((92, 8, 0) if is_redeemed else (100, 8, 0))
    moved = tenancy.columns(Transfer, world.community_id, sa.func.count(Transfer.id))
    assert db.session.scalar(moved) == int(is_redeemed)
    used = tenancy.columns(QuotaUsage, world.community_id, sa.func.sum(QuotaUsage.used)).where(
        QuotaUsage.quota_code.startswith("stock:")
    )
    assert db.session.scalar(used) == (2 if is_redeemed else 1)
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert [receipt.state for receipt in receipts if receipt.state == "redeemed"] == (
        ["redeemed"] if is_redeemed else []
    )
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert set(refused) <= {"already_redeemed", "withdrawn", "request_expired"}
    freed = [answer for answer in answers if isinstance(answer, int)]
    too_late = [answer for answer in answers if isinstance(answer, NotHeld)]
    assert len(receipts) + len(refused) + len(freed) + len(too_late) == len(answers)


@pytest.mark.parametrize("other", OTHERS)
def test_exactly_one_resolves_it(
    app: Flask, world: AllianceWorld, holder: Holder, request_id: uuid.UUID, other: str
) -> None:
    answers = at_once(app, acts(world, holder, request_id, other))
    check(world, holder, request_id, answers)


# What the sweeper looks for it reads and locks inside its own transaction, so no stale read of its
# own meets the condition; its twin below is the order in which the clerk's look is the stale one.
@pytest.mark.parametrize("other", OTHERS[:-1])
def test_the_check_fails_without_the_guard(
    app: Flask,
    world: AllianceWorld,
    holder: Holder,
    request_id: uuid.UUID,
    other: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = acts(world, holder, request_id, other)
    read_first = _guards_off(world, request_id, monkeypatch)
    answers = at_once(app, both, before=read_first)
    with pytest.raises(AssertionError):
        check(world, holder, request_id, answers)


def test_the_check_fails_without_the_guard_when_the_sweeper_is_faster(
    app: Flask,
    world: AllianceWorld,
    holder: Holder,
    request_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clerk looks, the sweeper frees the hold and commits, the clerk writes all the same."""
    accept, sweep = acts(world, holder, request_id, "the sweeper")
    read_first = _guards_off(world, request_id, monkeypatch)
    answers: list[Any] = []

    def swept_in_between() -> None:
        read_first()
        db.session.rollback()
        answers.extend(at_once(app, [sweep], before=read_first))

    answers += at_once(app, [accept], before=swept_in_between)
    assert answers[0] == 1
    # The points of the other hold have paid for it.
    assert world.points_of(holder) == (92, 0, 0)
    with pytest.raises(AssertionError):
        check(world, holder, request_id, answers)


def _guards_off(
    world: AllianceWorld, request_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Every conditional update becomes "read, then write"; returns the read."""
    community_id, look = world.community_id, requests._found
    at = Counter(community_id=community_id, merchant_id=world.merchant.id)
    set_aside = tenancy.columns(
        Redemption, community_id, Redemption.account_id, Redemption.points,
        Redemption.quotas_taken,
    ).where(Redemption.id == request_id, Redemption.state == RedemptionState.HELD)  # fmt: skip

    def read_first() -> None:
        seen.found = look(at, request_id)
        seen.held = db.session.execute(set_aside).all()

    def write(**values: Any) -> None:
        db.session.execute(
            tenancy.update(Redemption, community_id)
            .where(Redemption.id == request_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    def redeemed_whatever_stands(*, actor: Any, now: dt.datetime, **_: Any) -> bool:
        write(state="redeemed", resolved_at_utc=now, resolved_by=actor.account_id)
        return True

    def ended_whatever_stands(*_: Any, **values: Any) -> Any:
        write(**values)
        return seen.held

    monkeypatch.setattr(requests, "_found", lambda *_: seen.found)
    monkeypatch.setattr(counter, "resolve", redeemed_whatever_stands)
    monkeypatch.setattr(releases, "_resolve", ended_whatever_stands)
    monkeypatch.setattr(
        releases, "_resolve_one",
        lambda *_, resolved_by, now, reason: ended_whatever_stands(
            state="withdrawn", resolved_at_utc=now, resolved_by=resolved_by, decline_reason=reason
        ),
    )  # fmt: skip
    monkeypatch.setattr(
        releases, "_resolve_expired",
        lambda *_, now: ended_whatever_stands(state="expired", resolved_at_utc=now),
    )  # fmt: skip
    return read_first


class TestAskedTwiceAtOnce:
    @pytest.fixture
    def offer(self, world: AllianceWorld) -> Offer:
        offer = world.offer(stock=9)
        db.session.commit()
        return offer

    @staticmethod
    def asks(world: AllianceWorld, holder: Holder, offer: Offer) -> list[Callable[[], Any]]:
        asked = {
            "actor": holder.actor, "now": NOW, "community_id": world.community_id,
            "merchant_id": world.merchant.id, "offer_id": offer.id,
        }  # fmt: skip
        return [lambda: requests.ask(**asked)] * 4

    @staticmethod
    def check(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        """One waits; the others are told its number and hold nothing."""
        (one,) = [answer for answer in answers if isinstance(answer, Receipt)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert [answer.code for answer in refused] == ["request_waiting"] * 3
        assert {answer.extra["receipt_number"] for answer in refused} == {one.receipt_number}
        assert world.points_of(holder) == (100, 8, 0)
        used = tenancy.columns(QuotaUsage, world.community_id, sa.func.sum(QuotaUsage.used))
        assert db.session.scalar(used.where(QuotaUsage.quota_code.startswith("stock:"))) == 1

    def test_one_waits(
        self, app: Flask, world: AllianceWorld, holder: Holder, offer: Offer
    ) -> None:
        self.check(world, holder, at_once(app, self.asks(world, holder, offer)))

    def test_whoever_looked_too_early_is_stopped_by_the_index(
        self,
        app: Flask,
        world: AllianceWorld,
        holder: Holder,
        offer: Offer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Everybody looks before anybody asks: the same answer, and everything put back."""
        self._look_first(monkeypatch)
        asks = self.asks(world, holder, offer)
        self.check(world, holder, at_once(app, asks, before=self._none_waits))

    def test_the_check_fails_without_the_guard(
        self,
        app: Flask,
        world: AllianceWorld,
        holder: Holder,
        offer: Offer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self._look_first(monkeypatch)
        insert = holds._insert
        monkeypatch.setattr(
            holds, "_insert", lambda **row: insert(**(row | {"channel": Channel.CODE}))
        )
        asks = self.asks(world, holder, offer)
        answers = at_once(app, asks, before=self._none_waits)
        with pytest.raises((AssertionError, ValueError)):
            self.check(world, holder, answers)

    @staticmethod
    def _none_waits() -> None:
        seen.looks = 0

    @staticmethod
    def _look_first(monkeypatch: pytest.MonkeyPatch) -> None:
        look = requests._waiting_of

        def stale_once(*where: Any) -> Any:
            seen.looks += 1
            return None if seen.looks == 1 else look(*where)

        monkeypatch.setattr(requests, "_waiting_of", stale_once)
