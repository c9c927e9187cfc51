"""One step of one card: locked, compared with the version seen, moved, the act appended."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import require_version
from redemption.cards import news
from redemption.cards.errors import CardNotHere, OwnHousehold
from redemption.models import CardAct, CardNews, CardState, CardWay, RedemptionCard
from redemption.rules.card_steps import require_card_step

_PIN_IN_USE = (CardState.ACTIVE, CardState.BLOCKED)
_NEWS = {CardState.BLOCKED: CardNews.BLOCKED, CardState.LOST: CardNews.LOST}


def locked(
    community_id: uuid.UUID, card_id: uuid.UUID, *, version: int | None = None
) -> RedemptionCard:
    """The card as it stands, locked until the end of the unit of work; CardNotHere, StaleVersion.

    Without ``version`` whatever stands is taken: a loss is reported in a hurry.
    """
    card = tenancy.locked(RedemptionCard, community_id, card_id, unknown=CardNotHere)
    if version is not None:
        require_version(card.version, version)
    return card


def require_stranger(actor: Actor, card: RedemptionCard) -> None:
    """Raise OwnHousehold where the card is the actor's or of the actor's household."""
    if card.member_id in members.own_circle(card.community_id, actor):
        raise OwnHousehold()


def step(
    card: RedemptionCard,
    to: CardState,
    *,
    actor: Actor,
    now: dt.datetime,
    way: CardWay,
    why_text_id: uuid.UUID | None = None,
) -> None:
    """Move a locked card on, append the act, tell the news. Raises CardStepIllegal.

    A card that leaves service forgets its PIN; a counted miss stays only while it is blocked.
    """
    require_card_step(card.state, to)
    before = card.state
    card.state = to
    card.version += 1
    if to not in _PIN_IN_USE:
        card.pin_hmac = None
    if to is not CardState.BLOCKED:
        card.misses = 0
    db.session.flush()
    keep_act(
        card.community_id, card.id, before, to, actor=actor, now=now, way=way,
        why_text_id=why_text_id,
    )  # fmt: skip


def keep_act(
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    before: str | None,
    to: CardState,
    *,
    actor: Actor,
    now: dt.datetime,
    way: CardWay,
    why_text_id: uuid.UUID | None = None,
) -> None:
    """Append the act of a step that was made, and tell its news."""
    db.session.add(
        CardAct(
            community_id=community_id, card_id=card_id, from_state=before, to_state=to, way=way,
            actor_id=actor.account_id, why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    audit.record(
        actor=actor, now=now, community_id=community_id, act=f"card.{to}",
        subject_kind="redemption_card", subject_id=card_id, way=way.value,
    )  # fmt: skip
    db.session.flush()
    if to in _NEWS:
        news.tell(community_id=community_id, card_id=card_id, what=_NEWS[to], now=now)
