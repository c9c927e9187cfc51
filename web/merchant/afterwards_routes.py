"""Afterwards: what members report about the shop and its one reply; points given back by review."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kernel import clock
from kernel.fields import page as cut
from kernel.http import actor
from kernel.personal_text import LONGEST
from redemption import reports, reversals
from redemption.reports import ReportView
from redemption.reversals import ReversalView
from web import typed
from web.acting import acting
from web.merchant import reading
from web.merchant.answering import answered
from web.merchant.blueprint import blueprint
from web.merchant.day_routes import receipt

PER_PAGE = 20


@blueprint.get("/counter/reports")
@answered
def report_list() -> ResponseReturnValue:
    """What was reported about this shop, newest first."""
    now = clock.now()
    found = reports.at_counter(
        actor=actor(), now=now, after=typed.as_id(request.args.get("after")), limit=PER_PAGE + 1
    )
    desk = reading.desk(actor=actor(), now=now)
    return make_response(
        render_template("merchant/reports.html", page=cut(found, PER_PAGE), desk=desk)
    )


@blueprint.get("/counter/reports/<uuid:report_id>")
@answered
def report(report_id: UUID) -> Response:
    """One report as the shop may see it: what, never who."""
    now = clock.now()
    found = reports.detail_at_counter(actor=actor(), now=now, report_id=report_id)
    desk = reading.desk(actor=actor(), now=now)
    return make_response(
        render_template(
            "merchant/report.html", report=found, desk=desk, may_reply=reading.may_reply(actor())
        )
    )


@blueprint.post("/counter/reports/<uuid:report_id>/reply")
@acting(
    again=report,
    then=lambda _done, report_id: url_for("merchant.report", report_id=report_id, said="replied"),
)
def reply(report_id: UUID) -> ReportView:
    """The shop's one reply."""
    return reports.reply(
        actor=actor(),
        now=clock.now(),
        report_id=report_id,
        version=typed.whole("version"),
        text=typed.text("text", longest=LONGEST),
    )


@blueprint.post("/counter/receipts/<uuid:redemption_id>/reversal")
@acting(
    again=receipt,
    then=lambda _done, redemption_id: url_for(
        "merchant.receipt", redemption_id=redemption_id, said="reversal_asked"
    ),
)
def ask_reversal(redemption_id: UUID) -> ReversalView:
    """After the window: ask the community to give the points back."""
    return reversals.ask_at_counter(
        actor=actor(),
        now=clock.now(),
        redemption_id=redemption_id,
        reason=typed.text("reason", longest=LONGEST),
    )
