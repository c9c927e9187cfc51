"""Handing over: to the member or a proxy, one live card each, never to the own household."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from community import proxies
from community.models import Household
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound, StaleVersion
from kernel.ids import new_id
from redemption.cards import at_counter, card_lists, handover, handover_book, stopping
from redemption.cards.errors import (
    CardNotHere,
    CardNotReceived,
    CardStepIllegal,
    CardUnreadable,
    HasCard,
    OwnHousehold,
    ReceiverNotAllowed,
)
from redemption.models import CardState
from redemption.rules import card_numbers
from tests.integration.redemption.cards.desk import ON_SQLITE, Desk
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

TODAY = dt.date(2026, 11, 21)


def staff_of(world: AllianceWorld, holder: Holder, role: str = "community_admin") -> Actor:
    """Somebody of the office who lives with the holder."""
    clerk, staff = world.clerk(of=holder), world.actor(role)
    return Actor(
        account_id=clerk.account_id, grants=staff.grants, table=staff.table, members=clerk.members
    )


@ON_SQLITE
class TestHandingOver:
    def test_writes_the_book(self, desk: Desk, holder: Holder) -> None:
        line = desk.hand(holder)
        assert (line.state, line.member_name, line.received_by_id) == (
            "handed", "张三", holder.member_id,
        )  # fmt: skip
        assert desk.ways(line.card_id) == [("handed", "window")]
        assert line.by_name == "演示"

    def test_to_a_granted_proxy(self, desk: Desk, holder: Holder) -> None:
        proxy = desk.relative(holder)
        line = desk.hand(holder, received_by_id=proxy.member_id)
        assert (line.member_id, line.received_by_id) == (holder.member_id, proxy.member_id)

    @pytest.mark.parametrize("who", ["relative", "stranger"])
    def test_to_nobody_else(self, desk: Desk, holder: Holder, who: str) -> None:
        other = desk.relative(holder, is_proxy=False) if who == "relative" else desk.world.holder()
        with pytest.raises(ReceiverNotAllowed):
            desk.hand(holder, received_by_id=other.member_id)

    def test_not_to_a_proxy_who_was_revoked(self, desk: Desk, holder: Holder) -> None:
        proxy = desk.relative(holder)
        [grant] = proxies.listed(actor=holder.actor, **desk.where)
        proxies.revoke(actor=holder.actor, now=NOW, proxy_grant_id=grant.id, **desk.where)
        with pytest.raises(ReceiverNotAllowed):
            desk.hand(holder, received_by_id=proxy.member_id)

    def test_one_live_card_each(self, desk: Desk, holder: Holder) -> None:
        line = desk.hand(holder)
        with pytest.raises(HasCard) as refused:
            desk.hand(holder)
        assert line.number in refused.value.sentence("zh")

    def test_a_card_is_handed_over_once(self, desk: Desk, holder: Holder) -> None:
        number = desk.hand(holder).number
        desk.numbers.insert(0, number)
        with pytest.raises(CardStepIllegal):
            desk.hand(desk.world.holder())

    def test_a_card_in_use_or_lost_goes_to_nobody_else(self, desk: Desk, holder: Holder) -> None:
        """Both could step to "handed" for their own holder, at the window."""
        line = desk.card(holder)
        for _ in range(2):
            desk.numbers.insert(0, line.number)
            with pytest.raises(CardStepIllegal):
                desk.hand(desk.world.holder())
            stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)

    def test_only_after_the_batch_is_received(self, desk: Desk, holder: Holder) -> None:
        seen = desk.batch(1, is_received=False)
        desk.numbers = [seen.first_number]
        with pytest.raises(CardNotReceived):
            desk.hand(holder)

    @pytest.mark.parametrize(
        ("typed", "error"), [("K000-0000", CardUnreadable), (card_numbers.printed(99), CardNotHere)]
    )
    def test_a_number_that_is_none(
        self, desk: Desk, holder: Holder, typed: str, error: type[Exception]
    ) -> None:
        desk.numbers = [typed]
        with pytest.raises(error):
            desk.hand(holder)

    @pytest.mark.parametrize("role", ["community_admin", "grid_worker"])
    def test_never_for_oneself_or_the_household(
        self, desk: Desk, holder: Holder, role: str
    ) -> None:
        desk.office = staff_of(desk.world, holder, role)
        with pytest.raises(OwnHousehold):
            desk.hand(holder)
        own = desk.office.members[desk.community_id]
        with pytest.raises(OwnHousehold):
            handover.hand_over(
                actor=desk.office, now=NOW, card=desk.numbers[0], member_id=own, **desk.where
            )

    def test_a_grid_worker_hands_over(self, desk: Desk, holder: Holder) -> None:
        desk.office = desk.world.actor("grid_worker")
        assert desk.hand(holder).state == "handed"

    @pytest.mark.parametrize("role", ["supervisor", "panelist"])
    def test_others_may_not(self, desk: Desk, holder: Holder, role: str) -> None:
        desk.office = desk.world.actor(role)
        with pytest.raises(Forbidden):
            desk.hand(holder)

    def test_to_nobody_unknown(self, desk: Desk) -> None:
        with pytest.raises(NotFound):
            handover.hand_over(
                actor=desk.office, now=NOW, card=desk.numbers[0], member_id=new_id(), **desk.where
            )


@ON_SQLITE
class TestReplacing:
    def replaced(self, desk: Desk, line: handover_book.HandoverView) -> handover_book.HandoverView:
        return handover.replace(
            actor=desk.office, now=NOW, card_id=line.card_id, version=desk.version(line.card_id),
            card=desk.numbers.pop(0), why="折断了", **desk.where,
        )  # fmt: skip

    def test_the_old_card_is_dead_and_no_point_moves(
        self, desk: Desk, holder: Holder, clerk: Actor
    ) -> None:
        old = desk.card(holder)
        new = self.replaced(desk, old)
        assert (new.member_id, new.replaces_number) == (holder.member_id, old.number)
        assert desk.state(old.card_id) == CardState.REPLACED
        assert desk.row(old.card_id).pin_hmac is None
        assert desk.world.points_of(holder) == (100, 0, 0)
        refused = at_counter.start(
            actor=clerk, now=NOW, card=old.number, offer_id=desk.world.offer().id
        )
        assert getattr(refused, "code", "") == "card_closed"
        history = card_lists.acts(actor=desk.office, card_id=old.card_id, **desk.where)
        assert (history[-1].to_state, history[-1].why) == ("replaced", "折断了")

    def test_a_lost_card_is_replaced(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        stopping.report_lost(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)
        assert self.replaced(desk, line).state == "handed"

    def test_an_open_keypad_of_the_old_card_is_dead(
        self, desk: Desk, holder: Holder, clerk: Actor
    ) -> None:
        line = desk.card(holder)
        use = desk.start(clerk, line.number, desk.world.offer().id)
        self.replaced(desk, line)
        answer = at_counter.redeem(
            actor=clerk, now=NOW, keypad_id=use.keypad_id, presses=[0, 1, 2, 3, 4, 5]
        )
        assert getattr(answer, "code", "") == "card_closed"

    def test_a_stale_version_is_refused(self, desk: Desk, holder: Holder) -> None:
        line = desk.hand(holder)
        with pytest.raises(StaleVersion):
            handover.replace(
                actor=desk.office, now=NOW, card_id=line.card_id, version=line.version + 1,
                card=desk.numbers[0], **desk.where,
            )  # fmt: skip

    def test_a_card_in_stock_replaces_nobodys(self, desk: Desk) -> None:
        [card, *_] = card_lists.search(actor=desk.office, **desk.where)
        with pytest.raises(CardNotHere):
            handover.replace(
                actor=desk.office, now=NOW, card_id=card.id, version=1, card=desk.numbers[1],
                **desk.where,
            )  # fmt: skip


class TestBook:
    def test_is_searched_and_paged(self, desk: Desk, holder: Holder) -> None:
        tenancy.get(Household, desk.community_id, holder.household_id).code = "YJY30207"
        lines = [desk.hand(each) for each in (holder, desk.world.holder(), desk.world.holder())]
        first = handover_book.listed(actor=desk.office, limit=2, **desk.where)
        rest = handover_book.listed(actor=desk.office, after=first[-1].id, **desk.where)
        assert [each.id for each in first + rest] == [each.id for each in reversed(lines)]
        for q in (lines[0].number, "yjy302", "YJY30207"):
            found = handover_book.listed(actor=desk.office, q=q, **desk.where)
            assert [each.id for each in found] == [lines[0].id]
        assert len(handover_book.listed(actor=desk.office, q="张", **desk.where)) == 3
        assert handover_book.listed(actor=desk.office, q="李", **desk.where) == []

    def test_by_day(self, desk: Desk, holder: Holder) -> None:
        desk.hand(holder)
        one_day = dt.timedelta(days=1)
        for since, until, count in (
            (TODAY, TODAY, 1),
            (dt.date.min, dt.date.max, 1),
            (dt.date.max, dt.date.min, 0),
            (TODAY + one_day, None, 0),
            (None, TODAY - one_day, 0),
        ):
            found = handover_book.listed(actor=desk.office, since=since, until=until, **desk.where)
            assert len(found) == count

    def test_as_excel(self, desk: Desk, holder: Holder) -> None:
        proxy = desk.relative(holder)
        line = desk.hand(holder, received_by_id=proxy.member_id)
        content = handover_book.workbook(actor=desk.office, now=NOW, **desk.where)
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)  # type: ignore[union-attr]
        assert rows[0][:4] == ("序号", "发放日期", "卡号", "户号")
        assert rows[1][1:6] == (
            "2026-11-21 12:00", line.number, line.household_code, "张三", "张三（代）",
        )  # fmt: skip
        assert len(rows) == 2

    def test_who_may_not_read_it(self, desk: Desk, holder: Holder) -> None:
        for act in (
            lambda: handover_book.listed(actor=holder.actor, **desk.where),
            lambda: handover_book.workbook(actor=holder.actor, now=NOW, **desk.where),
        ):
            with pytest.raises(Forbidden):
                act()


class TestOwnCards:
    def test_with_what_is_left_today(self, desk: Desk, holder: Holder, clerk: Actor) -> None:
        line = desk.card(holder)
        desk.paid(clerk, line.number, desk.world.offer().id)
        [own] = card_lists.own(actor=holder.actor, now=NOW, **desk.where)
        assert (own.card.number, own.is_own) == (line.number, True)
        assert (own.day_points, own.left_today) == (20, 12)
        [use] = card_lists.uses(actor=holder.actor, now=NOW, card_id=line.card_id, **desk.where)
        assert (use.channel, use.points, use.state) == ("card", Decimal(8), "redeemed")

    def test_a_proxy_sees_it_too_and_nobody_else(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        proxy, relative = desk.relative(holder), desk.relative(holder, is_proxy=False)
        [seen] = card_lists.own(actor=proxy.actor, now=NOW, **desk.where)
        assert (seen.card.id, seen.is_own) == (line.card_id, False)
        assert card_lists.uses(actor=proxy.actor, now=NOW, card_id=line.card_id, **desk.where) == []
        for other in (relative, desk.world.holder()):
            assert card_lists.own(actor=other.actor, now=NOW, **desk.where) == []
            with pytest.raises(CardNotHere):
                card_lists.uses(actor=other.actor, now=NOW, card_id=line.card_id, **desk.where)

    def test_the_office_searches_cards(self, desk: Desk, holder: Holder) -> None:
        line = desk.card(holder)
        stock = card_lists.search(actor=desk.office, state=CardState.STOCK, limit=1, **desk.where)
        more = card_lists.search(
            actor=desk.office, state=CardState.STOCK, after=stock[0].id, **desk.where
        )
        assert len(stock + more) == 2
        for found in (
            card_lists.search(actor=desk.office, q=line.number, **desk.where),
            card_lists.search(actor=desk.office, q="张三", **desk.where),
            card_lists.search(actor=desk.office, member_id=holder.member_id, **desk.where),
        ):
            assert [each.id for each in found] == [line.card_id]
        detail = card_lists.detail(actor=desk.office, card_id=line.card_id, **desk.where)
        assert (detail.member_name, detail.tries_left, detail.state) == ("张三", 3, "active")
        db.session.commit()
