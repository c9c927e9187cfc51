"""Refused scans as people read them: the shop its own, the community's staff all, by day and
reason. They name no holder: a row says which shop, which offer, which receipt.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from merchants.models import Merchant, Offer
from redemption import refusals
from redemption.counters import counter_of
from redemption.models import Redemption, RefusalStage, RefusedScan
from redemption.permissions import RedemptionPermission
from redemption.reasons import CODES, Reason
from redemption.rules.days import Days, days

#: Without days a community sees the last week.
_WEEK = 6


@dataclass(frozen=True, kw_only=True)
class RefusedAtCounter:
    """One refused scan, worded as it was at the counter."""

    id: uuid.UUID
    code: str
    reason: str
    stage: str
    zh: str
    en: str
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RefusedInCommunity(RefusedAtCounter):
    """One refusal of the community: at which shop, for which offer and receipt where known."""

    merchant_id: uuid.UUID
    merchant_name: str
    offer_title: str | None
    receipt_number: str | None


@dataclass(frozen=True, kw_only=True)
class ReasonCount:
    """How often one shop's redemptions were refused for one reason in a range of days."""

    merchant_id: uuid.UUID
    merchant_name: str
    reason: str
    code: str
    count: int


def at_counter(
    *,
    actor: Actor,
    now: dt.datetime,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    reason: Reason | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RefusedAtCounter]:
    """Refused scans of the session's counter, today's without days, latest first.

    What a holder was refused alone at home is not the shop's to read one by one. Raises
    DaysReversed, TooManyDays.
    """
    at = counter_of(actor, RedemptionPermission.READ_COUNTER)
    within = days(first=first_day, last=last_day, today=clock.business_date(now))
    statement = _within(tenancy.select(RefusedScan, at.community_id), within, reason).where(
        RefusedScan.merchant_id == at.merchant_id, RefusedScan.stage != RefusalStage.ISSUE
    )
    rows = db.session.scalars(_page(statement, after, limit))
    return [RefusedAtCounter(**_told(row)) for row in rows]


def in_community(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    reason: Reason | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RefusedInCommunity]:
    """Every refusal of the community, the last seven days' without days, latest first.

    Raises DaysReversed, TooManyDays.
    """
    actor.require(RedemptionPermission.READ_REFUSALS, places.place_of(community_id))
    within = days(first=first_day, last=last_day, today=clock.business_date(now), back=_WEEK)
    statement = _within(_with_places(community_id), within, reason)
    if merchant_id is not None:
        statement = statement.where(RefusedScan.merchant_id == merchant_id)
    return [_in_community(row) for row in db.session.execute(_page(statement, after, limit))]


def counts(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
) -> list[ReasonCount]:
    """Refusals by shop and reason, the most frequent first; one statement.

    Raises DaysReversed, TooManyDays.
    """
    actor.require(RedemptionPermission.READ_REFUSALS, places.place_of(community_id))
    within = days(first=first_day, last=last_day, today=clock.business_date(now), back=_WEEK)
    return _counted(community_id, merchant_id, within)


def counts_at_counter(
    *,
    actor: Actor,
    now: dt.datetime,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
) -> list[ReasonCount]:
    """The same for the session's counter; what holders were refused at home is counted, too."""
    at = counter_of(actor, RedemptionPermission.READ_COUNTER)
    within = days(first=first_day, last=last_day, today=clock.business_date(now))
    return _counted(at.community_id, at.merchant_id, within)


def _counted(
    community_id: uuid.UUID, merchant_id: uuid.UUID | None, within: Days
) -> list[ReasonCount]:
    times = func.count(RefusedScan.id)
    statement = _within(
        tenancy.columns(
            RefusedScan, community_id, RefusedScan.merchant_id, RefusedScan.reason,
            Merchant.name, times.label("times"),
        ).join(Merchant, Merchant.id == RefusedScan.merchant_id),
        within,
    )  # fmt: skip
    if merchant_id is not None:
        statement = statement.where(RefusedScan.merchant_id == merchant_id)
    grouped = statement.group_by(RefusedScan.merchant_id, RefusedScan.reason, Merchant.name)
    rows = db.session.execute(
        grouped.order_by(times.desc(), RefusedScan.merchant_id, RefusedScan.reason)
    )
    return [
        ReasonCount(
            merchant_id=row.merchant_id,
            merchant_name=row.name,
            reason=row.reason,
            code=CODES[Reason(row.reason)],
            count=row.times,
        )
        for row in rows
    ]


def _with_places(community_id: uuid.UUID) -> Select[Any]:
    return (
        tenancy.columns(
            RefusedScan, community_id, RefusedScan, Merchant.name.label("merchant_name"),
            Offer.title.label("offer_title"), Redemption.receipt_number,
        )
        .join(Merchant, Merchant.id == RefusedScan.merchant_id)
        .outerjoin(
            Offer,
            and_(Offer.community_id == RefusedScan.community_id, Offer.id == RefusedScan.offer_id),
        )
        .outerjoin(
            Redemption,
            and_(
                Redemption.community_id == RefusedScan.community_id,
                Redemption.id == RefusedScan.redemption_id,
            ),
        )
    )  # fmt: skip


def _within(statement: Select[Any], within: Days, reason: Reason | None = None) -> Select[Any]:
    found = statement.where(RefusedScan.at_utc >= within.begin, RefusedScan.at_utc < within.end)
    return found if reason is None else found.where(RefusedScan.reason == reason)


def _page(statement: Select[Any], after: uuid.UUID | None, limit: int) -> Select[Any]:
    paged = statement.order_by(RefusedScan.id.desc()).limit(limit)
    return paged if after is None else paged.where(RefusedScan.id < after)


def _in_community(row: Row[Any]) -> RefusedInCommunity:
    refused = row.RefusedScan
    return RefusedInCommunity(
        **_told(refused),
        merchant_id=refused.merchant_id,
        merchant_name=row.merchant_name,
        offer_title=row.offer_title,
        receipt_number=row.receipt_number,
    )


def _told(row: RefusedScan) -> dict[str, Any]:
    refused = refusals.of_row(row)
    return {
        "id": row.id,
        "code": refused.code,
        "reason": row.reason,
        "stage": row.stage,
        "zh": refused.zh,
        "en": refused.en,
        "at_utc": row.at_utc,
    }
