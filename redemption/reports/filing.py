"""Filing and withdrawing a report: with the own sign-in, as a proxy, or at the window."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Row

from community import grid_authority, places, proxies
from kernel import clock, personal_text, tenancy, working_days
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from redemption import undoing
from redemption.errors import RedemptionUnknown
from redemption.models import (
    RedemptionReport,
    ReportActKind,
    ReportChannel,
    ReportKind,
    ReportSide,
    ReportState,
)
from redemption.permissions import RedemptionPermission
from redemption.reports import steps, views, window
from redemption.reports.errors import AlreadyReported, TooLateToReport, WordsMissing
from redemption.reports.views import ReportView
from redemption.rules.report_steps import (
    DECISION_WORKING_DAYS,
    OPEN,
    REPLY_WORKING_DAYS,
    REPORTABLE,
)


def file(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    kind: ReportKind,
    text: str | None = None,
    shares_words: bool = False,
) -> ReportView:
    """Report what went wrong with a redemption of one's own or of whom one is a proxy of.

    In any state: who was refused has a hold that ran out, was declined or taken back. The shop
    reads ``text`` only with ``shares_words``. Raises RedemptionUnknown, TooLateToReport,
    AlreadyReported, WordsMissing, CalendarYearMissing.
    """
    actor.require(RedemptionPermission.FILE_REPORT, places.place_of(community_id))
    redemption = undoing.locked(community_id, redemption_id)
    own = actor.member_in(community_id)
    if redemption.member_id != own and not proxies.may_act_for(
        actor, community_id, redemption.member_id, clock.business_date(now)
    ):
        raise RedemptionUnknown(field="redemption_id")
    who: dict[str, Any] = {"channel": ReportChannel.ONLINE, "filer_account_id": actor.account_id}
    row = _file(
        actor, now, redemption, kind, community_id=community_id, text=text,
        shares_words=shares_words, **who,
    )  # fmt: skip
    return views.view(actor, row, ReportSide.FILER, now)


def key_in(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    receipt_number: str,
    member_id: uuid.UUID,
    kind: ReportKind,
    text: str | None = None,
    shares_words: bool = False,
) -> ReportView:
    """Write down at the window what somebody says who stands there with a receipt.

    ``member_id`` is whose redemption it was; staff learn nothing by trying numbers. Raises what
    :func:`file` raises, ReceiptNumberUnreadable, OwnHousehold.
    """
    found = window.redemption_of(actor, community_id, receipt_number, member_id)
    redemption = undoing.locked(community_id, found)
    who: dict[str, Any] = {"channel": ReportChannel.COUNTER, "keyed_by": actor.account_id}
    row = _file(
        actor, now, redemption, kind, community_id=community_id, text=text,
        shares_words=shares_words, **who,
    )  # fmt: skip
    return views.view(actor, row, ReportSide.FILER, now)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    report_id: uuid.UUID,
    version: int,
) -> ReportView:
    """Take back one's own report, or at the window one that was written down there.

    Raises NotFound, Forbidden, ReportClosed, StaleVersion, OwnHousehold.
    """
    place = places.place_of(community_id)
    row = tenancy.get(RedemptionReport, community_id, report_id)
    side = views.side_of(actor, row)
    if side is ReportSide.FILER:
        actor.require(RedemptionPermission.FILE_REPORT, place)
    elif row.channel == ReportChannel.COUNTER:
        actor.require(RedemptionPermission.KEY_REPORT, place)
        grid_authority.require_stranger(
            actor=actor, community_id=community_id, member_id=row.member_id
        )
    elif side is None:
        raise NotFound()
    else:
        raise Forbidden()
    steps.require_open(row, version)
    steps.step(
        actor=actor, now=now, row=row, side=ReportSide.FILER, to=ReportState.WITHDRAWN,
        version=version,
    )  # fmt: skip
    return views.view(actor, row, ReportSide.FILER, now)


def _file(
    actor: Actor,
    now: dt.datetime,
    redemption: Row[Any],
    kind: ReportKind,
    *,
    community_id: uuid.UUID,
    text: str | None,
    shares_words: bool,
    **who: Any,
) -> RedemptionReport:
    words = (text or "").strip()
    if kind is ReportKind.OTHER and not words:
        raise WordsMissing(field="text")
    if now > (redemption.resolved_at_utc or redemption.held_at_utc) + REPORTABLE:
        raise TooLateToReport(days=REPORTABLE.days)
    # The redemption is locked: two reports at once see each other here.
    _require_none_open(community_id, redemption.id)
    reply_due_on, decide_due_on = _clocks(community_id, clock.business_date(now))
    kept = personal_text.keep(community_id=community_id, body=words, now=now) if words else None
    row = RedemptionReport(
        community_id=community_id,
        redemption_id=redemption.id,
        merchant_id=redemption.merchant_id,
        member_id=redemption.member_id,
        kind=kind,
        state=ReportState.FILED,
        text_id=kept.id if kept else None,
        shares_words=shares_words and bool(words),
        filed_at_utc=now,
        reply_due_on=reply_due_on,
        decide_due_on=decide_due_on,
        version=1,
        **who,
    )
    db.session.add(row)
    db.session.flush()
    steps.append(row, ReportActKind.FILED, ReportSide.FILER, actor=actor, now=now)
    return row


def _require_none_open(community_id: uuid.UUID, redemption_id: uuid.UUID) -> None:
    still_open = tenancy.columns(RedemptionReport, community_id, RedemptionReport.id).where(
        RedemptionReport.redemption_id == redemption_id, RedemptionReport.state.in_(OPEN)
    )
    if db.session.execute(still_open).first() is not None:
        raise AlreadyReported()


def _clocks(community_id: uuid.UUID, today: dt.date) -> tuple[dt.date, dt.date]:
    """Until when the shop replies and the community decides."""
    district_id = places.district_of(community_id).id
    reply, decision = (
        working_days.due_date(district_id=district_id, start=today, working_days=days)
        for days in (REPLY_WORKING_DAYS, DECISION_WORKING_DAYS)
    )
    return reply, decision
