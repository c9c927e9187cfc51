"""What a shop shows a holder: the same door as for a hold, without writing anything."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from community import proxies
from kernel import tenancy
from kernel.database import db
from kernel.errors import NotFound, Refused
from kernel.ids import new_id
from merchants import quotas
from merchants.models import Offer
from merchants.rules.offers import HoursText
from points.models import PointsAccount
from redemption import redemptions
from redemption.models import LedgerCheck, RedemptionStop, RefusedScan
from redemption.redemptions import Choice, Held
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

TEN_MINUTES = dt.timedelta(minutes=10)
Arrange = Callable[[AllianceWorld, Holder], Offer]


def choices(
    world: AllianceWorld, holder: Holder, now: dt.datetime = NOW, **rest: Any
) -> list[Choice]:
    return redemptions.choices(
        actor=holder.actor, now=now, community_id=world.community_id,
        merchant_id=world.merchant.id, **rest,
    )  # fmt: skip


def choice(world: AllianceWorld, holder: Holder, offer: Offer, now: dt.datetime = NOW) -> Choice:
    return next(each for each in choices(world, holder, now) if each.id == offer.id)


def issue(world: AllianceWorld, holder: Holder, offer: Offer, now: dt.datetime = NOW) -> Any:
    return redemptions.issue(
        actor=holder.actor, now=now, community_id=world.community_id, offer_id=offer.id
    )


def test_says_what_an_offer_is(world: AllianceWorld, holder: Holder) -> None:
    offer = world.offer(
        stock=5, stock_period="day", per_holder_limit=2, from_time=dt.time(6), to_time=dt.time(22)
    )
    (found,) = choices(world, holder)
    assert (found.id, found.title, found.points) == (offer.id, offer.title, offer.points)
    assert found.ordinary_price_cents == offer.ordinary_price_cents
    assert found.cash_cents == offer.alliance_price_cents
    assert found.hours == HoursText(zh="6:00–22:00", en="6:00–22:00")
    assert found.left == {"stock": 5, "per_holder": 2}
    assert found.refused is None


def test_shows_the_offers_of_this_shop_that_are_valid_today(
    world: AllianceWorld, holder: Holder
) -> None:
    here = [world.offer(), world.offer(state="paused", paused_by="merchant")]
    for terms in (
        {"state": "proposed", "agreement_id": None},
        {"state": "withdrawn"},
        {"valid_from": dt.date(2026, 11, 22)},
        {"valid_to": dt.date(2026, 11, 21)},
    ):
        world.offer(**terms)
    world.another_shop().offer()
    assert [found.id for found in choices(world, holder)] == [offer.id for offer in here]
    assert [found.id for found in choices(world, holder, after=here[0].id)] == [here[1].id]
    assert len(choices(world, holder, limit=1)) == 1


def _ended_agreement(world: AllianceWorld, _holder: Holder) -> Offer:
    world.agreement.state = "ended"
    return world.offer()


def _barred(world: AllianceWorld, holder: Holder) -> Offer:
    db.session.execute(
        tenancy.update(PointsAccount, world.community_id)
        .where(PointsAccount.id == holder.account_id)
        .values(is_barred_by_tier=True)
    )
    return world.offer()


def _sold_out(world: AllianceWorld, _holder: Holder) -> Offer:
    offer = world.offer(stock=1)
    world.hold(world.holder(), offer)
    return offer


def _had_enough(world: AllianceWorld, holder: Holder) -> Offer:
    offer = world.offer(per_holder_limit=1, per_holder_period="week", stock=9)
    world.hold(holder, offer)
    return offer


def _month_full(world: AllianceWorld, _holder: Holder) -> Offer:
    world.agreement.monthly_cap = Decimal(10)
    offer = world.offer(points=Decimal(6))
    world.hold(world.holder(), offer)
    return offer


def _several_at_once(world: AllianceWorld, holder: Holder) -> Offer:
    """Neither points nor stock are enough: the first that is told is told by both."""
    offer = world.offer(points=Decimal(101), stock=1)
    world.hold(world.holder(balance=200), offer)
    return offer


def _stopped(world: AllianceWorld, _holder: Holder) -> Offer:
    check = LedgerCheck(
        community_id=world.community_id, id=new_id(), began_at_utc=NOW, ended_at_utc=NOW,
        mismatches=1, stuck_holds=0, found=[],
    )  # fmt: skip
    db.session.add(check)
    db.session.flush()
    db.session.add(
        RedemptionStop(
            community_id=world.community_id, check_id=check.id, reason="ledger_mismatch",
            stopped_at_utc=NOW,
        )
    )  # fmt: skip
    return world.offer()


REFUSALS: dict[str, Arrange] = {
    "agreement_not_active": _ended_agreement,
    "redemption_barred": _barred,
    "redemption_stopped": _stopped,
    "offer_not_available": lambda w, _: w.offer(state="paused", paused_by="community"),
    "outside_hours": lambda w, _: w.offer(weekdays="12345"),
    "not_in_audience": lambda w, _: w.offer(audience=["senior"]),
    "sold_out": _sold_out,
    "limit_reached": _had_enough,
    "limit_reached of the month": _month_full,
    "insufficient_points": lambda w, _: w.offer(points=Decimal("103.5")),
    "insufficient_points before the stock": _several_at_once,
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_says_what_the_door_says(world: AllianceWorld, holder: Holder, reason: str) -> None:
    offer = REFUSALS[reason](world, holder)
    db.session.flush()
    shown = choice(world, holder, offer).refused
    answer = issue(world, holder, offer)
    assert isinstance(answer, Refused)
    assert shown is not None
    assert shown.code == answer.code == reason.split(maxsplit=1)[0]
    assert (shown.zh, shown.en) == (answer.zh, answer.en)
    told = {name: fact for name, fact in answer.extra.items() if name != "refusal_id"}
    assert shown.extra == told


def test_of_several_reasons_it_says_the_one_the_door_says(
    world: AllianceWorld, holder: Holder
) -> None:
    """Every combination of five reasons, thirty-two offers in one shop."""
    terms: list[dict[str, Any]] = [
        {"state": "paused", "paused_by": "merchant"},
        {"weekdays": "12345"},
        {"audience": ["senior"]},
        {"points": Decimal(101)},
        {"stock": 1},
    ]
    made = []
    for chosen in product((False, True), repeat=len(terms)):
        both = [each for each, is_in in zip(terms, chosen, strict=True) if is_in]
        offer = world.offer(**{name: value for each in both for name, value in each.items()})
        stock = quotas.stock(offer, NOW.date())
        if stock is not None:
            assert quotas.take(community_id=world.community_id, quota=stock, amount=1)
        made.append(offer)
    shown = {each.id: each.refused for each in choices(world, holder)}
    for offer in made:
        answer, refused = issue(world, holder, offer), shown[offer.id]
        told = refused.code if refused is not None else "had"
        assert (answer.code if isinstance(answer, Refused) else "had") == told
    assert Counter(each.code if each else "had" for each in shown.values()) == {
        "offer_not_available": 16, "outside_hours": 8, "not_in_audience": 4,
        "insufficient_points": 2, "sold_out": 1, "had": 1,
    }  # fmt: skip


def test_counts_what_ran_out_as_free_for_its_holder_only(world: AllianceWorld) -> None:
    """The holder's next act frees it; what another holder let run out waits for the sweeper."""
    holder, other = world.holder(balance=10), world.holder(balance=10)
    offer = world.offer(points=Decimal(8), stock=1, per_holder_limit=1)
    world.hold(holder, offer)
    later = NOW + TEN_MINUTES
    assert choice(world, holder, offer, later).refused is None
    refused = choice(world, other, offer, later).refused
    assert refused is not None
    assert refused.code == issue(world, other, offer, later).code == "sold_out"
    assert isinstance(issue(world, holder, offer, later), Held)


def test_a_debt_takes_its_part_of_what_ran_out(world: AllianceWorld) -> None:
    holder = world.holder(balance=10)
    world.hold(holder, world.offer(points=Decimal(10)))
    db.session.execute(
        tenancy.update(PointsAccount, world.community_id)
        .where(PointsAccount.id == holder.account_id)
        .values(debt=Decimal(4))
    )
    offer, later = world.offer(points=Decimal(8)), NOW + TEN_MINUTES
    shown = choice(world, holder, offer, later).refused
    answer = issue(world, holder, offer, later)
    assert shown is not None
    assert shown.extra["missing"] == answer.extra["missing"] == "2"


def test_whoever_has_no_account_yet_has_nothing_and_gets_none(
    world: AllianceWorld, holder: Holder
) -> None:
    db.session.execute(
        tenancy.update(PointsAccount, world.community_id)
        .where(PointsAccount.id == holder.account_id)
        .values(holder_id=new_id())
    )
    offer = world.offer(per_holder_limit=2)
    found = choice(world, holder, offer)
    assert found.left == {"per_holder": 2}
    assert found.refused is not None
    assert found.refused.extra["missing"] == "8"
    accounts = tenancy.select(PointsAccount, world.community_id).where(
        PointsAccount.holder_id == holder.member_id
    )
    assert db.session.scalars(accounts).all() == []


def test_writes_nothing(
    world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
) -> None:
    world.hold(holder, world.offer())
    with count_statements() as seen:
        choices(world, holder, NOW + TEN_MINUTES)
    assert all(statement.startswith("SELECT") for statement in seen), seen
    assert db.session.scalars(tenancy.select(RefusedScan, world.community_id)).all() == []


def test_takes_as_many_statements_for_twenty_offers_as_for_one(
    world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
) -> None:
    terms: dict[str, Any] = {
        "stock": 5, "per_holder_limit": 2, "audience": ["senior", "resident"],
        "points": Decimal(1),
    }  # fmt: skip
    counts = []
    for more in (1, 19):
        for _ in range(more):
            world.offer(**terms)
        db.session.expunge_all()
        with count_statements() as seen:
            found = choices(world, holder)
        counts.append(len(seen))
    assert len(found) == 20
    assert counts[0] == counts[1] <= 8, seen


class TestAProxy:
    def test_sees_what_the_grantor_can_have(self, world: AllianceWorld, holder: Holder) -> None:
        helper = world.relative_of(holder)
        offer = world.offer()
        proxies.grant(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            proxy_id=helper.member_id,
        )  # fmt: skip
        (own,) = choices(world, helper)
        (grantors,) = choices(world, helper, member_id=holder.member_id)
        assert own.id == grantors.id == offer.id
        assert own.refused is not None
        assert grantors.refused is None

    def test_not_without_the_grant(self, world: AllianceWorld, holder: Holder) -> None:
        with pytest.raises(NotFound):
            choices(world, world.relative_of(holder), member_id=holder.member_id)


def test_is_for_members_here(world: AllianceWorld) -> None:
    with pytest.raises(NotFound):
        redemptions.choices(
            actor=world.actor("member"), now=NOW, community_id=world.community_id,
            merchant_id=world.merchant.id,
        )  # fmt: skip
