"""The community's part: wording a report for the shop, and deciding it in writing."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from community import places
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from redemption.models import (
    MerchantWarning,
    RedemptionReport,
    ReportActKind,
    ReportSide,
    ReportState,
)
from redemption.permissions import RedemptionPermission
from redemption.reports import steps, views
from redemption.reports.errors import (
    AnswerTooShort,
    NotHeardYet,
    OnlyWhenUpheld,
    ReportConflict,
    SummaryMissing,
)
from redemption.reports.views import ReportView
from redemption.reversals import asking
from redemption.rules.report_steps import SHORTEST_ANSWER, is_heard


class Outcome(StrEnum):
    """属实, 不属实, 双方已和解."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"


def summarize(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    report_id: uuid.UUID,
    version: int,
    summary: str,
) -> ReportView:
    """Word for the shop what it should explain; the reporter's own words stay where they are.

    May be done again while the report is open. Raises NotFound, SummaryMissing, ReportConflict,
    ReportClosed, StaleVersion.
    """
    row = _row(actor, community_id, report_id, version)
    if not summary.strip():
        raise SummaryMissing(field="summary")
    kept = personal_text.keep(community_id=community_id, body=summary.strip(), now=now)
    steps.change(row, version, summary_text_id=kept.id)
    steps.append(row, ReportActKind.SUMMARIZED, ReportSide.COMMUNITY, actor=actor, now=now)
    return views.view(actor, row, ReportSide.COMMUNITY, now)


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    report_id: uuid.UUID,
    version: int,
    outcome: Outcome,
    answer: str,
    warns: bool = False,
    asks_reversal: bool = False,
) -> ReportView:
    """Decide in writing; the filer and the shop read ``answer``.

    Upheld, and only then, a warning may stay on the shop's record (``warns``) and the points may
    be asked back (``asks_reversal``: somebody else decides that). Upholding waits for the shop's
    reply or the end of its time. Raises NotFound, AnswerTooShort, OnlyWhenUpheld, NotHeardYet,
    ReportConflict, ReportClosed, StaleVersion, and what asking for a reversal raises.
    """
    row = _row(actor, community_id, report_id, version)
    _require_complete(row, outcome, answer, now, follows=warns or asks_reversal)
    kept = personal_text.keep(community_id=community_id, body=answer.strip(), now=now)
    if asks_reversal:
        # Before the report is touched: the redemption is locked first, as everywhere.
        asking.ask_for_report(
            actor=actor, now=now, community_id=community_id, redemption_id=row.redemption_id,
            report_id=row.id, reason=answer,
        )  # fmt: skip
    steps.step(
        actor=actor, now=now, row=row, side=ReportSide.COMMUNITY, to=ReportState(outcome.value),
        version=version, answer_text_id=kept.id, decided_by=actor.account_id, decided_at_utc=now,
    )  # fmt: skip
    if warns:
        _warn(row, actor, now)
    return views.view(actor, row, ReportSide.COMMUNITY, now)


def _row(
    actor: Actor, community_id: uuid.UUID, report_id: uuid.UUID, version: int
) -> RedemptionReport:
    actor.require(RedemptionPermission.DECIDE_REPORT, places.place_of(community_id))
    row = tenancy.get(RedemptionReport, community_id, report_id)
    if views.stays_out(actor, row):
        raise ReportConflict()
    steps.require_open(row, version)
    return row


def _require_complete(
    row: RedemptionReport, outcome: Outcome, answer: str, now: dt.datetime, *, follows: bool
) -> None:
    if len(answer.strip()) < SHORTEST_ANSWER:
        raise AnswerTooShort(field="answer", least=SHORTEST_ANSWER)
    if outcome is not Outcome.UPHELD:
        if follows:
            raise OnlyWhenUpheld(field="outcome")
        return
    today = clock.business_date(now)
    if not is_heard(state=row.state, reply_due_on=row.reply_due_on, today=today):
        due = row.reply_due_on
        raise NotHeardYet(due_on=due.isoformat(), due_zh=f"{due.month}月{due.day}日")


def _warn(row: RedemptionReport, actor: Actor, now: dt.datetime) -> None:
    db.session.add(
        MerchantWarning(
            community_id=row.community_id,
            merchant_id=row.merchant_id,
            report_id=row.id,
            actor_id=actor.account_id,
            given_at_utc=now,
        )
    )
    audit.record(
        actor=actor, now=now, community_id=row.community_id, act="merchant.warned",
        subject_kind="merchant", subject_id=row.merchant_id,
    )  # fmt: skip
    db.session.flush()
