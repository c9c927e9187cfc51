"""Whom the office has to call 待告知: news of cards whose holder and proxies have no WeChat."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_

from community import places
from community.models import Member
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import NotFound
from kernel.ids import new_id
from merchants.models import Merchant
from redemption.cards.errors import AlreadyCalled
from redemption.models import CardNews, CardNotice, Redemption, RedemptionCard
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """One piece of news; shop, points and receipt number where the card was used."""

    id: uuid.UUID
    news: str
    card_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    member_name: str
    merchant_name: str | None
    points: Decimal | None
    receipt_number: str | None
    at_utc: dt.datetime
    called_at_utc: dt.datetime | None
    called_by: uuid.UUID | None


def add(
    *,
    community_id: uuid.UUID,
    message_id: uuid.UUID,
    card_id: uuid.UUID,
    member_id: uuid.UUID,
    news: CardNews,
    redemption_id: uuid.UUID | None,
    at: dt.datetime,
) -> None:
    """Enter one; the same message makes one notice, however often it is delivered."""
    db.session.execute(
        upsert(CardNotice)
        .values(
            community_id=community_id, id=new_id(), message_id=message_id, card_id=card_id,
            member_id=member_id, news=news, redemption_id=redemption_id, at_utc=at,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    is_open: bool = True,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[NoticeView]:
    """Whom to call, oldest first; with ``is_open`` False who has been called, latest first."""
    actor.require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    if is_open:
        which: ColumnElement[bool] = CardNotice.called_at_utc.is_(None)
        if after is not None:
            which = and_(which, CardNotice.id > after)
        return _views(community_id, which, order=CardNotice.id.asc(), limit=limit)
    which = CardNotice.called_at_utc.is_not(None)
    if after is not None:
        which = and_(which, CardNotice.id < after)
    return _views(community_id, which, order=CardNotice.id.desc(), limit=limit)


def mark_called(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, notice_id: uuid.UUID
) -> NoticeView:
    """The holder has been told, by the actor. Raises AlreadyCalled, NotFound."""
    actor.require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    called = db.session.execute(
        tenancy.update(CardNotice, community_id)
        .where(CardNotice.id == notice_id, CardNotice.called_at_utc.is_(None))
        .values(called_at_utc=now, called_by=actor.account_id)
        .returning(CardNotice.id)
        .execution_options(synchronize_session=False)
    ).first()
    found = _views(community_id, CardNotice.id == notice_id, order=CardNotice.id.asc(), limit=1)
    if not found:
        raise NotFound()
    if called is None:
        raise AlreadyCalled()
    audit.record(
        actor=actor, now=now, community_id=community_id, act="card_notice.called",
        subject_kind="card_notice", subject_id=notice_id,
    )  # fmt: skip
    db.session.flush()
    return found[0]


def _views(
    community_id: uuid.UUID, which: ColumnElement[bool], *, order: ColumnElement[Any], limit: int
) -> list[NoticeView]:
    rows = db.session.execute(
        tenancy.columns(
            CardNotice, community_id, CardNotice.id, CardNotice.news, CardNotice.card_id,
            RedemptionCard.number, CardNotice.member_id, Member.name.label("member_name"),
            Merchant.name.label("merchant_name"), Redemption.points, Redemption.receipt_number,
            CardNotice.at_utc, CardNotice.called_at_utc, CardNotice.called_by,
        )
        .join(
            RedemptionCard,
            and_(
                RedemptionCard.community_id == CardNotice.community_id,
                RedemptionCard.id == CardNotice.card_id,
            ),
        )
        .join(
            Member,
            and_(
                Member.community_id == CardNotice.community_id, Member.id == CardNotice.member_id
            ),
        )
        .outerjoin(
            Redemption,
            and_(
                Redemption.community_id == CardNotice.community_id,
                Redemption.id == CardNotice.redemption_id,
            ),
        )
        .outerjoin(Merchant, Merchant.id == Redemption.merchant_id)
        .where(which)
        .order_by(order)
        .limit(limit)
    )  # fmt: skip
    return [
        NoticeView(**{**row._mapping, "number": card_numbers.printed(row.number)}) for row in rows
    ]
