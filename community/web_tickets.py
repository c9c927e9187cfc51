"""Tickets by which somebody who is signed in to an app opens the pages in a browser.

The ticket is redeemed by deleting its row, so that of two attempts one finds it. The session of the
pages is one of its own: it ends with every other session of the account, and no later than the
session that asked would.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select

from community.errors import TicketEnded
from community.models import SignInSession, WebTicket
from kernel import one_time_codes
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import Unauthenticated

LIFETIME = dt.timedelta(seconds=60)
TOKEN_BITS = 256
LONGEST = 64
_PURPOSE = "web_ticket"


def issue(*, actor: Actor, now: dt.datetime) -> str:
    """A ticket for the session that asks, told this once; an earlier one counts no more."""
    if actor.session_id is None:
        raise Unauthenticated()
    db.session.execute(delete(WebTicket).where(WebTicket.session_id == actor.session_id))
    token = one_time_codes.new_token(TOKEN_BITS)
    db.session.add(
        WebTicket(
            session_id=actor.session_id,
            token_hmac=_digest(token),
            issued_at_utc=now,
            expires_at_utc=now + LIFETIME,
        )
    )
    db.session.flush()
    return token


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Who asked for a ticket, at which counter, and until when that session holds."""

    account_id: uuid.UUID
    counter: Place | None
    until: dt.datetime


def take(*, ticket: str, now: dt.datetime) -> Taken:
    """Use a ticket up.

    Raises TicketEnded for one that is unknown, used or old, or whose session has ended.
    """
    taken = db.session.execute(
        delete(WebTicket)
        .where(WebTicket.token_hmac == _digest(ticket), WebTicket.expires_at_utc > now)
        .returning(WebTicket.session_id)
    ).one_or_none()
    if taken is None:
        raise TicketEnded(field="ticket")
    asked = db.session.execute(
        select(
            SignInSession.account_id,
            SignInSession.expires_at_utc,
            SignInSession.counter_community_id,
            SignInSession.counter_merchant_id,
        ).where(
            SignInSession.id == taken.session_id,
            SignInSession.revoked_at_utc.is_(None),
            SignInSession.expires_at_utc > now,
        )
    ).one_or_none()
    if asked is None:
        raise TicketEnded(field="ticket")
    counter = None
    if asked.counter_merchant_id is not None:
        counter = Place(
            community_id=asked.counter_community_id, merchant_id=asked.counter_merchant_id
        )
    return Taken(account_id=asked.account_id, counter=counter, until=asked.expires_at_utc)


def _digest(token: str) -> str:
    return one_time_codes.digest(_PURPOSE, token)
