"""The shop's standing QR: a holder asks, the counter sees it, a clerk accepts or declines."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from community import bindings, proxies
from community.models import BindingWay
from kernel import outbox, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import Forbidden, NotFound, Refused
from kernel.ids import new_id
from merchants.errors import OfferUnknown
from merchants.models import QuotaUsage
from redemption import redemptions, requests
from redemption.errors import NoCounter, NotHeld, RedemptionUnknown
from redemption.models import DeclineReason, Redemption, RefusedScan
from redemption.receipts import Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

SECOND = dt.timedelta(seconds=1)
WAITS = dt.timedelta(minutes=3)


def ask(world: AllianceWorld, holder: Holder, offer: Any, **rest: Any) -> Receipt | Refused:
    return requests.ask(
        actor=holder.actor, community_id=world.community_id, merchant_id=world.merchant.id,
        offer_id=offer.id, **({"now": NOW} | rest),
    )  # fmt: skip


def asked(world: AllianceWorld, holder: Holder, offer: Any, **rest: Any) -> Receipt:
    """Ask, and not be refused."""
    answer = ask(world, holder, offer, **rest)
    assert isinstance(answer, Receipt), answer
    return answer


def of_holder(world: AllianceWorld, holder: Holder, asked: Receipt, now: dt.datetime) -> Receipt:
    return redemptions.receipt(
        actor=holder.actor, now=now, community_id=world.community_id, redemption_id=asked.id
    )


def used(world: AllianceWorld) -> dict[str, int]:
    rows = db.session.execute(
        tenancy.columns(
            QuotaUsage, world.community_id, QuotaUsage.quota_code, sa.func.sum(QuotaUsage.used)
        ).group_by(QuotaUsage.quota_code)
    )
    return {row[0].split(":")[0]: int(row[1]) for row in rows}


def clerk_of(world: AllianceWorld, shop: Place) -> Actor:
    return world.clerk(shop=shop)


class TestAsking:
    def test_sets_points_and_quotas_aside_for_three_minutes(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request = asked(world, holder, world.offer(stock=5))
        assert (request.channel, request.state) == ("request", "held")
        assert request.hold_expires_at_utc == NOW + WAITS
        assert world.points_of(holder) == (100, 8, 0)
        assert used(world) == {"stock": 1, "takings": 80}

    def test_the_counter_and_the_phone_show_the_same_number_and_no_person(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request = asked(world, holder, world.offer())
        (shown,) = requests.waiting(actor=world.clerk(), now=NOW)
        assert shown == request
        assert not {"member_id", "account_id", "name"} & set(dataclasses.asdict(shown))

    def test_a_second_one_is_told_the_number_of_the_first(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        offer = world.offer()
        first = asked(world, holder, offer)
        answer = ask(world, holder, world.offer(), now=NOW + SECOND)
        assert isinstance(answer, Refused)
        assert answer.code == "request_waiting"
        assert answer.extra["receipt_number"] == first.receipt_number
        assert answer.extra["redemption_id"] == str(first.id)
        assert world.points_of(holder) == (100, 8, 0)
        kept = tenancy.get(RefusedScan, world.community_id, answer.row_id or new_id())
        assert (kept.stage, kept.redemption_id) == ("issue", first.id)

    def test_another_shop_may_be_asked_at_the_same_time(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        asked(world, holder, world.offer())
        other = world.another_shop()
        assert isinstance(
            requests.ask(
                actor=holder.actor, now=NOW, community_id=world.community_id,
                merchant_id=other.merchant.id, offer_id=other.offer().id,
            ),
            Receipt,
        )  # fmt: skip

    @pytest.mark.parametrize("end", ["declined", "withdrawn", "redeemed", "expired"])
    def test_afterwards_one_may_ask_again(
        self, world: AllianceWorld, holder: Holder, end: str
    ) -> None:
        request, later = asked(world, holder, world.offer()), NOW + SECOND
        if end == "declined":
            requests.decline(
                actor=world.clerk(), now=NOW, redemption_id=request.id,
                reason=DeclineReason.CLOSING,
            )  # fmt: skip
        elif end == "withdrawn":
            withdraw(world, holder, request)
        elif end == "redeemed":
            requests.accept(actor=world.clerk(), now=NOW, redemption_id=request.id)
        else:
            later = NOW + WAITS
        assert asked(world, holder, world.offer(), now=later).id != request.id

    def test_a_second_account_of_the_holder_is_no_second_holder(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        """The request that has run out lies on another account; asking frees it all the same."""
        request = asked(world, holder, world.offer())
        other = world.holder()
        db.session.execute(
            tenancy.update(Redemption, world.community_id)
            .where(Redemption.id == request.id)
            .values(member_id=other.member_id)
        )
        again = asked(world, other, world.offer(), now=NOW + WAITS)
        assert again.state == "held"
        assert world.points_of(holder) == (100, 0, 0)

    def test_an_offer_of_another_shop_is_unknown_here(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        with pytest.raises(OfferUnknown) as raised:
            ask(world, holder, world.another_shop().offer())
        assert raised.value.field == "offer_id"
        assert world.points_of(holder) == (100, 0, 0)

    def test_a_refusal_of_the_door_is_kept(self, world: AllianceWorld, holder: Holder) -> None:
        answer = ask(world, holder, world.offer(points=Decimal(101)))
        assert isinstance(answer, Refused)
        assert (answer.code, answer.extra["missing"]) == ("insufficient_points", "1")

    def test_shows_no_code(self, world: AllianceWorld, holder: Holder) -> None:
        """The one way in stays the only one."""
        request = asked(world, holder, world.offer())
        with pytest.raises(RedemptionUnknown):
            redemptions.show_code(
                actor=holder.actor, now=NOW, community_id=world.community_id,
                redemption_id=request.id,
            )  # fmt: skip


class TestAProxy:
    def test_asks_and_withdraws_for_the_grantor(self, world: AllianceWorld, holder: Holder) -> None:
        helper = world.relative_of(holder)
        proxies.grant(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            proxy_id=helper.member_id,
        )  # fmt: skip
        request = asked(world, helper, world.offer(), member_id=holder.member_id)
        assert world.points_of(holder) == (100, 8, 0)
        row = tenancy.get(Redemption, world.community_id, request.id)
        assert (row.member_id, row.acted_by) == (holder.member_id, helper.actor.account_id)
        assert withdraw(world, helper, request).state == "withdrawn"
        assert world.points_of(holder) == (100, 0, 0)

    def test_not_without_the_grant(self, world: AllianceWorld, holder: Holder) -> None:
        helper = world.relative_of(holder)
        with pytest.raises(NotFound):
            ask(world, helper, world.offer(), member_id=holder.member_id)


class TestTheCounter:
    def test_sees_what_waits_oldest_first_and_nothing_that_ran_out(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        late = world.holder()
        first = asked(world, holder, world.offer())
        second = asked(world, late, world.offer(), now=NOW + SECOND)
        clerk = world.clerk()
        assert [r.id for r in requests.waiting(actor=clerk, now=NOW + SECOND)] == [
            first.id, second.id,
        ]  # fmt: skip
        assert [r.id for r in requests.waiting(actor=clerk, now=NOW + WAITS)] == [second.id]
        assert requests.waiting_ids(actor=clerk, now=NOW + WAITS) == [second.id]

    def test_a_held_code_is_no_request(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        assert requests.waiting(actor=world.clerk(), now=NOW) == []
        with pytest.raises(RedemptionUnknown):
            requests.accept(actor=world.clerk(), now=NOW, redemption_id=held.id)

    def test_another_shop_sees_and_reaches_nothing(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request = asked(world, holder, world.offer())
        stranger = world.clerk(shop=world.other_shop())
        assert requests.waiting(actor=stranger, now=NOW) == []
        with pytest.raises(RedemptionUnknown):
            requests.accept(actor=stranger, now=NOW, redemption_id=request.id)
        with pytest.raises(RedemptionUnknown):
            requests.decline(
                actor=stranger, now=NOW, redemption_id=request.id, reason=DeclineReason.OTHER
            )
        assert world.points_of(holder) == (100, 8, 0)

    def test_a_holder_is_no_clerk(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        with pytest.raises(NoCounter):
            requests.accept(actor=holder.actor, now=NOW, redemption_id=request.id)
        at_counter = dataclasses.replace(
            holder.actor,
            counter=Place(community_id=world.community_id, merchant_id=world.merchant.id),
        )
        for act in (
            lambda: requests.waiting(actor=at_counter, now=NOW),
            lambda: requests.accept(actor=at_counter, now=NOW, redemption_id=request.id),
        ):
            with pytest.raises((Forbidden, NotFound)):
                act()

    def test_asks_one_statement_to_hear_that_nothing_changed(
        self, world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
    ) -> None:
        asked(world, holder, world.offer())
        clerk = world.clerk()
        requests.waiting_ids(actor=clerk, now=NOW)
        with count_statements() as seen:
            requests.waiting_ids(actor=clerk, now=NOW)
        assert len(seen) == 1, seen

    def test_an_index_serves_that_statement(self, world: AllianceWorld, holder: Holder) -> None:
        asked(world, holder, world.offer())
        clerk = world.clerk()
        plan = explained(lambda: requests.waiting_ids(actor=clerk, now=NOW))
        # Both hold nothing but open holds; on a table of a few rows a planner may take either.
        assert any(name in plan for name in ("uq_redemption__waiting", "ix_redemption__held"))


class TestAccepting:
    def test_moves_the_points_and_gives_both_sides_the_receipt(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request, clerk, later = asked(world, holder, world.offer()), world.clerk(), NOW + SECOND
        receipt = requests.accept(actor=clerk, now=later, redemption_id=request.id)
        assert isinstance(receipt, Receipt)
        assert (receipt.state, receipt.receipt_number) == ("redeemed", request.receipt_number)
        assert receipt == of_holder(world, holder, request, later)
        assert world.points_of(holder) == (92, 0, 0)
        assert [r.id for r in redemptions.at_counter(actor=clerk, now=later)] == [request.id]
        assert requests.waiting(actor=clerk, now=later) == []
        told = db.session.scalars(tenancy.select(outbox.OutboxMessage, world.community_id)).all()
        assert str(request.id) in [message.payload.get("redemption_id") for message in told]

    def test_can_be_cancelled_like_any_other(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        clerk = world.clerk()
        requests.accept(actor=clerk, now=NOW, redemption_id=request.id)
        redemptions.cancel(actor=clerk, now=NOW + SECOND, redemption_id=request.id)
        assert world.points_of(holder) == (100, 0, 0)

    @pytest.mark.parametrize(
        ("end", "code"),
        [
            ("redeemed", "already_redeemed"),
            ("withdrawn", "withdrawn"),
            ("declined", "withdrawn"),
            ("expired", "request_expired"),
            ("swept", "request_expired"),
        ],
    )
    def test_what_is_over_is_refused_with_its_reason(
        self, world: AllianceWorld, holder: Holder, end: str, code: str
    ) -> None:
        request, clerk = asked(world, holder, world.offer()), world.clerk()
        bring_to(world, holder, request, end)
        before = world.points_of(holder)
        refused = requests.accept(actor=clerk, now=NOW + WAITS, redemption_id=request.id)
        assert isinstance(refused, Refused)
        assert refused.code == code
        assert world.points_of(holder) == before
        kept = tenancy.get(RefusedScan, world.community_id, refused.row_id or new_id())
        assert (kept.stage, kept.redemption_id) == ("accept", request.id)
        shown = redemptions.refused_scans(actor=clerk, now=NOW + WAITS)
        assert [each.code for each in shown] == [code]
        if end == "redeemed":
            assert refused.extra["receipt_number"] == request.receipt_number
            assert refused.extra["redeemed_at_utc"] == NOW.isoformat()

    def test_up_to_the_last_instant(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        last = NOW + WAITS - dt.timedelta(microseconds=1)
        receipt = requests.accept(actor=world.clerk(), now=last, redemption_id=request.id)
        assert isinstance(receipt, Receipt)

    def test_not_for_the_own_household(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        refused = requests.accept(actor=world.clerk(of=holder), now=NOW, redemption_id=request.id)
        assert isinstance(refused, Refused)
        assert refused.code == "self_dealing"
        assert world.points_of(holder) == (100, 8, 0)


class TestDeclining:
    def test_gives_everything_back_and_tells_the_holder_why(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        reason = DeclineReason.SOLD_OUT
        request, clerk = asked(world, holder, world.offer(stock=1)), world.clerk()
        declined = requests.decline(
            actor=clerk, now=NOW + SECOND, redemption_id=request.id, reason=reason
        )
        assert (declined.state, declined.decline_reason) == ("withdrawn", reason)
        assert world.points_of(holder) == (100, 0, 0)
        assert used(world) == {"stock": 0, "takings": 0}
        assert of_holder(world, holder, request, NOW + SECOND) == declined
        assert requests.waiting(actor=clerk, now=NOW + SECOND) == []
        assert redemptions.at_counter(actor=clerk, now=NOW + SECOND) == [declined]

    def test_twice_changes_nothing(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        first = requests.decline(
            actor=world.clerk(), now=NOW, redemption_id=request.id, reason=DeclineReason.CLOSING
        )
        again = requests.decline(
            actor=world.clerk(), now=NOW + SECOND, redemption_id=request.id,
            reason=DeclineReason.SOLD_OUT,
        )  # fmt: skip
        assert again == first

    @pytest.mark.parametrize("end", ["redeemed", "expired", "swept"])
    def test_what_is_over_cannot_be_declined(
        self, world: AllianceWorld, holder: Holder, end: str
    ) -> None:
        request = asked(world, holder, world.offer())
        bring_to(world, holder, request, end)
        before = world.points_of(holder)
        with pytest.raises(NotHeld):
            requests.decline(
                actor=world.clerk(), now=NOW + WAITS, redemption_id=request.id,
                reason=DeclineReason.OTHER,
            )  # fmt: skip
        assert world.points_of(holder) == before

    def test_what_the_holder_took_back_stays_the_holders_withdrawal(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request = asked(world, holder, world.offer())
        withdraw(world, holder, request)
        stands = requests.decline(
            actor=world.clerk(), now=NOW, redemption_id=request.id, reason=DeclineReason.OTHER
        )
        assert stands.decline_reason is None


class TestTheHolder:
    def test_takes_it_back(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer(stock=1))
        assert withdraw(world, holder, request).state == "withdrawn"
        assert world.points_of(holder) == (100, 0, 0)
        assert used(world) == {"stock": 0, "takings": 0}
        assert requests.waiting(actor=world.clerk(), now=NOW) == []

    def test_is_told_that_it_ran_out_before_anybody_frees_it(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        request = asked(world, holder, world.offer())
        assert of_holder(world, holder, request, NOW + WAITS - SECOND).state == "held"
        assert of_holder(world, holder, request, NOW + WAITS).state == "expired"
        listed = redemptions.mine(
            actor=holder.actor, now=NOW + WAITS, community_id=world.community_id
        )
        assert [receipt.state for receipt in listed] == ["expired"]

    def test_the_sweeper_frees_it(self, world: AllianceWorld, holder: Holder) -> None:
        asked(world, holder, world.offer())
        freed = redemptions.expire_holds(community_id=world.community_id, now=NOW + WAITS, limit=20)
        assert freed == 1
        assert world.points_of(holder) == (100, 0, 0)

    def test_who_loses_the_binding_asked_in_vain(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        """The old phone's request cannot be accepted any more; the points come back as usual."""
        request, other = asked(world, holder, world.offer()), world.holder()
        untouched = asked(world, other, world.offer())
        successor, later = world.actor("member"), NOW + SECOND
        bindings.bind(
            actor=successor, now=later, community_id=world.community_id, way=BindingWay.SLIP,
            member_id=holder.member_id, account_id=successor.account_id,
        )  # fmt: skip
        clerk = world.clerk()
        assert [r.id for r in requests.waiting(actor=clerk, now=later)] == [untouched.id]
        refused = requests.accept(actor=clerk, now=later, redemption_id=request.id)
        assert isinstance(refused, Refused)
        assert refused.code == "request_expired"
        redemptions.expire_holds(community_id=world.community_id, now=later, limit=20)
        assert world.points_of(holder) == (100, 0, 0)
        assert world.points_of(other) == (100, 8, 0)

    def test_finds_what_waits_at_a_shop(self, world: AllianceWorld, holder: Holder) -> None:
        request = asked(world, holder, world.offer())
        where = {
            "actor": holder.actor, "community_id": world.community_id,
            "merchant_id": world.merchant.id,
        }  # fmt: skip
        assert requests.own_waiting(now=NOW, **where) == request
        assert requests.own_waiting(now=NOW + WAITS, **where) is None


def explained(act: Callable[[], object]) -> str:
    """How the engine would run the last statement of ``act`` on a table too large to read."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    statement, values = seen[-1]
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    return "\n".join(str(row) for row in plan)


def withdraw(world: AllianceWorld, holder: Holder, request: Receipt) -> Receipt:
    return redemptions.withdraw(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=request.id
    )


def bring_to(world: AllianceWorld, holder: Holder, request: Receipt, end: str) -> None:
    """Let the request end one of the ways it can; "expired" needs nobody."""
    if end == "redeemed":
        requests.accept(actor=world.clerk(), now=NOW, redemption_id=request.id)
    elif end == "withdrawn":
        withdraw(world, holder, request)
    elif end == "declined":
        requests.decline(
            actor=world.clerk(), now=NOW, redemption_id=request.id, reason=DeclineReason.CLOSING
        )
    elif end == "swept":
        redemptions.expire_holds(community_id=world.community_id, now=NOW + WAITS, limit=20)
