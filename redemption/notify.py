"""Telling the holder in WeChat that points were redeemed; runs in the outbox worker."""

from __future__ import annotations

import uuid
from typing import Protocol

from sqlalchemy import and_

from community.models import MemberBinding, UserAccount
from kernel import clock, tenancy
from kernel.database import db
from kernel.outbox import Message
from kernel.points_value import as_text
from redemption import receipts
from redemption.models import Redemption
from redemption.receipts import Receipt


class SendsMessages(Protocol):
    """What is needed of the WeChat client."""

    def send_subscribe_message(
        self, *, openid: str, template_id: str, data: dict[str, str], page: str | None
    ) -> object: ...


def send_redeemed_message(
    message: Message, *, wechat_client: SendsMessages, template_id: str
) -> None:
    """Send the subscribe message where the holder's account has an openid and a template is set.

    May run twice for one message; the receipt number lets the holder see that it is the same.
    """
    redemption_id = uuid.UUID(str(message.payload["redemption_id"]))
    openid = _openid(message.community_id, redemption_id)
    if not template_id or openid is None:
        return
    receipt = receipts.by_id(message.community_id, redemption_id)
    # The look-up is over: no transaction stays open while WeChat answers.
    db.session.rollback()
    wechat_client.send_subscribe_message(
        openid=openid,
        template_id=template_id,
        data=fields_of(receipt),
        page=f"pages/receipt/receipt?id={redemption_id}",
    )


def fields_of(receipt: Receipt) -> dict[str, str]:
    """Values by template key, in the order: offer, merchant, points, receipt number, time."""
    redeemed_at = receipt.resolved_at_utc or receipt.held_at_utc
    local = redeemed_at.astimezone(clock.SHANGHAI)
    return {
        "thing1": receipt.offer_title,
        "thing2": receipt.merchant_name,
        "number3": as_text(receipt.points).replace(",", ""),
        "character_string4": receipt.receipt_number,
        "time5": f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}",
    }


def _openid(community_id: uuid.UUID, redemption_id: uuid.UUID) -> str | None:
    """The openid of the account the holder is bound to now; None where there is none."""
    found: str | None = db.session.scalar(
        tenancy.columns(Redemption, community_id, UserAccount.openid)
        .join(
            MemberBinding,
            and_(
                MemberBinding.community_id == Redemption.community_id,
                MemberBinding.member_id == Redemption.member_id,
                MemberBinding.ended_at_utc.is_(None),
            ),
        )
        .join(UserAccount, UserAccount.id == MemberBinding.account_id)
        .where(Redemption.id == redemption_id, UserAccount.is_disabled.is_(False))
    )
    return found
