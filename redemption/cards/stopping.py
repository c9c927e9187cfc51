"""Cards taken out of service and put back: lost, blocked, unblocked, PIN reset, closed.

Stopping is easy on purpose: holder, proxy, window or a telephone call. Putting back is done at the
window only, by somebody of another household, and leaves an act with who, when and why.
"""

from __future__ import annotations

import datetime as dt
import uuid

from community import places, proxies
from community.departures import Departure
from kernel import clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from redemption.cards import card_lists, stepping
from redemption.cards.card_lists import CardView
from redemption.cards.errors import CardNotHere, CardStepIllegal
from redemption.models import CardState, CardWay, RedemptionCard
from redemption.models.cards import LIVE
from redemption.permissions import RedemptionPermission


def report_lost(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    by_phone: bool = False,
) -> CardView:
    """The card is gone: dead from this moment. Twice changes nothing.

    By the holder, a granted proxy, or the office (``by_phone`` when it was called). Raises
    CardNotHere, CardStepIllegal.
    """
    return _stop(
        CardState.LOST, actor=actor, now=now, community_id=community_id, card_id=card_id,
        by_phone=by_phone,
    )  # fmt: skip


def block(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    by_phone: bool = False,
) -> CardView:
    """Keep the card from being used until it is unblocked at the window; by the same people."""
    return _stop(
        CardState.BLOCKED, actor=actor, now=now, community_id=community_id, card_id=card_id,
        by_phone=by_phone,
    )  # fmt: skip


def unblock(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> CardView:
    """Let a blocked card go on with its PIN. Raises StaleVersion, OwnHousehold, CardStepIllegal."""
    return _at_window(
        CardState.ACTIVE, frm={CardState.BLOCKED}, actor=actor, now=now,
        community_id=community_id, card_id=card_id, version=version, why=why,
    )  # fmt: skip


def reset_pin(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    why: str,
) -> CardView:
    """Forget the PIN; the holder chooses a new one. Raises WhyMissing and as :func:`unblock`."""
    return _at_window(
        CardState.HANDED, frm={CardState.ACTIVE, CardState.BLOCKED}, actor=actor, now=now,
        community_id=community_id, card_id=card_id, version=version, why=why, needs_why=True,
    )  # fmt: skip


def found_again(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> CardView:
    """A lost card turned up at the window; it needs a new PIN. Raises as :func:`unblock`."""
    return _at_window(
        CardState.HANDED, frm={CardState.LOST}, actor=actor, now=now,
        community_id=community_id, card_id=card_id, version=version, why=why,
    )  # fmt: skip


def close(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    why: str,
) -> CardView:
    """Take a card out of use for good; the points stay. Raises WhyMissing, as :func:`unblock`."""
    return _at_window(
        CardState.CLOSED, frm=set(LIVE), actor=actor, now=now, community_id=community_id,
        card_id=card_id, version=version, why=why, needs_why=True,
    )  # fmt: skip


def close_of_departed(departure: Departure, actor: Actor, now: dt.datetime) -> None:
    """Close the card of somebody who is no member any more; app.py registers it for that moment.

    The end of a WeChat binding does not stop a card: it is for people without a phone.
    """
    found = tenancy.columns(RedemptionCard, departure.community_id, RedemptionCard.id).where(
        RedemptionCard.member_id == departure.member_id, RedemptionCard.state.in_(LIVE)
    )
    for card_id in db.session.scalars(found).all():
        card = stepping.locked(departure.community_id, card_id)
        if card.state in LIVE:
            stepping.step(card, CardState.CLOSED, actor=actor, now=now, way=CardWay.SYSTEM)


def _stop(
    to: CardState,
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    by_phone: bool,
) -> CardView:
    card = stepping.locked(community_id, card_id)
    way = _way(actor, card, now, by_phone=by_phone)
    if card.state != to:
        stepping.step(card, to, actor=actor, now=now, way=way)
    return card_lists.one(community_id, card_id)


def _way(actor: Actor, card: RedemptionCard, now: dt.datetime, *, by_phone: bool) -> CardWay:
    """How the actor may stop this card; for everybody else it does not exist."""
    today = clock.business_date(now)
    own = actor.members.get(card.community_id)
    if card.member_id is not None and own == card.member_id:
        return CardWay.APP
    if card.member_id is not None and proxies.may_act_for(
        actor, card.community_id, card.member_id, today
    ):
        return CardWay.PROXY
    place = places.place_of(card.community_id)
    if not actor.may(RedemptionPermission.HAND_OVER_CARDS, place):
        raise CardNotHere()
    return CardWay.PHONE if by_phone else CardWay.WINDOW


def _at_window(
    to: CardState,
    *,
    frm: set[CardState],
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    version: int,
    why: str | None,
    needs_why: bool = False,
) -> CardView:
    actor.require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    card = stepping.locked(community_id, card_id, version=version)
    stepping.require_stranger(actor, card)
    if card.state not in frm:
        raise CardStepIllegal(state=card.state, to=to)
    why_text_id = personal_text.keep_why(
        community_id=community_id, why=why, now=now, is_required=needs_why
    )
    stepping.step(card, to, actor=actor, now=now, way=CardWay.WINDOW, why_text_id=why_text_id)
    return card_lists.one(community_id, card_id)
