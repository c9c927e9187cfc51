"""Sign-ins in the database: issued, found by the HMAC of their token, ended."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import update

from community.models import SignInSession
from kernel import one_time_codes
from kernel.access import Place
from kernel.database import db

TOKEN_BITS = 256
LONGEST_TOKEN = 64
MEMBER_LIFETIME = dt.timedelta(days=30)
STAFF_LIFETIME = dt.timedelta(hours=12)
_PURPOSE = "sign_in_session"


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A token that is told once, and until when it holds."""

    token: str
    expires_at_utc: dt.datetime


def digest(token: str) -> str:
    """What is stored of a token."""
    return one_time_codes.digest(_PURPOSE, token)


def issue(
    *,
    account_id: uuid.UUID,
    is_staff: bool,
    counter: Place | None,
    now: dt.datetime,
    until: dt.datetime | None = None,
) -> Issued:
    """Write a session and return its token, the only time it is known.

    It holds no longer than ``until``, where another session opened it: or one that was stolen
    would live for ever.
    """
    token = one_time_codes.new_token(TOKEN_BITS)
    expires = now + (STAFF_LIFETIME if is_staff else MEMBER_LIFETIME)
    expires = expires if until is None else min(expires, until)
    db.session.add(
        SignInSession(
            account_id=account_id,
            token_hmac=digest(token),
            issued_at_utc=now,
            expires_at_utc=expires,
            counter_community_id=counter.community_id if counter else None,
            counter_merchant_id=counter.merchant_id if counter else None,
        )
    )
    db.session.flush()
    return Issued(token=token, expires_at_utc=expires)


def work_at(*, session_id: uuid.UUID, counter: Place) -> None:
    """Move a session to another counter (community and merchant)."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(counter_community_id=counter.community_id, counter_merchant_id=counter.merchant_id)
    )


def end(*, session_id: uuid.UUID, now: dt.datetime) -> None:
    """End one session; ending twice keeps the first instant."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.revoked_at_utc.is_(None))
        .values(revoked_at_utc=now)
    )


def end_all(*, account_id: uuid.UUID, now: dt.datetime, but: uuid.UUID | None = None) -> None:
    """End every session of an account, except ``but``."""
    statement = update(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.revoked_at_utc.is_(None)
    )
    if but is not None:
        statement = statement.where(SignInSession.id != but)
    db.session.execute(statement.values(revoked_at_utc=now))
