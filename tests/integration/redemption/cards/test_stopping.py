"""Lost, blocked, put back, closed: by whom, which way, and what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from community import bindings, memberships
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, StaleVersion, WhyMissing
from merchants.models import Offer
from points.activities.errors import CardsNotInUse
from redemption.cards import card_lists, lookup, stopping, tokens
from redemption.cards.errors import (
    CardNotHere,
    CardNotInService,
    CardStepIllegal,
    OwnHousehold,
)
from redemption.models import CardAct
from tests.integration.redemption.cards.desk import ON_SQLITE, WRONG, Desk
from tests.integration.redemption.cards.test_handover import staff_of
from tests.integration.redemption.world import NOW, Holder, alliance_world

pytestmark = ON_SQLITE


class TestLoss:
    @pytest.mark.parametrize("way", ["app", "proxy", "window", "phone"])
    def test_whoever_may_report_it(self, desk: Desk, holder: Holder, way: str) -> None:
        line = desk.card(holder)
        actor = {"app": holder.actor, "window": desk.office, "phone": desk.office}.get(way)
        view = stopping.report_lost(
            actor=actor or desk.relative(holder).actor, now=NOW, card_id=line.card_id,
            by_phone=way == "phone", **desk.where,
        )  # fmt: skip
        assert view.state == "lost"
        assert desk.ways(line.card_id)[-1] == ("lost", way)
        assert desk.row(line.card_id).pin_hmac is None

    @pytest.mark.parametrize("who", ["relative", "stranger", "clerk"])
    def test_and_who_may_not(self, desk: Desk, holder: Holder, clerk: Actor, who: str) -> None:
        line = desk.card(holder)
        actor = {"stranger": desk.world.holder().actor, "clerk": clerk}.get(who)
        with pytest.raises(CardNotHere):
            stopping.report_lost(
                actor=actor or desk.relative(holder, is_proxy=False).actor, now=NOW,
                card_id=line.card_id, **desk.where,
            )  # fmt: skip

    def test_twice_changes_nothing(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        act: dict[str, Any] = {"now": NOW, "card_id": line.card_id, **desk.where}
        first = stopping.report_lost(actor=holder.actor, **act)
        assert stopping.report_lost(actor=desk.office, **act) == first
        assert [to for to, _ in desk.ways(line.card_id)].count("lost") == 1

    def test_a_dead_card_is_not_lost(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        stopping.close(
            actor=desk.office, now=NOW, card_id=line.card_id,
            version=desk.version(line.card_id), why="不用了", **desk.where,
        )  # fmt: skip
        with pytest.raises(CardStepIllegal):
            stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)

    def test_found_again_needs_a_new_pin(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        view = stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)
        view = stopping.found_again(
            actor=desk.office, now=NOW, card_id=line.card_id, version=view.version, **desk.where
        )
        assert view.state == "handed"
        desk.choose(line.card_id)
        assert desk.state(line.card_id) == "active"


Window = Callable[..., card_lists.CardView]
WINDOW: list[tuple[Window, str]] = [
    (stopping.unblock, "active"), (stopping.reset_pin, "handed"), (stopping.close, "closed"),
]  # fmt: skip


class TestWindow:
    @pytest.fixture
    def blocked(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> dict[str, Any]:
        line = desk.card(holder)
        for _ in range(3):
            desk.pay(clerk, line.number, offer.id, pin=WRONG)
        return {"card_id": line.card_id, "version": desk.version(line.card_id), **desk.where}

    @pytest.mark.parametrize(("act", "to"), WINDOW)
    def test_each_act_is_kept(
        self, desk: Desk, blocked: dict[str, Any], act: Window, to: str
    ) -> None:
        view = act(actor=desk.office, now=NOW, why="本人来办，核对过", **blocked)
        assert (view.state, view.tries_left) == (to, 3)
        last = card_lists.acts(actor=desk.office, card_id=view.id, **desk.where)[-1]
        assert (last.from_state, last.to_state, last.way, last.why, last.by_name) == (
            "blocked", to, "window", "本人来办，核对过", "演示",
        )  # fmt: skip

    @pytest.mark.parametrize(("act", "to"), WINDOW)
    def test_not_for_the_own_household(
        self, desk: Desk, holder: Holder, blocked: dict[str, Any], act: Window, to: str
    ) -> None:
        with pytest.raises(OwnHousehold):
            act(actor=staff_of(desk.world, holder), now=NOW, why="自己的", **blocked)
        assert desk.state(blocked["card_id"]) == "blocked"

    @pytest.mark.parametrize(("act", "to"), WINDOW)
    def test_not_by_the_holder(
        self, holder: Holder, blocked: dict[str, Any], act: Window, to: str
    ) -> None:
        with pytest.raises(Forbidden):
            act(actor=holder.actor, now=NOW, why="忘了", **blocked)

    @pytest.mark.parametrize(("act", "to"), WINDOW)
    def test_not_on_a_stale_version(
        self, desk: Desk, blocked: dict[str, Any], act: Window, to: str
    ) -> None:
        with pytest.raises(StaleVersion):
            act(actor=desk.office, now=NOW, why="忘了", **blocked | {"version": 1})

    @pytest.mark.parametrize("act", [stopping.reset_pin, stopping.close])
    def test_a_reason_is_needed(self, desk: Desk, blocked: dict[str, Any], act: Window) -> None:
        with pytest.raises(WhyMissing):
            act(actor=desk.office, now=NOW, why="", **blocked)

    def test_an_unblocked_card_has_its_pin(
        self, desk: Desk, clerk: Actor, offer: Offer, blocked: dict[str, Any]
    ) -> None:
        view = stopping.unblock(actor=desk.office, now=NOW, **blocked)
        desk.paid(clerk, view.number, offer.id)

    @pytest.mark.parametrize("act", [stopping.unblock, stopping.found_again])
    def test_a_card_in_service_is_not_put_back(
        self, desk: Desk, holder: Holder, act: Window
    ) -> None:
        line = desk.card(holder)
        with pytest.raises(CardStepIllegal):
            act(
                actor=desk.office, now=NOW, card_id=line.card_id,
                version=desk.version(line.card_id), **desk.where,
            )  # fmt: skip

    def test_a_lost_card_is_not_reset(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        view = stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)
        with pytest.raises(CardStepIllegal):
            stopping.reset_pin(
                actor=desk.office, now=NOW, card_id=line.card_id, version=view.version,
                why="忘了", **desk.where,
            )  # fmt: skip

    def test_a_proxy_blocks_it(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        view = stopping.block(
            actor=desk.relative(holder).actor, now=NOW, card_id=line.card_id, **desk.where
        )
        assert view.state == "blocked"
        assert desk.ways(line.card_id)[-1] == ("blocked", "proxy")


class TestLeaving:
    def test_closes_the_card(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        memberships.leave(
            actor=desk.office, now=NOW, member_id=holder.member_id, left_on=dt.date(2026, 11, 20),
            **desk.where,
        )  # fmt: skip
        assert desk.state(line.card_id) == "closed"
        assert desk.ways(line.card_id)[-1] == ("closed", "system")

    def test_the_end_of_a_binding_does_not(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        bindings.end_of_member(actor=desk.office, now=NOW, member_id=holder.member_id, **desk.where)
        desk.paid(clerk, line.number, offer.id)


class TestAtActivities:
    """Whose card it is: what points.activities.cards asks."""

    def test_a_card_stands_for_its_holder(self, desk: Desk, holder: Holder) -> None:
        line = desk.hand(holder)
        for shown in (line.number, tokens.token_of(line.card_id)):
            assert lookup.holder_of(desk.community_id, shown, NOW) == holder.member_id

    def test_a_lost_one_does_not(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)
        with pytest.raises(CardNotInService):
            lookup.holder_of(desk.community_id, line.number, NOW)

    def test_nor_one_in_stock_nor_an_unknown_one(self, desk: Desk) -> None:
        with pytest.raises(CardNotInService):
            lookup.holder_of(desk.community_id, desk.numbers[0], NOW)
        with pytest.raises(CardNotHere):
            lookup.holder_of(desk.community_id, "K009-9992", NOW)

    def test_where_cards_are_not_in_use_it_says_so(self, desk: Desk) -> None:
        other = alliance_world("longgang")
        with pytest.raises(CardsNotInUse):
            lookup.holder_of(other.community_id, desk.numbers[0], NOW)


def test_acts_are_never_changed(desk: Desk, holder: Holder) -> None:
    from sqlalchemy.exc import DBAPIError

    from kernel.database import db

    desk.card(holder)
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.update(CardAct, desk.community_id).values(way="phone"))


def test_acts_with_their_reasons_are_read_at_once(
    desk: Desk, holder: Holder, count_statements: Callable[[], Any]
) -> None:
    line = desk.card(holder)
    act: dict[str, Any] = {
        "actor": desk.office, "now": NOW, "card_id": line.card_id, **desk.where,
    }  # fmt: skip
    for turn in range(3):
        stopping.block(**act)
        stopping.unblock(**act, version=desk.version(line.card_id), why=f"理由{turn}")
    db.session.expire_all()
    with count_statements() as seen:
        acts = card_lists.acts(actor=desk.office, card_id=line.card_id, **desk.where)
    assert [each.why for each in acts if each.why] == ["理由0", "理由1", "理由2"]
    assert len(seen) <= 3, seen
