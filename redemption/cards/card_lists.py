"""Reading cards: the office's list, a card's history, one's own cards and their uses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, true

from community import places, proxies
from community.models import Household, Member, Membership, UserAccount
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.personal_text import PersonalText
from kernel.points_value import from_tenths
from merchants import quotas
from redemption import receipts
from redemption.cards import day_limits, lookup
from redemption.cards.errors import CardNotHere
from redemption.cards.handover_book import matching
from redemption.models import CardAct, CardBatch, CardState, Redemption, RedemptionCard
from redemption.models.cards import LIVE
from redemption.permissions import RedemptionPermission
from redemption.receipts import Receipt
from redemption.rules import card_numbers
from redemption.rules.pins import MOST_MISSES


@dataclass(frozen=True, kw_only=True)
class CardView:
    """One card; holder's fields are None while it is in stock."""

    id: uuid.UUID
    number: str
    state: str
    version: int
    batch_id: uuid.UUID
    batch_number: int
    member_id: uuid.UUID | None
    member_name: str | None
    household_code: str | None
    tries_left: int


@dataclass(frozen=True, kw_only=True)
class OwnCard:
    """A card of oneself or of somebody one acts for, with what it may still spend today."""

    card: CardView
    is_own: bool
    day_points: Decimal
    left_today: Decimal


@dataclass(frozen=True, kw_only=True)
class CardActView:
    """One act of a card: from, to, which way, by whom, why, when."""

    id: uuid.UUID
    from_state: str | None
    to_state: str
    way: str
    by_name: str | None
    why: str | None
    at_utc: dt.datetime


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    q: str | None = None,
    state: CardState | None = None,
    batch_id: uuid.UUID | None = None,
    member_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[CardView]:
    """Cards by number; ``q`` is a number, part of a name or the beginning of a household code."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    which: ColumnElement[bool] = true()
    if q and q.strip():
        which = and_(which, matching(q.strip()))
    if state is not None:
        which = and_(which, RedemptionCard.state == state)
    if batch_id is not None:
        which = and_(which, RedemptionCard.batch_id == batch_id)
    if member_id is not None:
        which = and_(which, RedemptionCard.member_id == member_id)
    if after is not None:
        last = tenancy.columns(RedemptionCard, community_id, RedemptionCard.number).where(
            RedemptionCard.id == after
        )
        which = and_(which, RedemptionCard.number > last.scalar_subquery())
    return _views(community_id, which, limit)


def living(
    *, actor: Actor, community_id: uuid.UUID, member_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, CardView]:
    """Member → the one card that each holds now; one statement."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    which = and_(RedemptionCard.member_id.in_(member_ids), RedemptionCard.state.in_(LIVE))
    held = _views(community_id, which, len(member_ids))
    return {each.member_id: each for each in held if each.member_id is not None}


def detail(*, actor: Actor, community_id: uuid.UUID, card_id: uuid.UUID) -> CardView:
    """One card, for the office; CardNotHere."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    return one(community_id, card_id)


def one(community_id: uuid.UUID, card_id: uuid.UUID) -> CardView:
    """One card as it stands; the caller has checked who asks. CardNotHere."""
    found = _views(community_id, RedemptionCard.id == card_id, 1)
    if not found:
        raise CardNotHere()
    return found[0]


def acts(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[CardActView]:
    """What became of a card, oldest first."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    lookup.by_id(community_id, card_id)
    statement = (
        tenancy.columns(CardAct, community_id, CardAct, UserAccount.display_name, PersonalText.body)
        .outerjoin(UserAccount, UserAccount.id == CardAct.actor_id)
        .outerjoin(
            PersonalText,
            and_(
                PersonalText.community_id == CardAct.community_id,
                PersonalText.id == CardAct.why_text_id,
            ),
        )
        .where(CardAct.card_id == card_id)
        .order_by(CardAct.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(CardAct.id > after)
    return [
        CardActView(
            id=row.id, from_state=row.from_state, to_state=row.to_state, way=row.way,
            by_name=name, why=why, at_utc=row.at_utc,
        )
        for row, name, why in db.session.execute(statement)
    ]  # fmt: skip


def own(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID) -> list[OwnCard]:
    """The living cards of oneself and of those one acts for; a household has a handful."""
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, places.place_of(community_id))
    mine, today = actor.member_in(community_id), clock.business_date(now)
    whose = {mine, *proxies.grantors_of(actor, community_id, today)}
    cards = _views(
        community_id,
        and_(RedemptionCard.member_id.in_(whose), RedemptionCard.state.in_(LIVE)),
        len(whose),
    )
    return [_with_left(community_id, card, mine, today) for card in cards]


def uses(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[Receipt]:
    """What a card was used for, latest first: for its holder and granted proxies. CardNotHere."""
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, places.place_of(community_id))
    member_id: uuid.UUID | None = lookup.by_id(community_id, card_id).member_id
    today = clock.business_date(now)
    if member_id is None or (
        member_id != actor.member_in(community_id)
        and not proxies.may_act_for(actor, community_id, member_id, today)
    ):
        raise CardNotHere()
    statement = receipts.rows(community_id).where(Redemption.card_id == card_id)
    if after is not None:
        statement = statement.where(Redemption.id < after)
    rows = db.session.execute(statement.order_by(Redemption.id.desc()).limit(limit))
    return [receipts.of_row(row) for row in rows]


def _with_left(community_id: uuid.UUID, card: CardView, mine: uuid.UUID, on: dt.date) -> OwnCard:
    if card.member_id is None:
        raise AssertionError("a living card has a holder")
    quota = day_limits.day_amount(community_id, card.member_id, on)
    left = quotas.left(community_id=community_id, wanted=[quota])[quota.kind]
    return OwnCard(
        card=card,
        is_own=card.member_id == mine,
        day_points=from_tenths(quota.cap),
        left_today=from_tenths(left),
    )


def _views(community_id: uuid.UUID, which: ColumnElement[bool], limit: int) -> list[CardView]:
    rows = db.session.execute(
        tenancy.columns(
            RedemptionCard, community_id, RedemptionCard.id, RedemptionCard.number,
            RedemptionCard.state, RedemptionCard.version, RedemptionCard.batch_id,
            CardBatch.number.label("batch_number"), RedemptionCard.member_id,
            Member.name.label("member_name"), Household.code.label("household_code"),
            (MOST_MISSES - RedemptionCard.misses).label("tries_left"),
        )
        .join(
            CardBatch,
            and_(
                CardBatch.community_id == RedemptionCard.community_id,
                CardBatch.id == RedemptionCard.batch_id,
            ),
        )
        .outerjoin(
            Member,
            and_(
                Member.community_id == RedemptionCard.community_id,
                Member.id == RedemptionCard.member_id,
            ),
        )
        .outerjoin(
            Membership,
            and_(
                Membership.community_id == RedemptionCard.community_id,
                Membership.member_id == RedemptionCard.member_id,
                Membership.valid_to.is_(None),
            ),
        )
        .outerjoin(
            Household,
            and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .where(which)
        .order_by(RedemptionCard.number)
        .limit(limit)
    )  # fmt: skip
    return [
        CardView(**{**row._mapping, "number": card_numbers.printed(row.number)}) for row in rows
    ]
