"""Offers: proposed by the shop, accepted by the community, paused, resumed, withdrawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from kernel.ids import new_id
from merchants import offers
from merchants.errors import (
    AgreementNotActive,
    IllegalMerchantStep,
    NotBetter,
    OfferTermsInvalid,
    SameAccountBothSides,
)
from merchants.models import Offer, OfferAct, OfferKind, OfferState
from merchants.offers import OfferTerms
from merchants.rules.steps import OFFER_STEPS
from tests.integration.redemption.world import NOW, AllianceWorld

TODAY = dt.date(2026, 11, 21)
TERMS = OfferTerms(
    title="剪发八折",
    kind=OfferKind.PERCENT_OFF,
    ordinary_price_cents=2500,
    alliance_price_cents=2000,
    percent_off=20,
    points=Decimal(5),
    valid_from=TODAY,
)


@pytest.fixture
def owner(world: AllianceWorld) -> Actor:
    return world.actor("merchant_owner", world.shop)


@pytest.fixture
def admin(world: AllianceWorld) -> Actor:
    return world.actor("community_admin")


def propose(world: AllianceWorld, actor: Actor, terms: OfferTerms = TERMS) -> Offer:
    return offers.propose(
        actor=actor, now=NOW, community_id=world.community_id, merchant_id=world.merchant.id,
        terms=terms,
    )  # fmt: skip


def step(act: Any, actor: Actor, offer: Offer, version: int | None = None) -> Offer:
    done: Offer = act(
        actor=actor, now=NOW, community_id=offer.community_id, offer_id=offer.id,
        version=version or offer.version,
    )  # fmt: skip
    return done


class TestPropose:
    def test_waits_for_the_community(self, world: AllianceWorld, owner: Actor) -> None:
        offer = propose(world, owner)
        assert (offer.state, offer.agreement_id, offer.version) == ("proposed", None, 1)

    def test_must_be_better_than_ordinary(self, world: AllianceWorld, owner: Actor) -> None:
        worse = OfferTerms(**(vars(TERMS) | {"alliance_price_cents": 2500}))
        with pytest.raises(NotBetter):
            propose(world, owner, worse)

    def test_must_fit_together(self, world: AllianceWorld, owner: Actor) -> None:
        broken = OfferTerms(**(vars(TERMS) | {"percent_off": None}))
        with pytest.raises(OfferTermsInvalid):
            propose(world, owner, broken)

    def test_is_for_the_owner_of_that_shop(self, world: AllianceWorld, admin: Actor) -> None:
        with pytest.raises(Forbidden):
            propose(world, admin)
        with pytest.raises(NotFound):
            propose(world, world.actor("merchant_owner", world.other_shop()))
        with pytest.raises(Forbidden):
            propose(world, world.actor("merchant_clerk", world.shop))


class TestAccept:
    def test_names_the_agreement(self, world: AllianceWorld, owner: Actor, admin: Actor) -> None:
        offer = step(offers.accept, admin, propose(world, owner))
        assert (offer.state, offer.agreement_id) == ("accepted", world.agreement.id)

    def test_nobody_accepts_the_own_proposal(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        both = replace(owner, grants=(*owner.grants, *admin.grants))
        offer = propose(world, both)
        with pytest.raises(SameAccountBothSides):
            step(offers.accept, both, offer)
        assert step(offers.accept, admin, offer).state == "accepted"

    def test_needs_an_agreement_in_force(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        offer = propose(world, owner)
        world.agreement.state = "suspended"
        db.session.flush()
        with pytest.raises(AgreementNotActive):
            step(offers.accept, admin, offer)

    def test_needs_one_in_force_when_it_begins(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        late = OfferTerms(**(vars(TERMS) | {"valid_from": dt.date(2027, 9, 1)}))
        with pytest.raises(AgreementNotActive):
            step(offers.accept, admin, propose(world, owner, late))

    def test_is_for_the_community(self, world: AllianceWorld, owner: Actor) -> None:
        with pytest.raises((Forbidden, NotFound)):
            step(offers.accept, owner, propose(world, owner))

    def test_needs_the_present_version(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        with pytest.raises(StaleVersion):
            step(offers.accept, admin, propose(world, owner), version=9)


@pytest.mark.parametrize("act", ["accept", "pause", "resume", "withdraw"])
@pytest.mark.parametrize("state", list(OfferState))
def test_every_step_from_every_state(
    world: AllianceWorld, admin: Actor, state: OfferState, act: str
) -> None:
    """From each state each act works exactly where it is legal, and leaves its act."""
    paused_by = "community" if state is OfferState.PAUSED else None
    offer = world.offer(state=state, paused_by=paused_by)
    goal = {
        "accept": OfferState.ACCEPTED, "pause": OfferState.PAUSED, "resume": OfferState.ACCEPTED,
        "withdraw": OfferState.WITHDRAWN,
    }[act]  # fmt: skip
    comes_from = {"accept": OfferState.PROPOSED, "resume": OfferState.PAUSED}.get(act, state)
    if goal in OFFER_STEPS[state] and comes_from is state:
        assert step(getattr(offers, act), admin, offer).state == goal
        acts = list(db.session.scalars(tenancy.select(OfferAct, world.community_id)))
        assert [(one.from_state, one.to_state) for one in acts] == [(state, goal)]
    else:
        with pytest.raises(IllegalMerchantStep):
            step(getattr(offers, act), admin, offer)


class TestPause:
    def test_the_shop_pauses_and_resumes_its_own(self, world: AllianceWorld, owner: Actor) -> None:
        offer = step(offers.pause, owner, world.offer())
        assert offer.paused_by == "merchant"
        assert step(offers.resume, owner, offer).paused_by is None

    def test_what_the_community_paused_only_the_community_resumes(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        offer = step(offers.pause, admin, world.offer())
        with pytest.raises(Forbidden):
            step(offers.resume, owner, offer)
        assert step(offers.resume, admin, offer).state == "accepted"

    def test_other_shops_have_no_say(self, world: AllianceWorld) -> None:
        stranger = world.actor("merchant_owner", world.other_shop())
        for act in (offers.pause, offers.withdraw):
            with pytest.raises(LinliError):
                step(act, stranger, world.offer())


class TestSearch:
    def test_by_shop_state_and_words(
        self, world: AllianceWorld, owner: Actor, admin: Actor
    ) -> None:
        breakfast, lunch = world.offer(title="早餐"), world.offer(title="午餐", state="withdrawn")
        where = {"community_id": world.community_id}
        assert offers.search(actor=admin, **where) == [breakfast, lunch]
        assert offers.search(actor=admin, **where, text="早") == [breakfast]
        assert offers.search(actor=admin, **where, state=OfferState.WITHDRAWN) == [lunch]
        assert offers.search(actor=admin, **where, after=breakfast.id) == [lunch]
        own = offers.search(actor=owner, **where, merchant_id=world.merchant.id)
        assert own == [breakfast, lunch]
        with pytest.raises((Forbidden, NotFound)):
            offers.search(actor=owner, **where)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "gift"}, {"state": "lost"}, {"stock_period": "year", "stock": 3},
        {"per_holder_period": "year", "per_holder_limit": 1}, {"points": 0},
        {"alliance_price_cents": -1}, {"alliance_price_cents": 800},
        {"alliance_price_cents": 1}, {"kind": "points_plus_cash"},
        {"percent_off": 20}, {"kind": "percent_off"}, {"kind": "percent_off", "percent_off": 100},
        {"ceiling_cents": 5}, {"stock": 0}, {"stock_period": "day"}, {"per_holder_limit": 0},
        {"per_holder_period": "day"}, {"from_time": dt.time(9)},
        {"from_time": dt.time(9), "to_time": dt.time(9)}, {"weekdays": ""},
        {"agreement_id": None}, {"agreement_id": new_id()}, {"paused_by": "merchant"},
        {"state": "paused"}, {"state": "paused", "paused_by": "nobody"}, {"version": 0},
        {"valid_to": dt.date(2026, 9, 1)}, {"merchant_id": new_id()},
    ],
    ids=", ".join,
)  # fmt: skip
def test_an_offer_that_cannot_be(world: AllianceWorld, broken: dict[str, Any]) -> None:
    world.offer()
    with pytest.raises(IntegrityError):
        world.offer(**broken)
