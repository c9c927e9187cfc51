"""No more than a handful of holds on one account: nobody keeps an offer from everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from merchants.models import Offer
from points import accounts
from points.models import PointsAccount
from redemption import choices, ledger_parts, redemptions
from redemption.redemptions import Held
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.support.at_once import at_once

D = Decimal
MOST = accounts.MOST_HOLDS


@pytest.fixture
def offer(world: AllianceWorld) -> Offer:
    return world.offer(points=D(1), stock=40)


def ask(
    world: AllianceWorld, holder: Holder, offer: Offer, now: dt.datetime = NOW
) -> Held | Refused:
    return redemptions.issue(
        actor=holder.actor, now=now, community_id=world.community_id, offer_id=offer.id
    )


def open_holds(world: AllianceWorld, holder: Holder) -> int:
    return accounts.open_holds(tenancy.get(PointsAccount, world.community_id, holder.account_id))


def test_one_more_waits_until_one_is_used_or_taken_back(
    world: AllianceWorld, holder: Holder, offer: Offer
) -> None:
    held = [world.hold(holder, offer) for _ in range(MOST)]
    refused = ask(world, holder, offer)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.extra["holds"]) == ("too_many_held", MOST)
    assert world.points_of(holder) == (100, MOST, 0)
    (seen,) = choices.choices(
        actor=holder.actor, now=NOW, community_id=world.community_id,
        merchant_id=world.merchant.id,
    )  # fmt: skip
    assert seen.refused is not None
    assert seen.refused.code == "too_many_held"

    assert held[0].code is not None
    redeemed = redemptions.redeem(actor=world.clerk(), now=NOW, code=held[0].code.token)
    assert not isinstance(redeemed, Refused)
    assert open_holds(world, holder) == MOST - 1
    assert isinstance(ask(world, holder, offer), Held)
    redemptions.withdraw(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held[1].id
    )
    assert isinstance(ask(world, holder, offer), Held)
    assert isinstance(ask(world, holder, offer), Refused)
    assert ledger_parts.differences(world.community_id, now=NOW) == []


def test_those_that_ran_out_are_in_nobodys_way(
    world: AllianceWorld, holder: Holder, offer: Offer
) -> None:
    for _ in range(MOST):
        world.hold(holder, offer)
    later = NOW + dt.timedelta(minutes=11)
    (seen,) = choices.choices(
        actor=holder.actor, now=later, community_id=world.community_id,
        merchant_id=world.merchant.id,
    )  # fmt: skip
    assert seen.refused is None
    assert isinstance(ask(world, holder, offer, later), Held)
    assert open_holds(world, holder) == 1


def test_another_holder_is_not_concerned(
    world: AllianceWorld, holder: Holder, offer: Offer
) -> None:
    for _ in range(MOST):
        world.hold(holder, offer)
    assert isinstance(ask(world, world.holder(), offer), Held)


class TestFourAtOnce:
    @staticmethod
    def requests(world: AllianceWorld, holder: Holder, offer: Offer) -> list[Callable[[], Any]]:
        """One place is left, and four codes are asked for."""
        for _ in range(MOST - 1):
            world.hold(holder, offer)
        community_id, offer_id, actor = world.community_id, offer.id, holder.actor
        db.session.commit()
        return [
            lambda: redemptions.issue(
                actor=actor, now=NOW, community_id=community_id, offer_id=offer_id
            )
        ] * 4

    @staticmethod
    def check(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        assert sum(isinstance(answer, Held) for answer in answers) == 1
        assert open_holds(world, holder) == MOST

    def test_one_gets_the_last_place(
        self, app: Flask, world: AllianceWorld, holder: Holder, offer: Offer
    ) -> None:
        self.check(world, holder, at_once(app, self.requests(world, holder, offer)))

    def test_the_check_fails_without_the_guard(
        self,
        app: Flask,
        world: AllianceWorld,
        holder: Holder,
        offer: Offer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Counted first, then held: all four have seen nine."""
        community_id, account_id = world.community_id, holder.account_id
        counted = MOST - 1

        def write_later(*, points: Decimal, now: dt.datetime, **_: Any) -> bool:
            if counted >= MOST:
                return False
            row = PointsAccount
            db.session.execute(
                tenancy.update(row, community_id)
                .where(row.id == account_id)
                .values(held=row.held + points, open_holds=row.open_holds + 1)
                .execution_options(synchronize_session=False)
            )
            return True

        requests = self.requests(world, holder, offer)
        monkeypatch.setattr(accounts, "reserve", write_later)
        answers = at_once(app, requests)
        with pytest.raises(AssertionError):
            self.check(world, holder, answers)


def test_a_number_that_is_not_theirs_is_named(
    world: AllianceWorld, holder: Holder, offer: Offer
) -> None:
    held = world.hold(holder, offer)
    db.session.execute(
        tenancy.update(PointsAccount, world.community_id)
        .where(PointsAccount.id == holder.account_id)
        .values(open_holds=2)
    )
    (found,) = ledger_parts.differences(world.community_id, now=NOW)
    assert (found.what, found.stored, found.found) == ("hold_of_account", "1.0 in 2", "1.0 in 1")
    assert held.receipt.receipt_number in found.detail
