"""Steps of a report: each through the table of legal steps, each appended as an act."""

from __future__ import annotations

import datetime as dt

from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from redemption.models import (
    RedemptionReport,
    RedemptionReportAct,
    ReportActKind,
    ReportSide,
    ReportState,
)
from redemption.reports.errors import ReportClosed
from redemption.rules.report_steps import OPEN, may_step


def require_open(row: RedemptionReport, version: int) -> None:
    """Raise ReportClosed or StaleVersion before anything is written."""
    if ReportState(row.state) not in OPEN:
        raise ReportClosed()
    if row.version != version:
        raise StaleVersion(field="version")


def step(
    *,
    actor: Actor,
    now: dt.datetime,
    row: RedemptionReport,
    side: ReportSide,
    to: ReportState,
    version: int,
    **values: object,
) -> None:
    """Take the report one legal step and append the act. Raises ReportClosed, StaleVersion."""
    if not may_step(ReportState(row.state), to):
        raise ReportClosed()
    change(row, version, state=to, **values)
    append(row, ReportActKind(to.value), side, actor=actor, now=now)


def change(row: RedemptionReport, version: int, **values: object) -> None:
    """Write what one act changes, unless somebody changed the report first: StaleVersion."""
    changed = db.session.execute(
        tenancy.update(RedemptionReport, row.community_id)
        .where(
            RedemptionReport.id == row.id,
            RedemptionReport.version == version,
            RedemptionReport.state == row.state,
        )
        .values(version=version + 1, **values)
        .returning(RedemptionReport.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleVersion(field="version")
    db.session.refresh(row)


def append(
    row: RedemptionReport, act: ReportActKind, side: ReportSide, *, actor: Actor, now: dt.datetime
) -> None:
    """Append what was done."""
    db.session.add(
        RedemptionReportAct(
            community_id=row.community_id,
            report_id=row.id,
            act=act,
            side=side,
            actor_id=actor.account_id,
            at_utc=now,
        )
    )
    audit.record(
        actor=actor, now=now, community_id=row.community_id, act=f"report.{act}",
        subject_kind="redemption_report", subject_id=row.id,
    )  # fmt: skip
    db.session.flush()
