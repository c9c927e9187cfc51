"""Batches of cards: ordered by the office, printed, received, voided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import require_version
from kernel.ids import new_id
from redemption.cards import batch_lists, tokens
from redemption.cards.batch_lists import BatchView
from redemption.cards.errors import BatchStepIllegal, BatchUnknown, NumbersUsedUp
from redemption.models import (
    CardAct,
    CardBatch,
    CardBatchAct,
    CardBatchState,
    CardCounter,
    CardState,
    CardWay,
    RedemptionCard,
)
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers
from redemption.rules.card_steps import require_batch_step


@dataclass(frozen=True, kw_only=True)
class PrintedCard:
    """What stands on one card: the number, and the token for the QR (``tokens.payload``)."""

    id: uuid.UUID
    number: str
    token: str


@dataclass(frozen=True, kw_only=True)
class PrintSheet:
    """The cards of a batch that are not handed over, to be drawn once."""

    batch: BatchView
    cards: list[PrintedCard]


def order(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, size: int) -> BatchView:
    """Order ``size`` (1–500) cards with the next free numbers. Raises NumbersUsedUp."""
    actor.require(RedemptionPermission.MANAGE_CARDS, places.place_of(community_id))
    number, last = _next_numbers(community_id, size)
    batch = CardBatch(
        community_id=community_id, id=new_id(), number=number, first_number=last - size + 1,
        last_number=last, state=CardBatchState.ORDERED, version=1, ordered_at_utc=now,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    ids = [new_id() for _ in range(size)]
    db.session.execute(
        sa.insert(RedemptionCard),
        [
            {
                "community_id": community_id,
                "id": card_id,
                "batch_id": batch.id,
                "number": batch.first_number + place,
                "token_hmac": tokens.kept(tokens.token_of(card_id)),
                "state": CardState.STOCK,
                "version": 1,
                "misses": 0,
            }
            for place, card_id in enumerate(ids)
        ],
    )
    _keep_act(batch, CardBatchState.ORDERED, None, actor=actor, now=now, cards=size)
    return batch_lists.one(community_id, batch.id)


def print_cards(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    version: int,
    card_ids: Sequence[uuid.UUID] | None = None,
) -> PrintSheet:
    """The codes of the cards not handed over yet, for one printing; every printing is kept.

    ``card_ids`` chooses some of them, such as spoilt ones. Raises BatchUnknown, StaleVersion,
    BatchStepIllegal.
    """
    actor.require(RedemptionPermission.MANAGE_CARDS, places.place_of(community_id))
    batch = _locked(community_id, batch_id, version)
    is_received = batch.state == CardBatchState.RECEIVED
    to = CardBatchState.RECEIVED if is_received else CardBatchState.PRINTED
    wanted = _stock(batch)
    if card_ids is not None:
        wanted = wanted.where(RedemptionCard.id.in_(card_ids))
    cards = [
        PrintedCard(
            id=row.id, number=card_numbers.printed(row.number), token=tokens.token_of(row.id)
        )
        for row in db.session.execute(wanted.order_by(RedemptionCard.number))
    ]
    _step(batch, to, act=CardBatchState.PRINTED, actor=actor, now=now, cards=len(cards))
    return PrintSheet(batch=batch_lists.one(community_id, batch_id), cards=cards)


def receive(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    version: int,
) -> BatchView:
    """The printed cards lie in the office: from now on they can be handed over."""
    actor.require(RedemptionPermission.MANAGE_CARDS, places.place_of(community_id))
    batch = _locked(community_id, batch_id, version)
    if batch.state == CardBatchState.RECEIVED:
        raise BatchStepIllegal(state=batch.state, to=CardBatchState.RECEIVED)
    cards = len(db.session.execute(_stock(batch)).all())
    _step(
        batch, CardBatchState.RECEIVED, act=CardBatchState.RECEIVED, actor=actor, now=now,
        cards=cards,
    )  # fmt: skip
    return batch_lists.one(community_id, batch_id)


def void(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    version: int,
    why: str,
) -> BatchView:
    """Void what is not handed over of a batch (misprinted, gone astray); the rest stays in use."""
    actor.require(RedemptionPermission.MANAGE_CARDS, places.place_of(community_id))
    why_text_id = personal_text.keep_why(
        community_id=community_id, why=why, now=now, is_required=True
    )
    batch = _locked(community_id, batch_id, version)
    require_batch_step(batch.state, CardBatchState.VOIDED)
    voided = list(
        db.session.scalars(
            tenancy.update(RedemptionCard, community_id)
            .where(
                RedemptionCard.batch_id == batch_id,
                RedemptionCard.state == CardState.STOCK,
            )
            .values(state=CardState.VOIDED, version=RedemptionCard.version + 1)
            .returning(RedemptionCard.id)
            .execution_options(synchronize_session=False)
        )
    )
    _keep_voided(community_id, voided, actor=actor, now=now, why_text_id=why_text_id)
    _step(
        batch, CardBatchState.VOIDED, act=CardBatchState.VOIDED, actor=actor, now=now,
        cards=len(voided), why_text_id=why_text_id,
    )  # fmt: skip
    return batch_lists.one(community_id, batch_id)


def _next_numbers(community_id: uuid.UUID, size: int) -> tuple[int, int]:
    """The batch's number and its last card's; whoever orders at the same time waits."""
    counter = upsert(CardCounter).values(
        community_id=community_id, id=new_id(), last_batch=1, last_number=size
    )
    row = db.session.execute(
        counter.on_conflict_do_update(
            index_elements=["community_id"],
            set_={
                "last_batch": CardCounter.last_batch + 1,
                "last_number": CardCounter.last_number + size,
            },
            where=CardCounter.last_number + size <= card_numbers.MOST,
        ).returning(CardCounter.last_batch, CardCounter.last_number)
    ).first()
    if row is None:
        last = db.session.scalar(
            tenancy.columns(CardCounter, community_id, CardCounter.last_number)
        )
        raise NumbersUsedUp(field="size", left=card_numbers.MOST - int(last or 0))
    return row.last_batch, row.last_number


def _locked(community_id: uuid.UUID, batch_id: uuid.UUID, version: int) -> CardBatch:
    batch = tenancy.locked(CardBatch, community_id, batch_id, unknown=BatchUnknown)
    require_version(batch.version, version)
    return batch


def _stock(batch: CardBatch) -> sa.Select[Any]:
    return tenancy.columns(
        RedemptionCard, batch.community_id, RedemptionCard.id, RedemptionCard.number
    ).where(RedemptionCard.batch_id == batch.id, RedemptionCard.state == CardState.STOCK)


def _keep_voided(
    community_id: uuid.UUID,
    card_ids: Sequence[uuid.UUID],
    *,
    actor: Actor,
    now: dt.datetime,
    why_text_id: uuid.UUID | None,
) -> None:
    rows = [
        {
            "community_id": community_id,
            "id": new_id(),
            "card_id": card_id,
            "from_state": CardState.STOCK,
            "to_state": CardState.VOIDED,
            "way": CardWay.WINDOW,
            "actor_id": actor.account_id,
            "why_text_id": why_text_id,
            "at_utc": now,
        }
        for card_id in card_ids
    ]
    if rows:
        db.session.execute(sa.insert(CardAct), rows)


def _step(
    batch: CardBatch,
    to: CardBatchState,
    *,
    act: CardBatchState,
    actor: Actor,
    now: dt.datetime,
    cards: int,
    why_text_id: uuid.UUID | None = None,
) -> None:
    require_batch_step(batch.state, to)
    before = batch.state
    batch.state = to
    batch.version += 1
    _keep_act(batch, act, before, actor=actor, now=now, cards=cards, why_text_id=why_text_id)


def _keep_act(
    batch: CardBatch,
    act: CardBatchState,
    before: str | None,
    *,
    actor: Actor,
    now: dt.datetime,
    cards: int,
    why_text_id: uuid.UUID | None = None,
) -> None:
    db.session.add(
        CardBatchAct(
            community_id=batch.community_id, batch_id=batch.id, act=act, from_state=before,
            to_state=batch.state, cards=cards, actor_id=actor.account_id,
            why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    audit.record(
        actor=actor, now=now, community_id=batch.community_id, act=f"card_batch.{act}",
        subject_kind="card_batch", subject_id=batch.id, cards=cards,
    )  # fmt: skip
    db.session.flush()
