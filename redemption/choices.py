"""Choices: the offers of one shop as one holder can have them now, or why not.

The same door that a hold goes through says so, with the same words; nothing is written and nothing
is promised: between looking and asking somebody else may take the last piece. What the holder's
next act frees first (own holds that have run out) counts as free here as well.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter as Amounts
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from kernel.points_value import ZERO
from merchants import offers, quotas
from merchants.models import Offer
from merchants.offers import Redeemable
from merchants.rules.offers import HoursText, hours_text
from points import accounts
from points.models import HolderKind, PointsAccount
from redemption import door, holds, refusals, stops
from redemption.door import Audience, Limited
from redemption.models import Redemption, RedemptionState
from redemption.refusals import Refusal

#: (code, cell) of a quota → how much of it is used
Used = Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One offer as a holder may choose it. Prices are cents of a yuan, hours are for people.

    ``left`` is "stock" (pieces) and "per_holder" (times this holder may still have it), where they
    are limited; the shop's month is the shop's own affair. ``refused`` is what the door would
    answer, None where the holder can have it.
    """

    id: uuid.UUID
    title: str
    note: str | None
    kind: str
    points: Decimal
    ordinary_price_cents: int
    cash_cents: int
    hours: HoursText
    valid_to: dt.date | None
    left: Mapping[str, int]
    refused: Refused | None


@dataclass(frozen=True, kw_only=True)
class _Holder:
    """What the door asks of the holder, read once for all offers."""

    account: PointsAccount | None
    who: Audience
    spendable: Decimal
    open_holds: int
    #: What the holder's own holds that have run out give back first.
    freed: Used


def choices(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    pays: HolderKind | None = None,
    after: uuid.UUID | None = None,
    limit: int = 100,
) -> list[Choice]:
    """The offers of a shop that are valid today, in the order they were proposed.

    ``member_id`` is the grantor where the actor is a proxy. Raises RulebookMissing,
    HouseholdUnknown; NotFound for a member whose proxy the actor is not.
    """
    member = holds.holder_for(actor=actor, now=now, community_id=community_id, member_id=member_id)
    today = clock.business_date(now)
    holder = _holder(community_id, member, pays=pays, now=now)
    shown = offers.shown_at(
        community_id=community_id, merchant_id=merchant_id, on=today, after=after, limit=limit,
        stopped_if=stops.is_stopped,
    )  # fmt: skip
    # A holder without an account has used nothing, so any id does for the quotas of one.
    account_id = member if holder.account is None else holder.account.id
    limits = [list(door.limits(wanted=wanted, account_id=account_id, now=now)) for wanted in shown]
    used = quotas.used_of(
        community_id=community_id, wanted=[one.quota for each in limits for one in each]
    )
    left_of = partial(_left, used=used, freed=holder.freed)
    return [
        _choice(wanted, holder=holder, limited=[(one, left_of(one)) for one in each], now=now)
        for wanted, each in zip(shown, limits, strict=True)
    ]


def _choice(
    wanted: Redeemable,
    *,
    holder: _Holder,
    limited: Sequence[tuple[Limited, int]],
    now: dt.datetime,
) -> Choice:
    offer = wanted.offer
    refusal = door.refusal(
        wanted=wanted, account=holder.account, who=holder.who, now=now
    ) or _exhausted(offer, holder, limited)
    return Choice(
        id=offer.id,
        title=offer.title,
        note=offer.note,
        kind=offer.kind,
        points=offer.points,
        ordinary_price_cents=offer.ordinary_price_cents,
        cash_cents=offer.alliance_price_cents,
        hours=hours_text(offer),
        valid_to=offer.valid_to,
        left={one.quota.kind: left for one, left in limited if one.quota.kind != "month_cap"},
        refused=None if refusal is None else refusals.told(refusal),
    )


def _exhausted(
    offer: Offer, holder: _Holder, limited: Sequence[tuple[Limited, int]]
) -> Refusal | None:
    """Points first, then the quotas in the order in which a hold takes them."""
    too_many = door.too_many_held(holder.open_holds)
    if too_many is not None:
        return too_many
    if offer.points > holder.spendable:
        return door.insufficient(points=offer.points, spendable=holder.spendable)
    for one, left in sorted(limited, key=lambda pair: pair[0].quota.code):
        if left < one.amount:
            return door.exhausted(offer=offer, limited=one)
    return None


def _left(limited: Limited, *, used: Used, freed: Used) -> int:
    place = (limited.quota.code, limited.quota.cell)
    return max(0, limited.quota.cap - used.get(place, 0) + freed.get(place, 0))


def _holder(
    community_id: uuid.UUID, member_id: uuid.UUID, *, pays: HolderKind | None, now: dt.datetime
) -> _Holder:
    today = clock.business_date(now)
    account = accounts.existing_to_spend_from(community_id, member_id, today, of=pays)
    count, points, freed = (0, ZERO, {}) if account is None else _run_out(account, now)
    return _Holder(
        account=account,
        who=Audience(community_id, member_id, today, account),
        spendable=ZERO if account is None else accounts.spendable(account, now, freed=points),
        open_holds=0 if account is None else account.open_holds - count,
        freed=freed,
    )


def _run_out(account: PointsAccount, now: dt.datetime) -> tuple[int, Decimal, Used]:
    """The account's holds that have run out and are not freed yet: how many, points, quotas."""
    rows = db.session.execute(
        tenancy.columns(
            Redemption, account.community_id, Redemption.points, Redemption.quotas_taken
        ).where(
            Redemption.account_id == account.id,
            Redemption.state == RedemptionState.HELD,
            Redemption.hold_expires_at_utc <= now,
        )
    ).all()
    freed: Amounts[tuple[str, str]] = Amounts()
    for row in rows:
        for taken in quotas.from_json(row.quotas_taken):
            freed[taken.code, taken.cell] += taken.amount
    return len(rows), sum((row.points for row in rows), ZERO), freed
