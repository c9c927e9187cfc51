"""Guessing 试码: wrong digits are counted in the database, for each clerk and for each shop.

Whoever has typed too many waits; a scanned code, which nobody can guess, is taken all the same.
The guess that begins a pause keeps one alarm for the community's staff.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from community import places
from community.models import UserAccount
from kernel import tenancy, throttle
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from merchants.models import Merchant
from redemption.counters import Counter
from redemption.errors import GuessingPaused
from redemption.models import GuessingAlarm
from redemption.permissions import RedemptionPermission

#: Wrong digits of one clerk at one shop, and of all clerks of a shop together.
CLERK_GUESSES = 10
SHOP_GUESSES = 30
#: Guesses are counted this long, and whoever reaches the number waits as long from then on.
WINDOW = dt.timedelta(minutes=10)
_PURPOSE = "redemption-digits"


@dataclass(frozen=True, kw_only=True)
class AlarmView:
    """One alarm; ``clerk_name`` is None where all clerks of the shop together guessed too much."""

    id: uuid.UUID
    merchant_id: uuid.UUID
    merchant_name: str
    clerk_id: uuid.UUID | None
    clerk_name: str | None
    guesses: int
    at_utc: dt.datetime
    resumes_at_utc: dt.datetime


def check(*, actor: Actor, at: Counter, now: dt.datetime) -> None:
    """Raise GuessingPaused while the clerk or the shop has guessed too much; one statement."""
    most = {_clerk(actor, at): CLERK_GUESSES, _shop(at): SHOP_GUESSES}
    seconds = throttle.wait(purpose=_PURPOSE, most=most, now=now)
    if seconds:
        raise GuessingPaused(retry_after=seconds)


def note(*, actor: Actor, at: Counter, now: dt.datetime) -> None:
    """Count wrong digits; the guess that reaches the number keeps the alarm."""
    for subject, most, clerk_id in (
        (_clerk(actor, at), CLERK_GUESSES, actor.account_id),
        (_shop(at), SHOP_GUESSES, None),
    ):
        counted = throttle.note_failure(
            purpose=_PURPOSE, subject=subject, window=WINDOW, now=now, most=most
        )
        if counted.failures == most:
            _alarm(at=at, now=now, clerk_id=clerk_id, counted=counted)


def alarms(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[AlarmView]:
    """Alarms of the community or of one shop, latest first; one statement."""
    actor.require(RedemptionPermission.READ_REFUSALS, places.place_of(community_id))
    statement = (
        tenancy.columns(
            GuessingAlarm, community_id, GuessingAlarm,
            Merchant.name.label("merchant_name"), UserAccount.display_name,
        )
        .join(Merchant, Merchant.id == GuessingAlarm.merchant_id)
        .outerjoin(UserAccount, UserAccount.id == GuessingAlarm.clerk_id)
        .order_by(GuessingAlarm.id.desc())
        .limit(limit)
    )  # fmt: skip
    if merchant_id is not None:
        statement = statement.where(GuessingAlarm.merchant_id == merchant_id)
    if after is not None:
        statement = statement.where(GuessingAlarm.id < after)
    return [
        AlarmView(
            id=alarm.id,
            merchant_id=alarm.merchant_id,
            merchant_name=merchant_name,
            clerk_id=alarm.clerk_id,
            clerk_name=clerk_name,
            guesses=alarm.guesses,
            at_utc=alarm.at_utc,
            resumes_at_utc=alarm.resumes_at_utc,
        )
        for alarm, merchant_name, clerk_name in db.session.execute(statement)
    ]


def _alarm(
    *, at: Counter, now: dt.datetime, clerk_id: uuid.UUID | None, counted: throttle.Counted
) -> None:
    db.session.execute(
        sa.insert(GuessingAlarm),
        {
            "community_id": at.community_id,
            "id": new_id(),
            "merchant_id": at.merchant_id,
            "clerk_id": clerk_id,
            "guesses": counted.failures,
            "at_utc": now,
            "resumes_at_utc": counted.until,
        },
    )


def _clerk(actor: Actor, at: Counter) -> str:
    return f"{at.community_id}:{at.merchant_id}:{actor.account_id}"


def _shop(at: Counter) -> str:
    return f"{at.community_id}:{at.merchant_id}"
