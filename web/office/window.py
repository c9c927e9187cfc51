"""窗口代写: for who stands at the window with a receipt and has no phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from community import places
from kernel import clock
from kernel.http import actor, idempotent
from redemption import reports as told
from redemption.api.receipt_schemas import LONGEST_NUMBER
from redemption.models import ReportKind
from redemption.permissions import RedemptionPermission
from redemption.reports import ReportView
from redemption.rules.report_steps import LONGEST_TEXT
from web import typed
from web.acting import acting
from web.office import asked, card_reading, desk, reports
from web.office.blueprint import blueprint


@blueprint.get("/office/<community>/window")
def window(community_id: UUID) -> str:
    """Who stands there is found first, then the receipt and what went wrong."""
    actor().require(RedemptionPermission.KEY_REPORT, places.place_of(community_id))
    member_id, q = typed.as_id(request.values.get("member_id")), asked.text()
    here: dict[str, Any] = {"actor": actor(), "now": clock.now(), "community_id": community_id}
    if member_id is None:
        people = card_reading.people(**here, q=q) if q else []
        return desk.shown("window", community_id, q=q, people=people)
    person = card_reading.person(**here, member_id=member_id)
    return desk.shown("window_form", community_id, person=person, longest=LONGEST_TEXT)


def _keyed_before(*, community_id: UUID, result_id: UUID) -> ReportView:
    return told.replay(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blueprint.post("/office/<community>/window")
@acting(
    again=window,
    then=lambda _done, community_id: url_for(
        "office.window", community=places.community(community_id).code, said="report_keyed"
    ),
)
@idempotent("key_report", replay=_keyed_before)
def key_report(community_id: UUID) -> ReportView:
    """Written down as they say it."""
    actor().require(RedemptionPermission.KEY_REPORT, places.place_of(community_id))
    return told.key_in(
        actor=actor(), now=clock.now(), community_id=community_id,
        receipt_number=typed.text("receipt_number", longest=LONGEST_NUMBER),
        member_id=typed.chosen_id("member_id"), kind=typed.word("kind", ReportKind),
        text=typed.text("text", longest=LONGEST_TEXT, is_required=False) or None,
        shares_words=request.form.get("shares_words") == "1",
    )  # fmt: skip


def _again(community_id: UUID, report_id: UUID) -> str:
    """The report for who may read it, else the window."""
    if actor().may(RedemptionPermission.READ_REPORTS, places.place_of(community_id)):
        return reports.report(community_id=community_id, report_id=report_id)
    return window(community_id)


@blueprint.post(f"{reports.ONE}/withdrawal")
@acting(
    again=_again,
    then=lambda _done, community_id, **_which: url_for(
        "office.window", community=places.community(community_id).code, said="report_withdrawn"
    ),
)
def withdraw_report(community_id: UUID, report_id: UUID) -> ReportView:
    """Who had it written down says at the window that it is settled."""
    actor().require(RedemptionPermission.KEY_REPORT, places.place_of(community_id))
    return told.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id,
        version=typed.whole("version"),
    )  # fmt: skip


@blueprint.get("/office/<community>/window/report")
def window_report(community_id: UUID) -> ResponseReturnValue:
    """How far a report is, told as the holder would read it on a phone."""
    member_id = asked.chosen("member_id")
    actor().require(RedemptionPermission.KEY_REPORT, places.place_of(community_id))
    if member_id is None:
        code = places.community(community_id).code
        return redirect(url_for("office.window", community=code))
    found, wrong = asked.tried(
        lambda: [
            told.look_up(
                actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id,
                receipt_number=asked.text("receipt_number", longest=LONGEST_NUMBER),
            )
        ]
    )  # fmt: skip
    return desk.shown("window_report", community_id, found=found, wrong=wrong)
