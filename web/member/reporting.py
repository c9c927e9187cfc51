"""Reporting what went wrong at a shop, and following what becomes of it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for

from community import places
from kernel import clock
from kernel.errors import Refused
from kernel.http import actor, idempotent
from redemption import afterwards, reports
from redemption.models import ReportKind
from redemption.reports import ReportView
from redemption.rules.report_steps import LONGEST_TEXT
from web import typed
from web.acting import acting
from web.member import reading
from web.member.blueprint import blueprint

PER_PAGE = 20


@blueprint.get("/me/<community>/redemptions/<uuid:redemption_id>/report")
def report_form(community_id: uuid.UUID, redemption_id: uuid.UUID) -> str:
    """拒兑, 加价, 给的不对: with the receipt, and never with a name to the shop."""
    receipt = afterwards.receipt(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )
    return render_template(
        "member/report_form.html", where=reading.where(community_id), receipt=receipt,
        longest=LONGEST_TEXT,
    )  # fmt: skip


def _to_report(done: ReportView, community_id: uuid.UUID, **_where: Any) -> str:
    code = places.community(community_id).code
    return url_for("member.report", community=code, report_id=done.id)


def _filed_before(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ReportView | Refused:
    return reports.replay(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blueprint.post("/me/<community>/redemptions/<uuid:redemption_id>/report")
@acting(again=report_form, then=_to_report)
@idempotent("file_report", replay=_filed_before)
def file_report(community_id: uuid.UUID, redemption_id: uuid.UUID) -> ReportView:
    return reports.file(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        redemption_id=redemption_id,
        kind=typed.word("kind", ReportKind),
        text=typed.text("text", longest=LONGEST_TEXT, is_required=False),
        shares_words=request.form.get("shares_words") == "1",
    )


@blueprint.get("/me/<community>/reports")
def my_reports(community_id: uuid.UUID) -> str:
    """What I reported, newest first."""
    found = reports.mine(
        actor=actor(), now=clock.now(), community_id=community_id,
        after=typed.as_id(request.args.get("after")), limit=PER_PAGE + 1,
    )  # fmt: skip
    return render_template(
        "member/reports.html", where=reading.where(community_id), reports=found[:PER_PAGE],
        older=found[PER_PAGE - 1].id if len(found) > PER_PAGE else None,
    )  # fmt: skip


@blueprint.get("/me/<community>/reports/<uuid:report_id>")
def report(community_id: uuid.UUID, report_id: uuid.UUID) -> str:
    """How far one report is."""
    found = reports.detail(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id
    )
    return render_template("member/report.html", where=reading.where(community_id), report=found)


@blueprint.post("/me/<community>/reports/<uuid:report_id>/withdrawal")
@acting(again=report, then=_to_report)
def withdraw_report(community_id: uuid.UUID, report_id: uuid.UUID) -> ReportView:
    """Take it back while nobody has decided."""
    return reports.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id,
        version=typed.whole("version"),
    )  # fmt: skip
