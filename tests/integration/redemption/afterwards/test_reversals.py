"""A redemption reversed after the window: asked for by one, decided by another, once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from community import proxies
from community.models import Membership
from kernel import tenancy
from kernel.access import Grant
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound
from kernel.ids import new_id
from points.models import PointsAccount
from redemption import afterwards, redemptions, requests, reversals
from redemption.models import (
    Redemption,
    RedemptionReversal,
    ReversalRequestAct,
    ReversalState,
)
from redemption.receipts import Receipt
from tests.integration.redemption.afterwards.stage import LATER, MINUTE, ON_SQLITE, Afterwards
from tests.integration.redemption.cards.desk import Desk
from tests.integration.redemption.world import NOW
from tests.support.persons import one_person


def refusal(act: Callable[..., Any], *args: Any, **given: Any) -> str:
    """The code of the error that the act must raise."""
    with pytest.raises(LinliError) as raised:
        act(*args, **given)
    return raised.value.code


class TestApproved:
    def test_points_and_quotas_are_back_and_it_stays_redeemed(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        decided = stage.decide(stage.ask(receipt.id))
        assert stage.world.points_of(stage.holder) == (100, 0, 0)
        assert stage.transfers() == ["redemption", "cancellation"]
        assert set(stage.used().values()) == {0}
        row = tenancy.get(Redemption, stage.community_id, receipt.id)
        assert row.state == "redeemed"
        kept = db.session.scalars(tenancy.select(RedemptionReversal, stage.community_id)).one()
        assert (kept.redemption_id, kept.request_id) == (receipt.id, decided.id)
        assert (decided.state, decided.version, decided.why) == ("approved", 2, "凭证和说明一致")

    def test_every_step_is_appended(self, stage: Afterwards) -> None:
        decided = stage.decide(stage.ask(stage.redeemed().id))
        acts = db.session.scalars(
            tenancy.select(ReversalRequestAct, stage.community_id).order_by(ReversalRequestAct.id)
        ).all()
        assert [(act.from_state, act.to_state, act.actor_id) for act in acts] == [
            (None, "asked", stage.admin.account_id),
            ("asked", "approved", stage.supervisor.account_id),
        ]
        assert [act.to_state for act in decided.acts or ()] == ["asked", "approved"]

    def test_the_holder_sees_it_on_the_receipt(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        read = {
            "actor": stage.holder.actor, "now": LATER, "community_id": stage.community_id,
            "redemption_id": receipt.id,
        }  # fmt: skip
        before = afterwards.receipt(**read)
        assert before.cancellable_until_utc == NOW + 15 * MINUTE
        assert (before.reversal_state, before.reversed_at_utc) == (None, None)
        request = stage.ask(receipt.id)
        assert afterwards.receipt(**read).reversal_state == "asked"
        stage.decide(request)
        after = afterwards.receipt(**read)
        assert (after.state, after.reversal_state) == ("redeemed", "approved")
        assert (after.reversed_at_utc, after.cancellable_until_utc) == (LATER, None)

    def test_a_debt_is_repaid_first(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        account = tenancy.get(PointsAccount, stage.community_id, stage.holder.account_id)
        account.balance, account.debt = Decimal(0), Decimal(3)
        db.session.flush()
        stage.decide(stage.ask(receipt.id))
        db.session.refresh(account)
        assert (account.balance, account.debt) == (5, 0)
        assert stage.transfers() == ["redemption", "cancellation", "debt_repayment"]


@ON_SQLITE
class TestTheShopAsks:
    def ask(self, stage: Afterwards, receipt: Receipt, **given: Any) -> reversals.ReversalView:
        return reversals.ask_at_counter(**{
            "actor": stage.clerk, "now": LATER, "redemption_id": receipt.id,
            "reason": "扫错了优惠", **given,
        })  # fmt: skip

    def test_and_reads_what_became_of_it(self, stage: Afterwards) -> None:
        request = self.ask(stage, stage.redeemed())
        assert (request.origin, request.state) == ("merchant", "asked")
        stage.decide(request, approves=False, why="凭证不符")
        (listed,) = reversals.at_counter(actor=stage.owner)
        assert (listed.id, listed.state, listed.why) == (request.id, "declined", "凭证不符")

    def test_not_for_another_shops(self, stage: Afterwards) -> None:
        other = stage.world.clerk(shop=stage.world.other_shop())
        receipt = stage.redeemed()
        assert refusal(self.ask, stage, receipt, actor=other) == "redemption_unknown"
        self.ask(stage, receipt)
        assert reversals.at_counter(actor=other) == []

    def test_not_for_the_own_household(self, stage: Afterwards) -> None:
        relative = stage.world.clerk(of=stage.holder)
        assert refusal(self.ask, stage, stage.redeemed(), actor=relative) == "own_household"


@ON_SQLITE
class TestAskingIsRefused:
    def test_within_the_window(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        edge = NOW + 15 * MINUTE
        assert refusal(stage.ask, receipt.id, now=edge) == "still_cancellable"
        assert stage.ask(receipt.id, now=edge + dt.timedelta(seconds=1)).state == "asked"

    def test_what_was_not_redeemed(self, stage: Afterwards) -> None:
        held = stage.world.hold(stage.holder, stage.offer)
        assert refusal(stage.ask, held.id) == "not_redeemed"

    def test_what_was_cancelled(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        redemptions.cancel(actor=stage.clerk, now=NOW, redemption_id=receipt.id)
        assert refusal(stage.ask, receipt.id) == "already_cancelled"

    def test_twice(self, stage: Afterwards) -> None:
        request = stage.ask(stage.redeemed().id)
        assert refusal(stage.ask, request.redemption_id) == "reversal_asked"
        stage.decide(request)
        assert refusal(stage.ask, request.redemption_id) == "already_cancelled"

    def test_but_again_after_it_was_declined(self, stage: Afterwards) -> None:
        request = stage.ask(stage.redeemed().id)
        stage.decide(request, approves=False, why="请补说明")
        assert stage.ask(request.redemption_id, reason="补上凭证").state == "asked"

    def test_without_a_reason(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        assert refusal(stage.ask, receipt.id, reason=" \n") == "reversal_reason_missing"

    def test_unknown(self, stage: Afterwards) -> None:
        assert refusal(stage.ask, new_id()) == "redemption_unknown"

    def test_for_the_own_shop(self, stage: Afterwards) -> None:
        own = dataclasses.replace(stage.admin, grants=stage.admin.grants + stage.owner.grants)
        assert refusal(stage.ask, stage.redeemed().id, actor=own) == "own_household"

    @pytest.mark.parametrize("role", ["supervisor", "grid_worker", "panelist", "member"])
    def test_by_who_may_not(self, stage: Afterwards, role: str) -> None:
        with pytest.raises(Forbidden):
            stage.ask(stage.redeemed().id, actor=stage.world.actor(role))


@ON_SQLITE
class TestDecidingIsRefused:
    @pytest.fixture
    def request_(self, stage: Afterwards) -> reversals.ReversalView:
        return stage.ask(stage.redeemed().id)

    def both(self, stage: Afterwards) -> Any:
        """Somebody who may ask and decide, which the roles of a real community exclude."""
        grants = (*stage.supervisor.grants, Grant(role="community_admin", place=stage.world.place))
        return dataclasses.replace(stage.supervisor, grants=grants)

    def test_to_who_asked(self, stage: Afterwards) -> None:
        both = self.both(stage)
        request = stage.ask(stage.redeemed().id, actor=both)
        assert request.must_stay_out
        assert refusal(stage.decide, request, actor=both) == "same_person"
        second = one_person(stage.admin, stage.supervisor)[1]
        assert refusal(stage.decide, request, actor=second) == "same_person"
        assert stage.transfers() == ["redemption"]

    def test_to_the_holders_household(
        self, stage: Afterwards, request_: reversals.ReversalView
    ) -> None:
        relative = stage.world.relative_of(stage.holder).actor
        grants = (*relative.grants, *stage.supervisor.grants)
        supervisor = dataclasses.replace(relative, grants=grants)
        assert refusal(stage.decide, request_, actor=supervisor) == "own_household"

    def test_to_the_shop(self, stage: Afterwards, request_: reversals.ReversalView) -> None:
        grants = (*stage.supervisor.grants, *stage.owner.grants)
        supervisor = dataclasses.replace(stage.supervisor, grants=grants)
        assert refusal(stage.decide, request_, actor=supervisor) == "own_household"

    def test_to_who_reported_it_as_a_proxy_and_moved_out(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        relative = stage.world.relative_of(stage.holder).actor
        proxies.grant(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            proxy_id=relative.member_in(stage.community_id),
        )  # fmt: skip
        stage.report(receipt.id, actor=relative)
        away = stage.world.holder()
        db.session.execute(
            tenancy.update(Membership, stage.community_id)
            .where(Membership.member_id == relative.member_in(stage.community_id))
            .values(household_id=away.household_id)
        )
        supervisor = dataclasses.replace(
            relative, grants=(*relative.grants, *stage.supervisor.grants)
        )
        request = stage.ask(receipt.id)
        seen = {"actor": supervisor, "community_id": stage.community_id}
        assert reversals.detail(**seen, request_id=request.id).stays_out_for == "reported"
        assert [each.must_stay_out for each in reversals.listed(**seen)] == [True]
        assert refusal(stage.decide, request, actor=supervisor) == "same_person"

    def test_twice(self, stage: Afterwards, request_: reversals.ReversalView) -> None:
        stage.decide(request_)
        again = dataclasses.replace(request_, version=2)
        assert refusal(stage.decide, again) == "reversal_decided"
        assert refusal(stage.decide, again, approves=False) == "reversal_decided"
        assert stage.transfers() == ["redemption", "cancellation"]

    def test_on_an_old_version(self, stage: Afterwards, request_: reversals.ReversalView) -> None:
        assert refusal(stage.decide, request_, version=2) == "stale_version"

    def test_without_a_reason(self, stage: Afterwards, request_: reversals.ReversalView) -> None:
        assert refusal(stage.decide, request_, why="  ") == "reversal_reason_missing"

    def test_where_a_clerk_with_a_slow_clock_cancelled_it(
        self, stage: Afterwards, request_: reversals.ReversalView
    ) -> None:
        redemptions.cancel(
            actor=stage.clerk, now=NOW + 14 * MINUTE, redemption_id=request_.redemption_id
        )
        assert refusal(stage.decide, request_) == "already_cancelled"
        db.session.rollback()

    @pytest.mark.parametrize("role", ["community_admin", "street_officer", "auditor", "panelist"])
    def test_by_who_may_not(
        self, stage: Afterwards, request_: reversals.ReversalView, role: str
    ) -> None:
        with pytest.raises(Forbidden):
            stage.decide(request_, actor=stage.world.actor(role))

    def test_in_another_community(
        self, stage: Afterwards, request_: reversals.ReversalView
    ) -> None:
        from tests.integration.redemption.world import alliance_world

        other = alliance_world("other")
        with pytest.raises(NotFound):
            stage.decide(request_, actor=other.actor("supervisor"), community_id=other.community_id)
        with pytest.raises(NotFound):
            stage.decide(request_, actor=other.actor("supervisor"))


class TestEveryWayToTheCounter:
    """What a code, a request at the shop's QR and (beside it) a card took is given back alike."""

    @pytest.mark.parametrize("undo", ["cancel", "reverse"])
    def test_a_request(self, stage: Afterwards, undo: str) -> None:
        asked = requests.ask(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            merchant_id=stage.world.merchant.id, offer_id=stage.offer.id,
        )  # fmt: skip
        assert isinstance(asked, Receipt)
        requests.accept(actor=stage.clerk, now=NOW, redemption_id=asked.id)
        self.undone(stage, asked.id, undo)

    @pytest.mark.parametrize("undo", ["cancel", "reverse"])
    def test_a_code(self, stage: Afterwards, undo: str) -> None:
        self.undone(stage, stage.redeemed().id, undo)

    def undone(self, stage: Afterwards, redemption_id: uuid.UUID, undo: str) -> None:
        assert stage.world.points_of(stage.holder) == (92, 0, 0)
        if undo == "cancel":
            redemptions.cancel(actor=stage.clerk, now=NOW, redemption_id=redemption_id)
        else:
            stage.decide(stage.ask(redemption_id))
        assert stage.world.points_of(stage.holder) == (100, 0, 0)
        assert set(stage.used().values()) == {0}


class TestAcrossAMonthEnd:
    #: 30 November 23:55 in Shanghai, and ten minutes later in December.
    EVE = dt.datetime(2026, 11, 30, 15, 55, tzinfo=dt.UTC)

    @pytest.mark.parametrize("undo", ["cancel", "reverse"])
    def test_the_old_months_quota_is_given_back(self, stage: Afterwards, undo: str) -> None:
        old = stage.redeemed(self.EVE)
        stage.redeemed(self.EVE + 10 * MINUTE)
        cells = {cell: used for (kind, cell), used in stage.used().items() if kind == "takings"}
        assert cells == {"2026-11": 80, "2026-12": 80}
        if undo == "cancel":
            redemptions.cancel(actor=stage.clerk, now=self.EVE + 10 * MINUTE, redemption_id=old.id)
        else:
            later = self.EVE + 20 * MINUTE
            stage.decide(stage.ask(old.id, now=later), now=later)
        cells = {cell: used for (kind, cell), used in stage.used().items() if kind == "takings"}
        assert cells == {"2026-11": 0, "2026-12": 80}
        assert stage.world.points_of(stage.holder) == (92, 0, 0)


class TestLists:
    def test_by_state_merchant_and_number(self, stage: Afterwards) -> None:
        first, second = (stage.ask(stage.redeemed().id) for _ in range(2))
        stage.decide(first)
        read = {"actor": stage.admin, "community_id": stage.community_id}
        assert [each.id for each in reversals.listed(**read)] == [second.id, first.id]
        narrowed: list[tuple[dict[str, Any], list[uuid.UUID]]] = [
            ({"state": ReversalState.ASKED}, [second.id]),
            ({"state": ReversalState.APPROVED}, [first.id]),
            ({"number": first.receipt_number.lower()}, [first.id]),
            ({"merchant_id": stage.world.merchant.id}, [second.id, first.id]),
            ({"merchant_id": new_id()}, []),
            ({"after": second.id}, [first.id]),
            ({"limit": 1}, [second.id]),
        ]
        for given, expected in narrowed:
            assert [each.id for each in reversals.listed(**read, **given)] == expected, given
        assert refusal(reversals.listed, **read, number="12") == "receipt_number_unreadable"

    def test_two_statements_however_many(
        self, stage: Afterwards, count_statements: Callable[[], Any]
    ) -> None:
        for _ in range(3):
            stage.ask(stage.redeemed().id)
        with count_statements() as seen:
            found = reversals.listed(actor=stage.admin, community_id=stage.community_id)
        assert (len(found), len(seen)) == (3, 2)
        # Nobody is named, and nothing leads to who it was.
        assert str(stage.holder.member_id) not in repr(found)

    def test_detail(self, stage: Afterwards) -> None:
        request = stage.ask(stage.redeemed().id)
        read = {"community_id": stage.community_id, "request_id": request.id}
        assert reversals.detail(actor=stage.supervisor, **read).reason == "商户承认没有给早餐"
        with pytest.raises(Forbidden):
            reversals.detail(actor=stage.grid_worker, **read)


def test_a_card_used_is_reversed_with_its_limits_of_the_day(stage: Afterwards) -> None:
    """What a card may do in a day is given back to that day, however much later."""
    desk = Desk(world=stage.world, office=stage.admin, numbers=[])
    desk.batch()
    receipt = desk.paid(stage.clerk, desk.card(stage.holder).number, stage.offer.id)
    assert {kind for kind, _ in stage.used()} >= {"card-day", "card-here"}
    later = LATER + dt.timedelta(days=9)
    stage.decide(stage.ask(receipt.id, now=later), now=later)
    assert set(stage.used().values()) == {0}
    assert stage.world.points_of(stage.holder) == (100, 0, 0)
