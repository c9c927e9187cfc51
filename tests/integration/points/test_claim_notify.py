"""The WeChat message about a decided claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from community.models import UserAccount
from kernel import outbox, tenancy
from kernel.database import db
from kernel.outbox import Message
from points.claims import deciding
from points.claims.notify import send_decided_message
from points.claims.views import ClaimView
from tests.integration.points.claim_world import ClaimWorld
from tests.integration.points.world import NOW, World
from wechat.messages import fitted
from wechat.sandbox import openid_of


class Client:
    """Keeps what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_subscribe_message(self, **message: Any) -> None:
        assert not db.session.registry().in_transaction(), "WeChat is slow"
        self.sent.append(message)


@pytest.fixture
def wechat() -> Client:
    return Client()


@pytest.fixture
def claims(world: World, tmp_path: Path) -> ClaimWorld:
    made = ClaimWorld(world, tmp_path / "files")
    account = UserAccount(
        id=made.me.account_id, openid=openid_of("zhang"), display_name="张", created_at_utc=NOW
    )
    db.session.add(account)
    return made


def messages(claims: ClaimWorld) -> list[Message]:
    db.session.commit()
    rows = db.session.scalars(
        tenancy.select(outbox.OutboxMessage, claims.community_id).where(
            outbox.OutboxMessage.topic == deciding.DECIDED_TOPIC
        )
    )
    return [
        Message(
            community_id=row.community_id, message_id=row.id, topic=row.topic,
            payload=row.payload, attempts=1,
        )
        for row in rows
    ]  # fmt: skip


def decided(claims: ClaimWorld, outcome: str) -> ClaimView:
    checked = claims.check(claims.submit())
    return claims.accept(checked) if outcome == "accepted" else claims.decline(checked)


@pytest.mark.parametrize(("outcome", "word"), [("accepted", "已通过"), ("declined", "未通过")])
def test_tells_what_was_decided_and_not_why(
    claims: ClaimWorld, wechat: Client, outcome: str, word: str
) -> None:
    claim = decided(claims, outcome)
    (message,) = messages(claims)
    send_decided_message(message, wechat_client=wechat, template_id="tpl")
    (sent,) = wechat.sent
    assert (sent["openid"], sent["template_id"]) == (openid_of("zhang"), "tpl")
    assert sent["page"] == f"pages/claim/claim?id={claim.id}"
    assert (sent["data"]["thing1"], sent["data"]["phrase2"]) == ("项目CLAIM", word)
    assert sent["data"]["date3"] == "2026年11月21日"
    assert "照片里看不出" not in str(sent)
    assert set(fitted(sent["data"])) == set(sent["data"]), "WeChat takes every value"


def test_nothing_is_said_before_the_decision(claims: ClaimWorld) -> None:
    claims.check(claims.submit())
    assert messages(claims) == []


def test_is_not_sent_without_a_template(claims: ClaimWorld, wechat: Client) -> None:
    decided(claims, "accepted")
    (message,) = messages(claims)
    send_decided_message(message, wechat_client=wechat, template_id="")
    assert wechat.sent == []


def test_is_not_sent_to_an_account_without_wechat(claims: ClaimWorld, wechat: Client) -> None:
    decided(claims, "declined")
    account = db.session.get_one(UserAccount, claims.me.account_id)
    account.openid, account.login_name, account.password_hash = None, "zhang", "x"
    (message,) = messages(claims)
    send_decided_message(message, wechat_client=wechat, template_id="tpl")
    assert wechat.sent == []
