"""News of a card: to the holder's and the proxies' WeChat, else a notice for the office."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from community import bindings
from community.models import UserAccount
from kernel import outbox, unit_of_work
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from kernel.outbox import Message
from merchants.models import Offer
from redemption.cards import news, notices, stopping
from redemption.cards.errors import AlreadyCalled
from redemption.cards.news import Templates
from redemption.counter import TOPIC_REDEEMED
from tests.integration.redemption.cards.desk import ON_SQLITE, WRONG, Desk
from tests.integration.redemption.world import NOW, Holder
from wechat.messages import MessageResult

pytestmark = ON_SQLITE


class FakeWeChat:
    def __init__(self, *, subscribed: Sequence[str] | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.subscribed = subscribed

    def send_subscribe_message(self, **message: Any) -> MessageResult:
        if self.subscribed is not None and message["openid"] not in self.subscribed:
            return MessageResult.NOT_SUBSCRIBED
        self.sent.append(message)
        return MessageResult.SENT


def leased(desk: Desk) -> list[Message]:
    """Everything on the outbox, in the order in which it was put there."""
    found = unit_of_work.run(outbox.lease, community_id=desk.community_id, now=NOW)
    return sorted(found, key=lambda message: message.message_id)


def delivered(desk: Desk, *, card: str = "card-id", redeemed: str = "redeemed-id") -> FakeWeChat:
    """Commit, lease, deliver the news of cards."""
    db.session.commit()
    wechat = FakeWeChat()
    for message in leased(desk):
        if message.topic == news.TOPIC:
            news.deliver(
                message, wechat_client=wechat, templates=Templates(redeemed=redeemed, card=card)
            )
    return wechat


def openid(holder: Holder) -> str:
    return str(db.session.get_one(UserAccount, holder.actor.account_id).openid)


def without_phone(desk: Desk, holder: Holder) -> None:
    bindings.end_of_member(actor=desk.office, now=NOW, member_id=holder.member_id, **desk.where)


def lost(desk: Desk, holder: Holder) -> str:
    line = desk.card(holder)
    stopping.report_lost(actor=desk.office, now=NOW, card_id=line.card_id, **desk.where)
    return line.number


class TestWithWeChat:
    def test_a_loss_is_told_to_holder_and_proxy(self, desk: Desk, holder: Holder) -> None:
        proxy, relative = desk.relative(holder), desk.relative(holder, is_proxy=False)
        number = lost(desk, holder)
        sent = delivered(desk).sent
        assert [each["openid"] for each in sent] == [openid(holder), openid(proxy)]
        assert openid(relative) not in str(sent)
        assert sent[0]["template_id"] == "card-id"
        assert sent[0]["data"] == {
            "character_string1": number,
            "thing2": "卡已挂失，不能用",
            "thing3": "窗口",
            "time4": "2026年11月21日 12:00",
        }
        assert notices.listed(actor=desk.office, **desk.where) == []

    def test_three_wrong_pins_as_well(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        for _ in range(3):
            desk.pay(clerk, line.number, offer.id, pin=WRONG)
        [message] = delivered(desk).sent
        assert message["data"]["thing2"] == "卡已锁，不能用"
        assert WRONG not in str(message)

    def test_a_use_is_told_to_the_proxy_the_holder_has_the_receipt(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        proxy, line = desk.relative(holder), desk.card(holder)
        receipt = desk.paid(clerk, line.number, offer.id)
        db.session.commit()
        messages = leased(desk)
        assert [message.topic for message in messages] == [TOPIC_REDEEMED, news.TOPIC]
        wechat = FakeWeChat()
        news.deliver(
            messages[1], wechat_client=wechat, templates=Templates(redeemed="redeemed-id", card="")
        )
        [sent] = wechat.sent
        assert (sent["openid"], sent["template_id"]) == (openid(proxy), "redeemed-id")
        assert sent["data"]["character_string4"] == receipt.receipt_number


class TestWithoutAPhone:
    @pytest.mark.parametrize("who", ["nobody", "proxy"])
    def test_who_did_not_subscribe_is_not_reached(
        self, desk: Desk, holder: Holder, who: str
    ) -> None:
        proxy = desk.relative(holder)
        lost(desk, holder)
        db.session.commit()
        [message] = leased(desk)
        wechat = FakeWeChat(subscribed=[openid(proxy)] if who == "proxy" else [])
        news.deliver(message, wechat_client=wechat, templates=Templates(redeemed="", card="x"))
        calls = notices.listed(actor=desk.office, **desk.where)
        assert (len(wechat.sent), len(calls)) == ((1, 0) if who == "proxy" else (0, 1))

    def test_the_office_is_told_whom_to_call(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        without_phone(desk, holder)
        receipt = desk.paid(clerk, line.number, offer.id)
        assert delivered(desk).sent == []
        [notice] = notices.listed(actor=desk.office, **desk.where)
        assert (notice.news, notice.number, notice.member_name) == ("used", line.number, "张三")
        assert (notice.points, notice.receipt_number) == (8, receipt.receipt_number)
        assert notice.merchant_name == desk.world.merchant.name

    def test_a_message_delivered_twice_makes_one_notice(self, desk: Desk, holder: Holder) -> None:
        without_phone(desk, holder)
        lost(desk, holder)
        db.session.commit()
        [message] = leased(desk)
        for _ in range(2):
            news.deliver(
                message, wechat_client=FakeWeChat(), templates=Templates(redeemed="", card="x")
            )
        assert len(notices.listed(actor=desk.office, **desk.where)) == 1

    def test_where_no_template_is_set_up(self, desk: Desk, holder: Holder) -> None:
        lost(desk, holder)
        assert delivered(desk, card="").sent == []
        assert len(notices.listed(actor=desk.office, **desk.where)) == 1

    def test_a_disabled_account_is_no_phone(self, desk: Desk, holder: Holder) -> None:
        db.session.get_one(UserAccount, holder.actor.account_id).is_disabled = True
        lost(desk, holder)
        assert delivered(desk).sent == []
        assert len(notices.listed(actor=desk.office, **desk.where)) == 1


class TestCalling:
    @pytest.fixture
    def notice(self, desk: Desk, holder: Holder) -> notices.NoticeView:
        without_phone(desk, holder)
        lost(desk, holder)
        delivered(desk)
        return notices.listed(actor=desk.office, **desk.where)[0]

    def test_once_and_by_name(self, desk: Desk, notice: notices.NoticeView) -> None:
        act = {"now": NOW, "notice_id": notice.id, **desk.where}
        called = notices.mark_called(actor=desk.office, **act)
        assert (called.called_by, called.called_at_utc) == (desk.office.account_id, NOW)
        assert notices.listed(actor=desk.office, **desk.where) == []
        done = notices.listed(actor=desk.office, is_open=False, **desk.where)
        assert [each.id for each in done] == [notice.id]
        with pytest.raises(AlreadyCalled):
            notices.mark_called(actor=desk.world.actor("grid_worker"), **act)

    def test_lists_page(self, desk: Desk, notice: notices.NoticeView) -> None:
        lost(desk, desk.world.holder())
        delivered(desk, card="")
        first = notices.listed(actor=desk.office, limit=1, **desk.where)
        rest = notices.listed(actor=desk.office, after=first[0].id, **desk.where)
        assert first[0].id == notice.id
        assert len(rest) == 1
        for each in first + rest:
            notices.mark_called(actor=desk.office, now=NOW, notice_id=each.id, **desk.where)
        done = {"actor": desk.office, "is_open": False, **desk.where}
        [latest] = notices.listed(**done, limit=1)
        assert latest.id == rest[0].id
        assert [each.id for each in notices.listed(**done, after=latest.id)] == [notice.id]

    def test_by_who_hands_cards_over_only(
        self, desk: Desk, holder: Holder, notice: notices.NoticeView
    ) -> None:
        for role in ("supervisor", "auditor"):
            with pytest.raises(Forbidden):
                notices.listed(actor=desk.world.actor(role), **desk.where)
        with pytest.raises(NotFound):
            notices.mark_called(actor=desk.office, now=NOW, notice_id=new_id(), **desk.where)


def test_app_delivers_the_news(desk: Desk, app: Any) -> None:
    handler = app.extensions["outbox_handlers"][news.TOPIC]
    assert handler.func is news.deliver
    assert dataclasses.asdict(handler.keywords["templates"]) == {"redeemed": "", "card": ""}
