"""Reading batches of cards and what was done to them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, true

from community import places
from community.models import UserAccount
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.personal_text import PersonalText
from redemption.cards.errors import BatchUnknown
from redemption.models import CardBatch, CardBatchAct, CardBatchState, RedemptionCard
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A batch; ``cards`` is state of a card → how many, ``prints`` how often codes were drawn."""

    id: uuid.UUID
    number: int
    first_number: str
    last_number: str
    size: int
    state: str
    version: int
    ordered_at_utc: dt.datetime
    prints: int
    cards: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class BatchActView:
    """One act: what, by whom, about how many cards, why."""

    id: uuid.UUID
    act: str
    from_state: str | None
    to_state: str
    cards: int
    by_name: str | None
    why: str | None
    at_utc: dt.datetime


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    state: CardBatchState | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[BatchView]:
    """Batches, latest first."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    which: ColumnElement[bool] = true()
    if state is not None:
        which = and_(which, CardBatch.state == state)
    if after is not None:
        last = tenancy.columns(CardBatch, community_id, CardBatch.number).where(
            CardBatch.id == after
        )
        which = and_(which, CardBatch.number < last.scalar_subquery())
    return _views(community_id, which, limit)


def detail(*, actor: Actor, community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """One batch; BatchUnknown."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    return one(community_id, batch_id)


def one(community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """One batch as it stands; the caller has checked who asks. BatchUnknown."""
    found = _views(community_id, CardBatch.id == batch_id, 1)
    if not found:
        raise BatchUnknown()
    return found[0]


def acts(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[BatchActView]:
    """What was done to a batch, oldest first: who printed its codes, when and how often."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    one(community_id, batch_id)
    statement = (
        tenancy.columns(
            CardBatchAct, community_id, CardBatchAct, UserAccount.display_name, PersonalText.body
        )
        .outerjoin(UserAccount, UserAccount.id == CardBatchAct.actor_id)
        .outerjoin(
            PersonalText,
            and_(
                PersonalText.community_id == CardBatchAct.community_id,
                PersonalText.id == CardBatchAct.why_text_id,
            ),
        )
        .where(CardBatchAct.batch_id == batch_id)
        .order_by(CardBatchAct.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(CardBatchAct.id > after)
    return [
        BatchActView(
            id=row.id, act=row.act, from_state=row.from_state, to_state=row.to_state,
            cards=row.cards, by_name=name, why=why,
            at_utc=row.at_utc,
        )
        for row, name, why in db.session.execute(statement)
    ]  # fmt: skip


def _views(community_id: uuid.UUID, which: ColumnElement[bool], limit: int) -> list[BatchView]:
    rows = db.session.scalars(
        tenancy.select(CardBatch, community_id)
        .where(which)
        .order_by(CardBatch.number.desc())
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    counted = _counted(community_id, ids)
    prints = _prints(community_id, ids)
    return [
        BatchView(
            id=row.id,
            number=row.number,
            first_number=card_numbers.printed(row.first_number),
            last_number=card_numbers.printed(row.last_number),
            size=row.last_number - row.first_number + 1,
            state=row.state,
            version=row.version,
            ordered_at_utc=row.ordered_at_utc,
            prints=prints.get(row.id, 0),
            cards=counted.get(row.id, {}),
        )
        for row in rows
    ]


def _counted(community_id: uuid.UUID, ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    found: dict[uuid.UUID, dict[str, int]] = {}
    rows = db.session.execute(
        tenancy.columns(
            RedemptionCard, community_id, RedemptionCard.batch_id, RedemptionCard.state,
            func.count().label("count"),
        )
        .where(RedemptionCard.batch_id.in_(ids))
        .group_by(RedemptionCard.batch_id, RedemptionCard.state)
    )  # fmt: skip
    for batch_id, state, count in rows:
        found.setdefault(batch_id, {})[state] = count
    return found


def _prints(community_id: uuid.UUID, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        tenancy.columns(CardBatchAct, community_id, CardBatchAct.batch_id, func.count())
        .where(CardBatchAct.batch_id.in_(ids), CardBatchAct.act == CardBatchState.PRINTED)
        .group_by(CardBatchAct.batch_id)
    )
    return {row[0]: row[1] for row in rows}
