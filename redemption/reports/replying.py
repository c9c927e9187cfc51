"""The shop's one reply to a report about it."""

from __future__ import annotations

import datetime as dt
import uuid

from kernel import personal_text
from kernel.access import Actor
from redemption import counters
from redemption.models import ReportSide, ReportState
from redemption.permissions import RedemptionPermission
from redemption.reports import steps, views
from redemption.reports.errors import AlreadyReplied, ReplyMissing
from redemption.reports.views import ReportView


def reply(
    *, actor: Actor, now: dt.datetime, report_id: uuid.UUID, version: int, text: str
) -> ReportView:
    """Say what happened at the shop, once; also late, as long as nothing is decided.

    Raises NotFound (another shop's), ReplyMissing, AlreadyReplied, ReportClosed, StaleVersion.
    """
    at = counters.counter_of(actor, RedemptionPermission.REPLY_REPORT)
    row = views.of_shop(at, report_id)
    if not text.strip():
        raise ReplyMissing(field="text")
    if row.state == ReportState.REPLIED:
        raise AlreadyReplied()
    steps.require_open(row, version)
    kept = personal_text.keep(community_id=at.community_id, body=text.strip(), now=now)
    steps.step(
        actor=actor, now=now, row=row, side=ReportSide.MERCHANT, to=ReportState.REPLIED,
        version=version, reply_text_id=kept.id, replied_by=actor.account_id, replied_at_utc=now,
    )  # fmt: skip
    return views.view(actor, row, ReportSide.MERCHANT, now)
