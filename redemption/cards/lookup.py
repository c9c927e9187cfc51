"""Finding a card: scanned, typed, or by id; and whose it is, for those who only ask that."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Row, bindparam

from kernel import tenancy
from kernel.database import db, table_of
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.activities.errors import CardsNotInUse
from redemption.cards import tokens
from redemption.cards.errors import CardNotHere, CardNotInService
from redemption.models import CardCounter, CardState, RedemptionCard
from redemption.rules import card_numbers
from redemption.rules.card_numbers import OfferedCard

#: A forgotten PIN keeps nobody from being seen at an activity; a lost or dead card does.
_SHOWS_ITS_HOLDER = (CardState.HANDED, CardState.ACTIVE, CardState.BLOCKED)


def offered(community_id: uuid.UUID, card: OfferedCard) -> Row[Any] | None:
    """The card that was scanned or typed, or None."""
    if card.token is not None:
        rows = _BY_TOKEN(p_community_id=community_id, p_token_hmac=tokens.kept(card.token))
    else:
        rows = _BY_NUMBER(p_community_id=community_id, p_number=card.number)
    found: Row[Any] | None = rows.one_or_none()
    return found


def by_id(community_id: uuid.UUID, card_id: uuid.UUID) -> Row[Any]:
    """The card, or CardNotHere."""
    found: Row[Any] | None = _BY_ID(p_community_id=community_id, p_id=card_id).one_or_none()
    if found is None:
        raise CardNotHere()
    return found


def by_text(community_id: uuid.UUID, text: str, *, field: str) -> Row[Any]:
    """The card that somebody of the office scanned or typed; CardUnreadable, CardNotHere."""
    found = offered(community_id, card_numbers.read(text))
    if found is None:
        raise CardNotHere(field=field)
    return found


def holder_of(community_id: uuid.UUID, number: str, _now: dt.datetime) -> uuid.UUID:
    """Whose card it is, for checking in to an activity; points.activities.cards asks it.

    Raises CardsNotInUse where the community never ordered any, CardUnreadable, CardNotHere,
    CardNotInService.
    """
    counter = tenancy.columns(CardCounter, community_id, CardCounter.id)
    if db.session.scalar(counter) is None:
        raise CardsNotInUse(field="card_number")
    found = by_text(community_id, number, field="card_number")
    member_id: uuid.UUID | None = found.member_id
    if member_id is None or found.state not in _SHOWS_ITS_HOLDER:
        raise CardNotInService(state=found.state, field="card_number")
    return member_id


def _by(name: str) -> Prepared:
    """The card whose column ``name`` holds a value."""
    column = table_of(RedemptionCard).c[name]
    return Prepared(
        lambda: tenancy.columns(
            RedemptionCard, COMMUNITY, RedemptionCard.id,
            RedemptionCard.number, RedemptionCard.state, RedemptionCard.member_id,
            RedemptionCard.misses, RedemptionCard.batch_id,
        ).where(column == bindparam(f"p_{name}"))
    )  # fmt: skip


_BY_ID, _BY_TOKEN, _BY_NUMBER = _by("id"), _by("token_hmac"), _by("number")
