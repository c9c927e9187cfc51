"""居民反映: the work list, one report with its clocks, the shop's reply and the decision."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for

from community import places
from kernel import clock, personal_text
from kernel.fields import page as cut
from kernel.http import actor, idempotent
from redemption import reports as told
from redemption.models import ReportKind, ReportState
from redemption.permissions import RedemptionPermission
from redemption.reports import Outcome, ReportView
from redemption.rules.report_steps import LONGEST_TEXT, OPEN, SHORTEST_ANSWER, is_heard
from web import typed
from web.acting import acting
from web.office import asked, desk
from web.office.blueprint import blueprint

ONE = "/office/<community>/reports/<uuid:report_id>"


def _to_report(done: ReportView, community_id: UUID, **_which: object) -> str:
    code = places.community(community_id).code
    return url_for("office.report", community=code, report_id=done.id)


@blueprint.get("/office/<community>/reports")
def reports(community_id: UUID) -> str:
    """Oldest first, by state, kind, and what is overdue; or by the number of a receipt."""
    number = asked.text("number", longest=30)
    found, wrong = asked.tried(
        lambda: told.search(
            actor=actor(), now=clock.now(), community_id=community_id,
            state=asked.word("state", ReportState), kind=asked.word("kind", ReportKind),
            is_overdue=request.args.get("overdue") == "1", number=number or None,
            after=asked.after(), limit=asked.PER_PAGE + 1,
        )
    )  # fmt: skip
    return desk.shown(
        "reports", community_id, page=cut(found, asked.PER_PAGE), number=number, wrong=wrong
    )


@blueprint.get(ONE)
def report(community_id: UUID, report_id: UUID) -> str:
    """What was said, what the shop replied, what is to be decided until when."""
    actor().require(RedemptionPermission.READ_REPORTS, places.place_of(community_id))
    found = told.detail(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id
    )
    today = clock.business_date(clock.now())
    heard = is_heard(state=found.state, reply_due_on=found.reply_due_on, today=today)
    return desk.shown(
        "report", community_id, report=found, is_open=found.state in OPEN, is_heard=heard,
        shortest=SHORTEST_ANSWER, longest=LONGEST_TEXT, longest_answer=personal_text.LONGEST,
    )  # fmt: skip


@blueprint.post(f"{ONE}/summary")
@acting(again=report, then=_to_report)
def summarize(community_id: UUID, report_id: UUID) -> ReportView:
    """Word for the shop what it should explain."""
    return told.summarize(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id,
        version=typed.whole("version"), summary=typed.text("summary", longest=LONGEST_TEXT),
    )  # fmt: skip


def _decided_before(*, community_id: UUID, result_id: UUID) -> ReportView:
    return told.replay(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blueprint.post(f"{ONE}/decision")
@acting(again=report, then=_to_report)
@idempotent("decide_report", replay=_decided_before)
def decide(community_id: UUID, report_id: UUID) -> ReportView:
    """In writing; upheld, the shop may be warned and the points asked back."""
    return told.decide(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id,
        version=typed.whole("version"), outcome=typed.word("outcome", Outcome),
        answer=typed.text("answer", longest=personal_text.LONGEST),
        warns=request.form.get("warns") == "1",
        asks_reversal=request.form.get("asks_reversal") == "1",
    )  # fmt: skip


@blueprint.get("/office/<community>/merchant-records")
def records(community_id: UUID) -> str:
    """What stands on the merchants' records."""
    found = told.records(
        actor=actor(), community_id=community_id, after=asked.after(), limit=asked.PER_PAGE + 1
    )
    return desk.shown("records", community_id, page=cut(found, asked.PER_PAGE))
