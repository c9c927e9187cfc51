"""Lists of reports: one's own, those about a shop, the community's work list."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from merchants.models import Merchant, Offer
from redemption import counters, shops
from redemption.models import Redemption, RedemptionReport, ReportKind, ReportState
from redemption.permissions import RedemptionPermission
from redemption.rules import receipt_numbers, report_steps
from redemption.rules.report_steps import OPEN


@dataclass(frozen=True, kw_only=True)
class ReportSummary:
    """A report in a list; says nothing of the filer. ``overdue``: "reply" or "decision"."""

    id: uuid.UUID
    kind: str
    channel: str
    state: str
    version: int
    redemption_id: uuid.UUID
    receipt_number: str
    points: Decimal
    offer_title: str
    merchant_id: uuid.UUID
    merchant_name: str
    filed_at_utc: dt.datetime
    reply_due_on: dt.date
    decide_due_on: dt.date
    overdue: str | None


def mine(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ReportSummary]:
    """About one's own redemptions, and what one filed as a proxy; newest first."""
    actor.require(RedemptionPermission.FILE_REPORT, places.place_of(community_id))
    own = sa.or_(
        RedemptionReport.member_id == actor.member_in(community_id),
        RedemptionReport.filer_account_id == actor.account_id,
    )
    return _page(_rows(community_id).where(own), now, after=after, limit=limit, newest_first=True)


def at_counter(
    *,
    actor: Actor,
    now: dt.datetime,
    is_open: bool | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ReportSummary]:
    """About the shop of the session, newest first; ``is_open`` narrows them."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    statement = _rows(at.community_id).where(RedemptionReport.merchant_id == at.merchant_id)
    if is_open is not None:
        among = RedemptionReport.state.in_(OPEN)
        statement = statement.where(among if is_open else ~among)
    return _page(statement, now, after=after, limit=limit, newest_first=True)


def search(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    state: ReportState | None = None,
    kind: ReportKind | None = None,
    merchant_id: uuid.UUID | None = None,
    is_overdue: bool = False,
    number: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ReportSummary]:
    """The community's work list, oldest first; those about the reader's own shop are left out.

    ``number`` is a receipt's. Raises ReceiptNumberUnreadable.
    """
    actor.require(RedemptionPermission.READ_REPORTS, places.place_of(community_id))
    statement = _rows(community_id)
    if state is not None:
        statement = statement.where(RedemptionReport.state == state)
    if kind is not None:
        statement = statement.where(RedemptionReport.kind == kind)
    if merchant_id is not None:
        statement = statement.where(RedemptionReport.merchant_id == merchant_id)
    if is_overdue:
        statement = statement.where(_is_overdue(clock.business_date(now)))
    if number is not None:
        statement = statement.where(Redemption.receipt_number == receipt_numbers.read(number))
    if own_shops := shops.own(actor):
        statement = statement.where(RedemptionReport.merchant_id.not_in(own_shops))
    return _page(statement, now, after=after, limit=limit, newest_first=False)


def _is_overdue(today: dt.date) -> sa.ColumnElement[bool]:
    """What :func:`report_steps.overdue` says of one report."""
    return sa.or_(
        RedemptionReport.state.in_(OPEN) & (RedemptionReport.decide_due_on < today),
        (RedemptionReport.state == ReportState.FILED) & (RedemptionReport.reply_due_on < today),
    )


def _page(
    statement: sa.Select[Any],
    now: dt.datetime,
    *,
    after: uuid.UUID | None,
    limit: int,
    newest_first: bool,
) -> list[ReportSummary]:
    if after is not None:
        further = RedemptionReport.id < after if newest_first else RedemptionReport.id > after
        statement = statement.where(further)
    order = RedemptionReport.id.desc() if newest_first else RedemptionReport.id
    today = clock.business_date(now)
    return [
        ReportSummary(
            **row._mapping,
            overdue=report_steps.overdue(
                state=row.state, reply_due_on=row.reply_due_on, decide_due_on=row.decide_due_on,
                today=today,
            ),
        )
        for row in db.session.execute(statement.order_by(order).limit(limit))
    ]  # fmt: skip


def _rows(community_id: uuid.UUID) -> sa.Select[Any]:
    report = RedemptionReport
    return (
        tenancy.columns(
            report, community_id, report.id, report.kind, report.channel, report.state,
            report.version, report.redemption_id, report.merchant_id, report.filed_at_utc,
            report.reply_due_on, report.decide_due_on, Redemption.receipt_number,
            Redemption.points, Offer.title.label("offer_title"),
            Merchant.name.label("merchant_name"),
        )
        .join(Redemption, _same(Redemption, report, report.redemption_id))
        .join(Offer, _same(Offer, Redemption, Redemption.offer_id))
        .join(Merchant, Merchant.id == report.merchant_id)
    )  # fmt: skip


def _same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == other.community_id, table.id == column)
