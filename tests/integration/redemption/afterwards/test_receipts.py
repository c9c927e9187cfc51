"""Receipts on every side: the holder's, the shop's of a day, the community's; what followed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from community import proxies
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from redemption import afterwards, redemptions, reports
from redemption.afterwards import FollowedReceipt
from redemption.models import CancellationReason, Channel, RedemptionState
from redemption.receipts import Outcome, Receipt
from redemption.rules.receipt_numbers import ReceiptNumberUnreadable
from tests.integration.redemption.afterwards.stage import DAY, LATER, MINUTE, Afterwards
from tests.integration.redemption.world import NOW

Found = Sequence[FollowedReceipt]


def ids(found: Found) -> list[uuid.UUID]:
    return [each.id for each in found]


@pytest.fixture
def five(stage: Afterwards) -> dict[str, Receipt]:
    """One redemption of each end: redeemed, cancelled, reversed, expired, held until NOW + 26."""
    made = {"redeemed": stage.redeemed(), "cancelled": stage.redeemed()}
    redemptions.cancel(
        actor=stage.clerk, now=NOW, redemption_id=made["cancelled"].id,
        reason=CancellationReason.NOT_PROVIDED,
    )  # fmt: skip
    made["reversed"] = stage.redeemed()
    stage.decide(stage.ask(made["reversed"].id))
    made["expired"] = stage.world.hold(stage.holder, stage.offer).receipt
    made["held"] = stage.world.hold(stage.holder, stage.offer, LATER).receipt
    return made


class TestTheHolders:
    def mine(self, stage: Afterwards, **given: Any) -> Found:
        return afterwards.mine(**{
            "actor": stage.holder.actor, "now": LATER, "community_id": stage.community_id,
            **given,
        })  # fmt: skip

    def test_say_what_happened_afterwards(
        self, stage: Afterwards, five: dict[str, Receipt]
    ) -> None:
        report = stage.report(five["expired"].id)
        found = {each.id: each for each in self.mine(stage)}
        told = {name: found[receipt.id] for name, receipt in five.items()}
        assert {name: each.state for name, each in told.items()} == {
            "redeemed": "redeemed", "cancelled": "redeemed", "reversed": "redeemed",
            "expired": "expired", "held": "held",
        }  # fmt: skip
        until = {name: each.cancellable_until_utc for name, each in told.items()}
        assert until == {**dict.fromkeys(five), "redeemed": NOW + 15 * MINUTE}
        assert told["cancelled"].cancelled_at_utc == NOW
        assert told["reversed"].reversed_at_utc == LATER
        expired = told["expired"]
        assert (expired.report_id, expired.report_kind, expired.report_state) == (
            report.id, "refused", "filed",
        )  # fmt: skip
        assert told["redeemed"].reportable_until_utc == NOW + 30 * DAY

    def test_narrow_to_an_outcome(self, stage: Afterwards, five: dict[str, Receipt]) -> None:
        expected = {
            Outcome.REDEEMED: ["redeemed"], Outcome.RETURNED: ["reversed", "cancelled"],
            Outcome.EXPIRED: ["expired"],
        }  # fmt: skip
        for outcome, names in expected.items():
            assert ids(self.mine(stage, outcome=outcome)) == [five[name].id for name in names]

    def test_page_and_search_by_number(self, stage: Afterwards, five: dict[str, Receipt]) -> None:
        everything = ids(self.mine(stage))
        first = self.mine(stage, limit=2)
        assert ids(first) + ids(self.mine(stage, after=first[-1].id)) == everything
        number = five["reversed"].receipt_number
        assert ids(self.mine(stage, number=f"{number[:5]} {number[5:].lower()}")) == [
            five["reversed"].id
        ]
        assert self.mine(stage, number="0" * 10) == []
        with pytest.raises(ReceiptNumberUnreadable):
            self.mine(stage, number="12345")

    def test_somebody_elses_number_finds_nothing(
        self, stage: Afterwards, five: dict[str, Receipt]
    ) -> None:
        stranger = stage.world.holder().actor
        assert self.mine(stage, actor=stranger, number=five["redeemed"].receipt_number) == []

    def test_are_read_by_a_proxy_while_there_is_one(
        self, stage: Afterwards, five: dict[str, Receipt]
    ) -> None:
        relative = stage.world.relative_of(stage.holder)
        asked = {"actor": relative.actor, "member_id": stage.holder.member_id}

        def one() -> FollowedReceipt:
            return afterwards.receipt(
                actor=relative.actor, now=LATER, community_id=stage.community_id,
                redemption_id=five["redeemed"].id,
            )  # fmt: skip

        for read in (lambda: self.mine(stage, **asked), one):
            with pytest.raises(NotFound):
                read()
        made = proxies.grant(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            proxy_id=relative.member_id,
        )  # fmt: skip
        assert len(self.mine(stage, **asked)) == len(five)
        assert one().receipt_number == five["redeemed"].receipt_number
        proxies.revoke(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            proxy_grant_id=made.id,
        )  # fmt: skip
        for read in (lambda: self.mine(stage, **asked), one):
            with pytest.raises(NotFound):
                read()

    def test_three_statements_however_many(
        self, stage: Afterwards, five: dict[str, Receipt], count_statements: Callable[[], Any]
    ) -> None:
        with count_statements() as seen:
            found = self.mine(stage)
        assert (len(found), len(seen)) == (len(five), 3)

    def test_one_that_is_waited_for_costs_one_statement(
        self, stage: Afterwards, five: dict[str, Receipt], count_statements: Callable[[], Any]
    ) -> None:
        with count_statements() as seen:
            held = afterwards.receipt(
                actor=stage.holder.actor, now=LATER, community_id=stage.community_id,
                redemption_id=five["held"].id,
            )  # fmt: skip
        assert (held.state, len(seen)) == ("held", 1)

    def test_the_latest_report_and_request_count(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        first = stage.report(receipt.id)
        reports.withdraw(
            actor=stage.holder.actor, now=LATER, community_id=stage.community_id,
            report_id=first.id, version=1,
        )  # fmt: skip
        second = stage.report(receipt.id)
        stage.decide(stage.ask(receipt.id), approves=False, why="再查")
        stage.ask(receipt.id)
        (shown,) = self.mine(stage)
        assert (shown.report_id, shown.report_state) == (second.id, "filed")
        assert shown.reversal_state == "asked"


class TestTheShops:
    def at(self, stage: Afterwards, **given: Any) -> Found:
        return afterwards.at_counter(**{"actor": stage.clerk, "now": LATER, **given})

    def test_of_a_day(self, stage: Afterwards) -> None:
        #: 20 November 23:59 and 21 November 0:01 in Shanghai
        midnight = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)
        eve, morning = stage.redeemed(midnight - MINUTE), stage.redeemed(midnight + MINUTE)
        assert ids(self.at(stage)) == [morning.id]
        assert ids(self.at(stage, day=dt.date(2026, 11, 20))) == [eve.id]
        assert self.at(stage, day=dt.date(2026, 11, 19)) == []
        # A number is found on whatever day it was.
        assert ids(self.at(stage, number=eve.receipt_number)) == [eve.id]
        both = {"number": eve.receipt_number, "day": dt.date(2026, 11, 21)}
        assert self.at(stage, **both) == []

    def test_say_that_they_were_reported_and_reversed(
        self, stage: Afterwards, count_statements: Callable[[], Any]
    ) -> None:
        receipt = stage.redeemed()
        stage.report(receipt.id)
        stage.decide(stage.ask(receipt.id))
        with count_statements() as seen:
            (shown,) = self.at(stage)
        assert (shown.report_kind, shown.reversed_at_utc, len(seen)) == ("refused", LATER, 3)
        assert str(stage.holder.member_id) not in repr(shown)

    def test_nothing_of_another_shop(self, stage: Afterwards) -> None:
        number = stage.redeemed().receipt_number
        other = stage.world.clerk(shop=stage.world.other_shop())
        assert self.at(stage, actor=other, number=number) == []


class TestTheCommunitys:
    def all(self, stage: Afterwards, **given: Any) -> Found:
        return afterwards.of_community(**{
            "actor": stage.supervisor, "now": LATER, "community_id": stage.community_id,
            **given,
        })  # fmt: skip

    def test_narrow_in_every_way(self, stage: Afterwards, five: dict[str, Receipt]) -> None:
        by_name = {receipt.id: name for name, receipt in five.items()}

        def names(**given: Any) -> list[str]:
            return [by_name[each.id] for each in self.all(stage, **given)]

        assert names() == ["held", "expired", "reversed", "cancelled", "redeemed"]
        assert names(state=RedemptionState.HELD) == ["held"]
        assert names(state=RedemptionState.EXPIRED) == ["expired"]
        assert names(state=RedemptionState.REDEEMED) == ["reversed", "cancelled", "redeemed"]
        assert names(channel=Channel.CARD) == []
        assert names(channel=Channel.CODE, limit=1) == ["held"]
        assert names(merchant_id=new_id()) == []
        assert names(day=dt.date(2026, 11, 20)) == []
        assert len(names(day=dt.date(2026, 11, 21))) == len(five)
        assert names(number=five["cancelled"].receipt_number) == ["cancelled"]
        assert names(after=five["cancelled"].id) == ["redeemed"]

    def test_name_nobody_and_cost_three_statements(
        self, stage: Afterwards, five: dict[str, Receipt], count_statements: Callable[[], Any]
    ) -> None:
        with count_statements() as seen:
            found = self.all(stage)
        assert (len(found), len(seen)) == (len(five), 3)
        for hidden in (stage.holder.member_id, stage.holder.account_id):
            assert str(hidden) not in repr(found)

    def test_nothing_of_another_community(self, stage: Afterwards) -> None:
        """The noise beside the world has a hold of its own."""
        assert self.all(stage) == []
        with pytest.raises(NotFound):
            self.all(stage, community_id=new_id())

    @pytest.mark.parametrize("role", ["grid_worker", "panelist", "member", "district_officer"])
    def test_are_not_for_everybody(self, stage: Afterwards, role: str) -> None:
        with pytest.raises(Forbidden):
            self.all(stage, actor=stage.world.actor(role))
