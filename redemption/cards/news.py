"""News of a card 用卡、锁卡、挂失: to the holder's and the proxies' WeChat, else to the office.

Told through the outbox after the commit. A card is for people without a phone: where nobody has
one, or WeChat is not set up, somebody of the office calls (notices.py).
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_

from community import places, proxies
from community.models import MemberBinding, UserAccount
from kernel import clock, outbox, tenancy, unit_of_work
from kernel.database import db
from kernel.outbox import Message
from redemption import notify, receipts
from redemption.cards import notices
from redemption.models import CardNews, RedemptionCard
from redemption.notify import SendsMessages
from redemption.rules import card_numbers
from wechat.messages import MessageResult

TOPIC = "card.news"

_WORDS = {CardNews.BLOCKED: "卡已锁，不能用", CardNews.LOST: "卡已挂失，不能用"}


@dataclass(frozen=True, kw_only=True)
class Templates:
    """WeChat's ids of subscribe messages; empty where none is set up."""

    redeemed: str
    card: str


@dataclass(frozen=True, kw_only=True)
class _Told:
    """Whose card it is and who has WeChat: the holder's openid and the proxies'."""

    community_id: uuid.UUID
    card_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    what: CardNews
    redemption_id: uuid.UUID | None
    at: dt.datetime
    holder: str | None
    proxies: tuple[str, ...]


def tell(
    *,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    what: CardNews,
    now: dt.datetime,
    redemption_id: uuid.UUID | None = None,
) -> None:
    """Put the news on the outbox of the running unit of work."""
    payload = {"card_id": str(card_id), "news": what.value, "at": now.isoformat()}
    if redemption_id is not None:
        payload["redemption_id"] = str(redemption_id)
    outbox.add(community_id=community_id, topic=TOPIC, now=now, payload=payload)


def deliver(message: Message, *, wechat_client: SendsMessages, templates: Templates) -> None:
    """Send to whoever has WeChat; where that reaches nobody, make a notice for the office.

    WeChat passes nothing on to who did not subscribe. May run twice for one message: the office
    still gets one notice. A use is told to the holder by the message every redemption sends, so
    only the proxies are written to here.
    """
    told = _told(message)
    template = templates.redeemed if told.what is CardNews.USED else templates.card
    everybody = (*((told.holder,) if told.holder else ()), *told.proxies)
    if not template or not everybody:
        _tell_office(told, message)
        return
    data, page = _fields(told), _page(told)
    # The look-up is over: no transaction stays open while WeChat answers.
    db.session.rollback()
    answers = [
        wechat_client.send_subscribe_message(
            openid=openid, template_id=template, data=data, page=page
        )
        for openid in (told.proxies if told.what is CardNews.USED else everybody)
    ]
    if answers and all(answer == MessageResult.NOT_SUBSCRIBED for answer in answers):
        _tell_office(told, message)


def _tell_office(told: _Told, message: Message) -> None:
    unit_of_work.run(
        notices.add, community_id=told.community_id, message_id=message.message_id,
        card_id=told.card_id, member_id=told.member_id, news=told.what,
        redemption_id=told.redemption_id, at=told.at,
    )  # fmt: skip


def _told(message: Message) -> _Told:
    community_id, payload = message.community_id, message.payload
    card = tenancy.get(RedemptionCard, community_id, uuid.UUID(str(payload["card_id"])))
    if card.member_id is None:
        raise AssertionError("there is no news of a card that nobody holds")
    at = dt.datetime.fromisoformat(str(payload["at"]))
    acting = proxies.of_grantor(community_id, card.member_id, clock.business_date(at))
    openids = _openids(community_id, {card.member_id, *acting})
    redemption_id = payload.get("redemption_id")
    return _Told(
        community_id=community_id,
        card_id=card.id,
        number=card_numbers.printed(card.number),
        member_id=card.member_id,
        what=CardNews(str(payload["news"])),
        redemption_id=None if redemption_id is None else uuid.UUID(str(redemption_id)),
        at=at,
        holder=openids.pop(card.member_id, None),
        proxies=tuple(sorted(openids.values())),
    )


def _openids(community_id: uuid.UUID, wanted: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Member → openid of the account they are bound to now, where there is one."""
    rows = db.session.execute(
        tenancy.columns(MemberBinding, community_id, MemberBinding.member_id, UserAccount.openid)
        .join(UserAccount, UserAccount.id == MemberBinding.account_id)
        .where(
            MemberBinding.member_id.in_(wanted),
            MemberBinding.ended_at_utc.is_(None),
            and_(UserAccount.openid.is_not(None), UserAccount.is_disabled.is_(False)),
        )
    )
    return {row.member_id: row.openid for row in rows}


def _fields(told: _Told) -> dict[str, str]:
    """Values by template key: those of a receipt, or card, what happened, where to go, time."""
    if told.redemption_id is not None:
        return notify.fields_of(receipts.by_id(told.community_id, told.redemption_id))
    local = told.at.astimezone(clock.SHANGHAI)
    return {
        "character_string1": told.number,
        "thing2": _WORDS[told.what],
        "thing3": places.community(told.community_id).office[:20],
        "time4": f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}",
    }


def _page(told: _Told) -> str:
    if told.redemption_id is not None:
        return f"pages/receipt/receipt?id={told.redemption_id}"
    return f"pages/card/card?id={told.card_id}"
