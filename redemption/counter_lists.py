"""What a counter did today: redemptions, totals, the month against its cap."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.points_value import ZERO, from_tenths
from merchants import agreement_archive, quotas
from redemption import receipts, stops
from redemption.counters import Counter, counter_of
from redemption.models import (
    Redemption,
    RedemptionCancellation,
    RedemptionState,
    RefusalStage,
    RefusedScan,
)
from redemption.permissions import RedemptionPermission
from redemption.receipts import Receipt
from redemption.rules import receipt_numbers


@dataclass(frozen=True, kw_only=True)
class Totals:
    """One day at one counter. ``redeemed`` and ``points`` include what was cancelled later."""

    redeemed: int
    points: Decimal
    cancelled: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Today:
    """Totals of one counter: today, and the month's points against the agreed cap.

    ``month_taken`` includes points that are held at this moment; ``month_cap`` is None when no
    agreement is in force. ``stopped_since_utc`` where redemption stands still in the community.
    """

    redeemed: int
    points: Decimal
    cancelled: int
    refused: int
    month_taken: Decimal
    month_cap: Decimal | None
    stopped_since_utc: dt.datetime | None = None


def at_counter(
    *,
    actor: Actor,
    now: dt.datetime,
    day: dt.date | None = None,
    number: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[Receipt]:
    """What this counter redeemed (cancelled or not) and declined, latest hold first.

    On ``day``, today without it; a receipt ``number`` is looked for on every day. Raises
    ReceiptNumberUnreadable.
    """
    at = counter_of(actor, RedemptionPermission.READ_COUNTER)
    statement = (
        receipts.rows(at.community_id)
        .where(
            Redemption.merchant_id == at.merchant_id,
            or_(
                Redemption.state == RedemptionState.REDEEMED,
                Redemption.decline_reason.is_not(None),
            ),
        )
        .order_by(Redemption.id.desc())
        .limit(limit)
    )
    if number is not None:
        statement = statement.where(Redemption.receipt_number == receipt_numbers.read(number))
    if number is None or day is not None:
        starts = clock.start_of_day(day) if day else _midnight(now)
        statement = statement.where(
            Redemption.resolved_at_utc >= starts,
            Redemption.resolved_at_utc < starts + dt.timedelta(days=1),
        )
    if after is not None:
        statement = statement.where(Redemption.id < after)
    return [receipts.of_row(row) for row in db.session.execute(statement)]


def totals(*, actor: Actor, now: dt.datetime, day: dt.date | None = None) -> Totals:
    """What one day at this counter came to, today without ``day``."""
    at = counter_of(actor, RedemptionPermission.READ_COUNTER)
    starts = _midnight(now) if day is None else clock.start_of_day(day)
    ends = starts + dt.timedelta(days=1)
    counted = db.session.execute(
        tenancy.columns(
            Redemption,
            at.community_id,
            func.count(Redemption.id).label("redeemed"),
            func.count(RedemptionCancellation.id).label("cancelled"),
            func.sum(Redemption.points).label("points"),
        )
        .outerjoin(
            RedemptionCancellation,
            (RedemptionCancellation.community_id == Redemption.community_id)
            & (RedemptionCancellation.redemption_id == Redemption.id),
        )
        .where(
            Redemption.merchant_id == at.merchant_id,
            Redemption.state == RedemptionState.REDEEMED,
            Redemption.resolved_at_utc >= starts,
            Redemption.resolved_at_utc < ends,
        )
    ).one()
    refused = tenancy.columns(RefusedScan, at.community_id, func.count(RefusedScan.id)).where(
        RefusedScan.merchant_id == at.merchant_id,
        RefusedScan.stage != RefusalStage.ISSUE,
        RefusedScan.at_utc >= starts,
        RefusedScan.at_utc < ends,
    )
    return Totals(
        redeemed=counted.redeemed,
        points=ZERO if counted.points is None else counted.points,
        cancelled=counted.cancelled,
        refused=int(db.session.execute(refused).scalar_one()),
    )


def today(*, actor: Actor, now: dt.datetime) -> Today:
    """The counter's totals, the month against its cap, and whether redemption stands still."""
    at = counter_of(actor, RedemptionPermission.READ_COUNTER)
    counted = totals(actor=actor, now=now)
    taken, cap = _month(at, now)
    stop = stops.standing(at.community_id)
    return Today(
        redeemed=counted.redeemed,
        points=counted.points,
        cancelled=counted.cancelled,
        refused=counted.refused,
        month_taken=taken,
        month_cap=cap,
        stopped_since_utc=stop.stopped_at_utc if stop else None,
    )


def _month(at: Counter, now: dt.datetime) -> tuple[Decimal, Decimal | None]:
    on = clock.business_date(now)
    agreement = agreement_archive.active(at.community_id, at.merchant_id, on)
    if agreement is None:
        return ZERO, None
    quota = quotas.month_cap(at.merchant_id, agreement.monthly_cap, on)
    left = quotas.left(community_id=at.community_id, wanted=[quota])
    return from_tenths(quota.cap - left[quota.kind]), agreement.monthly_cap


def _midnight(now: dt.datetime) -> dt.datetime:
    return clock.start_of_day(clock.business_date(now))
