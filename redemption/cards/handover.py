"""Handing cards over at the window: to the member, or to a granted proxy who came instead."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members, places, proxies
from community.models import Member
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from redemption.cards import handover_book, lookup, stepping
from redemption.cards.errors import (
    CardNotHere,
    CardNotReceived,
    CardStepIllegal,
    HasCard,
    OwnHousehold,
    ReceiverNotAllowed,
)
from redemption.cards.handover_book import HandoverView
from redemption.models import (
    CardBatch,
    CardBatchState,
    CardHandover,
    CardState,
    CardWay,
    RedemptionCard,
)
from redemption.models.cards import LIVE
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers


def hand_over(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card: str,
    member_id: uuid.UUID,
    received_by_id: uuid.UUID | None = None,
) -> HandoverView:
    """Hand a card (scanned or typed) over to a member, and write it into the book.

    Raises OwnHousehold, ReceiverNotAllowed, CardUnreadable, CardNotHere, CardNotReceived,
    CardStepIllegal, HasCard; NotFound for who is no member today.
    """
    actor.require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    _require_receiver(actor, now, community_id, member_id, received_by_id or member_id)
    _one_at_a_time(community_id, member_id)
    present = _live_number(community_id, member_id)
    if present is not None:
        raise HasCard(field="member_id", number=card_numbers.printed(present))
    return _give(
        actor=actor, now=now, community_id=community_id, card=card, member_id=member_id,
        received_by_id=received_by_id or member_id,
    )  # fmt: skip


def replace(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    card: str,
    received_by_id: uuid.UUID | None = None,
    why: str | None = None,
) -> HandoverView:
    """Give a new card for the holder's old one, which is dead at once; no points move.

    Raises what :func:`hand_over` raises, and StaleVersion.
    """
    actor.require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    member_id: uuid.UUID | None = lookup.by_id(community_id, card_id).member_id
    if member_id is None:
        raise CardNotHere(field="card_id")
    _require_receiver(actor, now, community_id, member_id, received_by_id or member_id)
    _one_at_a_time(community_id, member_id)
    old = stepping.locked(community_id, card_id, version=version)
    why_text_id = personal_text.keep_why(community_id=community_id, why=why, now=now)
    stepping.step(
        old, CardState.REPLACED, actor=actor, now=now, way=CardWay.WINDOW, why_text_id=why_text_id
    )
    return _give(
        actor=actor, now=now, community_id=community_id, card=card, member_id=member_id,
        received_by_id=received_by_id or member_id, replaces=card_id,
    )  # fmt: skip


def _require_receiver(
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    received_by_id: uuid.UUID,
) -> None:
    """A member of today, not of the actor's household; who comes for them is a granted proxy."""
    today = clock.business_date(now)
    members.identity(community_id, member_id, today)
    if member_id in members.own_circle(community_id, actor):
        raise OwnHousehold(field="member_id")
    acting = proxies.of_grantor(community_id, member_id, today)
    if received_by_id != member_id and received_by_id not in acting:
        raise ReceiverNotAllowed(field="received_by_id")


def _one_at_a_time(community_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Whoever hands the same member a card at the same time waits here."""
    row = tenancy.columns(Member, community_id, Member.id).where(Member.id == member_id)
    db.session.execute(row.with_for_update(key_share=True)).one()


def _live_number(community_id: uuid.UUID, member_id: uuid.UUID) -> int | None:
    """The number of the member's living card; the database lets nobody have two."""
    found: int | None = db.session.scalar(
        tenancy.columns(RedemptionCard, community_id, RedemptionCard.number).where(
            RedemptionCard.member_id == member_id, RedemptionCard.state.in_(LIVE)
        )
    )
    return found


def _give(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card: str,
    member_id: uuid.UUID,
    received_by_id: uuid.UUID,
    replaces: uuid.UUID | None = None,
) -> HandoverView:
    found = lookup.by_text(community_id, card, field="card")
    row = stepping.locked(community_id, found.id)
    batch = tenancy.get(CardBatch, community_id, row.batch_id)
    if row.state != CardState.STOCK:
        # Lost or in use it could step to "handed" as well, but it is its holder's.
        raise CardStepIllegal(state=row.state, to=CardState.HANDED)
    if batch.state != CardBatchState.RECEIVED:
        raise CardNotReceived(field="card")
    row.member_id = member_id
    stepping.step(row, CardState.HANDED, actor=actor, now=now, way=CardWay.WINDOW)
    line = CardHandover(
        community_id=community_id, id=new_id(), card_id=row.id, member_id=member_id,
        received_by_id=received_by_id, replaces_card_id=replaces, actor_id=actor.account_id,
        at_utc=now,
    )  # fmt: skip
    db.session.add(line)
    audit.record(
        actor=actor, now=now, community_id=community_id, act="card.handed_over",
        subject_kind="card_handover", subject_id=line.id,
    )  # fmt: skip
    db.session.flush()
    return handover_book.one(community_id, line.id)
