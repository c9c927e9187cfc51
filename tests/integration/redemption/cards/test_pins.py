"""Choosing a PIN: on a shuffled keypad, typed twice, never stored, at the window or one's own."""

from __future__ import annotations

import datetime as dt

import pytest

from kernel import tenancy
from kernel.database import db
from kernel.errors import Conflict
from redemption.cards import keypads, pins
from redemption.cards.errors import (
    CardNotHere,
    KeypadGone,
    OwnHousehold,
    PinNotDue,
    PinsDiffer,
    PinTooWeak,
    PressesWrong,
)
from redemption.models import CardKeypad
from tests.integration.redemption.cards.desk import ON_SQLITE, PIN, WRONG, Desk, positions
from tests.integration.redemption.cards.test_handover import staff_of
from tests.integration.redemption.world import NOW, Holder

pytestmark = ON_SQLITE

LATER = NOW + dt.timedelta(minutes=2)


class TestChoosing:
    def test_the_holder_does_it_on_the_own_phone(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        desk.office = holder.actor
        desk.choose(card_id)
        assert desk.state(card_id) == "active"
        assert desk.ways(card_id)[-1] == ("active", "app")

    def test_or_on_the_screen_at_the_window(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.card(holder).card_id
        assert desk.ways(card_id) == [("handed", "window"), ("active", "window")]

    def test_only_a_keyed_hash_bound_to_the_card_is_kept(self, desk: Desk, holder: Holder) -> None:
        one, other = desk.card(holder), desk.card(desk.world.holder())
        kept = [desk.row(each.card_id).pin_hmac for each in (one, other)]
        assert kept[0] != kept[1]
        assert kept[0] == pins.kept(one.card_id, PIN)
        assert not pins.is_right(one.card_id, WRONG, str(kept[0]))
        assert PIN not in str(vars(desk.row(one.card_id)))

    def test_the_two_layouts_differ_and_are_not_stored(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        pad = pins.open_keypad(actor=desk.office, now=NOW, card_id=card_id, **desk.where)
        assert sorted(pad.keys) == sorted(pad.keys_again) == list("0123456789")
        assert pad.keys != pad.keys_again
        row = tenancy.get(CardKeypad, desk.community_id, pad.id)
        assert "".join(pad.keys) not in str(vars(row))

    def test_two_different_pins(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        with pytest.raises(PinsDiffer):
            desk.choose(card_id, PIN, again=WRONG)

    @pytest.mark.parametrize("pin", ["111111", "123456", "000001"])
    def test_one_that_anybody_would_try(self, desk: Desk, holder: Holder, pin: str) -> None:
        """The last one stands on card K000-001…"""
        card_id = desk.hand(holder).card_id
        with pytest.raises(PinTooWeak):
            desk.choose(card_id, pin)
        assert desk.state(card_id) == "handed"

    @pytest.mark.parametrize("presses", [[], [1] * 5, [1] * 7, [10] * 6, [-1] * 6])
    def test_keys_that_are_none(self, desk: Desk, holder: Holder, presses: list[int]) -> None:
        card_id = desk.hand(holder).card_id
        pad = pins.open_keypad(actor=desk.office, now=NOW, card_id=card_id, **desk.where)
        with pytest.raises(PressesWrong):
            pins.choose(
                actor=desk.office, now=NOW, keypad_id=pad.id, presses=presses,
                presses_again=presses, **desk.where,
            )  # fmt: skip

    def test_a_card_in_service_gets_none(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.card(holder).card_id
        with pytest.raises(PinNotDue):
            desk.choose(card_id)

    def test_a_proxy_does_not_choose_for_another(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        desk.office = desk.relative(holder).actor
        with pytest.raises(CardNotHere):
            desk.choose(card_id)

    def test_nor_does_the_window_at_home(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        desk.office = staff_of(desk.world, holder)
        with pytest.raises(OwnHousehold):
            desk.choose(card_id)


class TestOneKeypad:
    def choose(self, desk: Desk, pad: keypads.Keypad, now: dt.datetime = NOW) -> None:
        pins.choose(
            actor=desk.office, now=now, keypad_id=pad.id, presses=positions(pad.keys, PIN),
            presses_again=positions(pad.keys_again, PIN), **desk.where,
        )  # fmt: skip

    def opened(self, desk: Desk, holder: Holder) -> keypads.Keypad:
        card_id = desk.hand(holder).card_id
        return pins.open_keypad(actor=desk.office, now=NOW, card_id=card_id, **desk.where)

    def test_is_answered_once(self, desk: Desk, holder: Holder) -> None:
        pad = self.opened(desk, holder)
        self.choose(desk, pad)
        with pytest.raises(KeypadGone):
            self.choose(desk, pad)

    def test_runs_out_after_two_minutes(self, desk: Desk, holder: Holder) -> None:
        pad = self.opened(desk, holder)
        assert pad.expires_at_utc == LATER
        with pytest.raises(KeypadGone):
            self.choose(desk, pad, LATER)

    def test_belongs_to_who_opened_it(self, desk: Desk, holder: Holder) -> None:
        pad = self.opened(desk, holder)
        desk.office = holder.actor
        with pytest.raises(Conflict):
            self.choose(desk, pad)

    def test_old_ones_are_removed_by_the_next(self, desk: Desk, holder: Holder) -> None:
        card_id = desk.hand(holder).card_id
        for days in (0, 1, 2):
            pins.open_keypad(
                actor=desk.office, now=NOW + dt.timedelta(days=days, minutes=days * 3),
                card_id=card_id, **desk.where,
            )  # fmt: skip
        kept = db.session.scalars(tenancy.select(CardKeypad, desk.community_id)).all()
        assert len(kept) == 1
