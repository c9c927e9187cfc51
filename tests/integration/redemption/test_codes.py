"""The rotating code: when it dies, how digits stay unique, what may be drawn again."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from kernel import qr, tenancy
from kernel.database import db
from redemption import codes, redemptions
from redemption.codes import ShownCode
from redemption.errors import NoLiveCode, NotHeld, RedemptionUnknown
from redemption.models import RedemptionCode
from redemption.redemptions import Held
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def held(world: AllianceWorld, holder: Holder) -> Held:
    return world.hold(holder, world.offer())


def show(world: AllianceWorld, holder: Holder, held: Held, now: dt.datetime) -> ShownCode:
    return redemptions.show_code(
        actor=holder.actor, now=now, community_id=world.community_id, redemption_id=held.id
    )


def first_token(held: Held) -> str:
    assert held.code is not None
    return held.code.token


class TestRotation:
    def test_a_code_lives_seventy_seconds(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        last = NOW + 70 * SECOND - dt.timedelta(microseconds=1)
        assert world.redeem(world.clerk(), first_token(held), last).state == "redeemed"

    def test_the_predecessor_dies_ten_seconds_after_its_successor(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        second = show(world, holder, held, NOW + 55 * SECOND)
        assert second.token != first_token(held)
        assert second.digits != held.code.digits  # type: ignore[union-attr]
        clerk = world.clerk()
        assert world.refused(clerk, first_token(held), NOW + 65 * SECOND).code == "code_expired"
        assert world.redeem(clerk, second.token, NOW + 65 * SECOND).state == "redeemed"

    def test_the_predecessor_is_good_until_then(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        show(world, holder, held, NOW + 55 * SECOND)
        assert world.redeem(world.clerk(), first_token(held), NOW + 64 * SECOND).id == held.id

    def test_a_successor_never_lengthens_a_life(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        show(world, holder, held, NOW + 65 * SECOND)
        answer = world.refused(world.clerk(), first_token(held), NOW + 70 * SECOND)
        assert answer.code == "code_expired"

    def test_no_code_outlives_its_hold(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        late = show(world, holder, held, NOW + 599 * SECOND)
        assert late.expires_at_utc == NOW + 600 * SECOND
        assert world.refused(world.clerk(), late.token, NOW + 600 * SECOND).code == "code_expired"

    def test_an_ended_hold_has_no_more_codes(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        with pytest.raises(NotHeld):
            show(world, holder, held, NOW + 600 * SECOND)
        world.redeem(world.clerk(), first_token(held))
        with pytest.raises(NotHeld):
            show(world, holder, held, NOW)

    def test_a_lost_binding_kills_the_living_codes_at_once(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        later = NOW + SECOND
        codes.void_of_member(world.community_id, holder.member_id, later)
        assert world.refused(world.clerk(), first_token(held), later).code == "code_expired"

    def test_is_for_the_holder_only(self, world: AllianceWorld, held: Held) -> None:
        with pytest.raises(RedemptionUnknown):
            show(world, world.holder(), held, NOW)


class TestDrawing:
    def test_the_living_code_can_be_drawn_again(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        again = redemptions.live(
            actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
        )
        assert again == held.code

    def test_a_dead_code_cannot(self, world: AllianceWorld, holder: Holder, held: Held) -> None:
        with pytest.raises(NoLiveCode):
            redemptions.live(
                actor=holder.actor, now=NOW + 70 * SECOND, community_id=world.community_id,
                redemption_id=held.id,
            )  # fmt: skip

    def test_nor_one_of_somebody_else(self, world: AllianceWorld, held: Held) -> None:
        with pytest.raises(RedemptionUnknown):
            redemptions.live(
                actor=world.holder().actor, now=NOW, community_id=world.community_id,
                redemption_id=held.id,
            )  # fmt: skip

    def test_a_scanner_reads_what_a_counter_takes(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        payload = redemptions.payload(
            public_base_url="https://linli.example.cn", community_code="yjyx",
            token=first_token(held),
        )  # fmt: skip
        picture = Image.open(io.BytesIO(qr.png(payload))).resize((180, 180))
        scanned = zxingcpp.read_barcodes(picture)[0].text
        assert world.redeem(world.clerk(), scanned).id == held.id


class TestDigits:
    """Digits are unique among the live codes of one counter; the dead give theirs up."""

    @pytest.fixture
    def same_digits(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Codes get the listed digits first, then their own again."""
        wanted: list[str] = []
        made = codes._shown

        def shown(*args: Any) -> ShownCode:
            code = made(*args)
            return ShownCode(**(vars(code) | {"digits": wanted.pop(0)})) if wanted else code

        monkeypatch.setattr(codes, "_shown", shown)
        return wanted

    def occupying(self, world: AllianceWorld) -> int:
        rows = db.session.scalars(
            tenancy.select(RedemptionCode, world.community_id)
            .where(RedemptionCode.occupies_digits)
            .execution_options(populate_existing=True)
        )
        return len(list(rows))

    def test_a_live_codes_digits_are_not_given_again(
        self, world: AllianceWorld, holder: Holder, same_digits: list[str]
    ) -> None:
        same_digits.extend(["48271536", "48271536"])
        offer = world.offer()
        one, two = world.hold(holder, offer), world.hold(world.holder(), offer)
        assert one.code is not None
        assert two.code is not None
        assert one.code.digits == "48271536"
        assert two.code.digits != "48271536"
        assert world.redeem(world.clerk(), "48271536").id == one.id

    def test_a_dead_code_frees_its_digits_for_the_next(
        self, world: AllianceWorld, holder: Holder, same_digits: list[str]
    ) -> None:
        same_digits.extend(["48271536"])
        offer = world.offer()
        world.hold(holder, offer)
        later = NOW + 70 * SECOND
        same_digits.extend(["48271536", "48271536"])
        two = world.hold(world.holder(), offer, later)
        assert self.occupying(world) == 1
        assert world.redeem(world.clerk(), "48271536", later).id == two.id

    def test_two_merchants_may_show_the_same_digits(
        self, world: AllianceWorld, holder: Holder, same_digits: list[str]
    ) -> None:
        from tests.factories.merchants import RedemptionAgreementFactory

        other = world.other_shop()
        agreement = RedemptionAgreementFactory(
            community_id=world.community_id, merchant_id=other.merchant_id
        )
        there = world.offer(merchant_id=other.merchant_id, agreement_id=agreement.id)
        same_digits.extend(["48271536", "48271536"])
        here = world.hold(holder, world.offer())
        elsewhere = world.hold(holder, there)
        assert world.redeem(world.clerk(), "48271536").id == here.id
        assert world.redeem(world.clerk(shop=other), "48271536").id == elsewhere.id
