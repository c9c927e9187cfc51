"""The WeChat message about a redemption."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.database import db
from kernel.ids import new_id
from kernel.outbox import Message
from redemption.notify import send_redeemed_message
from tests.integration.redemption.world import AllianceWorld, Holder
from wechat.messages import fitted


class Client:
    """Keeps what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_subscribe_message(self, **message: Any) -> None:
        self.sent.append(message)


@pytest.fixture
def client_of_wechat() -> Client:
    return Client()


@pytest.fixture
def message(world: AllianceWorld, holder: Holder) -> Message:
    code = world.hold(holder, world.offer()).code
    assert code is not None
    receipt = world.redeem(world.clerk(), code.token)
    db.session.commit()
    return Message(
        community_id=world.community_id, message_id=new_id(), topic="redemption.redeemed",
        payload={"redemption_id": str(receipt.id)}, attempts=1,
    )  # fmt: skip


def test_names_offer_shop_points_number_and_time(
    message: Message, client_of_wechat: Client, holder: Holder
) -> None:
    send_redeemed_message(message, wechat_client=client_of_wechat, template_id="tpl")
    sent = client_of_wechat.sent[0]
    assert sent["template_id"] == "tpl"
    assert sent["data"]["thing1"] == "早餐一份"
    assert sent["data"]["number3"] == "8"
    assert sent["data"]["time5"] == "2026年11月21日 12:00"
    assert fitted(sent["data"])["character_string4"]["value"] == sent["data"]["character_string4"]


def test_is_not_sent_without_a_template(message: Message, client_of_wechat: Client) -> None:
    send_redeemed_message(message, wechat_client=client_of_wechat, template_id="")
    assert client_of_wechat.sent == []


def test_is_not_sent_to_an_account_without_wechat(
    world: AllianceWorld, message: Message, client_of_wechat: Client, holder: Holder
) -> None:
    from community.models import UserAccount

    account = db.session.get_one(UserAccount, holder.actor.account_id)
    account.openid, account.login_name, account.password_hash = None, "zhang", "x"
    db.session.commit()
    send_redeemed_message(message, wechat_client=client_of_wechat, template_id="tpl")
    assert client_of_wechat.sent == []


def test_keeps_no_transaction_open_while_wechat_answers(
    message: Message, client_of_wechat: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[bool] = []
    monkeypatch.setattr(
        client_of_wechat,
        "send_subscribe_message",
        lambda **_: states.append(db.session.registry().in_transaction()),
    )
    send_redeemed_message(message, wechat_client=client_of_wechat, template_id="tpl")
    assert states == [False]
