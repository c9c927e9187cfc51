"""Coming to an activity and leaving it: the rotating code, scans, the desk, the sheet."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app

from community import places
from kernel import clock, qr
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points.activities import at_the_desk, attendance, attendance_lists, codes, scanning, sheets
from points.activities.codes import Purpose, ShownCode
from points.activities.views import AttendanceView
from points.api.activity_schemas import (
    ActivityCodeSchema,
    AttendanceSchema,
    CheckIn,
    CheckOut,
    CodeQuery,
    OwnAttendanceSchema,
    ScanCode,
    StrikeAttendance,
)
from points.models import ActivityAttendance

blp = Blueprint(
    "activity_attendance",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Checking in and out of activities 签到签退",
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.get("/activities/<uuid:activity_id>/code")
@blp.arguments(CodeQuery, location="query")
@blp.response(200, ActivityCodeSchema)
def code(query: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> dict[str, Any]:
    """The code of these twenty seconds, for the organiser's screen."""
    now = clock.now()
    shown = _shown(community_id, activity_id, query["purpose"])
    left = (shown.expires_at_utc - now).total_seconds()
    return {
        "payload": _payload(shown, community_id),
        "purpose": shown.purpose,
        "issued_at_utc": shown.issued_at_utc,
        "expires_at_utc": shown.expires_at_utc,
        "seconds_left": max(1, int(left)),
    }


@blp.get("/activities/<uuid:activity_id>/code.png")
@blp.arguments(CodeQuery, location="query")
@blp.response(200, content_type="image/png")
def code_png(query: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> Response:
    """The code as a PNG."""
    shown = _shown(community_id, activity_id, query["purpose"])
    return Response(qr.png(_payload(shown, community_id)), mimetype="image/png")


@blp.get("/activities/<uuid:activity_id>/code.svg")
@blp.arguments(CodeQuery, location="query")
@blp.response(200, content_type="image/svg+xml")
def code_svg(query: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> Response:
    """The code as an SVG."""
    shown = _shown(community_id, activity_id, query["purpose"])
    return Response(qr.svg(_payload(shown, community_id)), mimetype="image/svg+xml")


@blp.post("/activity-scans")
@blp.arguments(ScanCode)
@blp.response(201, OwnAttendanceSchema)
@in_unit_of_work
def scan(body: dict[str, Any], community_id: uuid.UUID) -> ActivityAttendance:
    """Check in or out, as whoever is signed in, by the code on the organiser's screen."""
    return scanning.scan(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        scanned=body["code"],
        merchant_id=body["merchant_id"],
    )


@blp.get("/activities/<uuid:activity_id>/attendances")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(AttendanceSchema))
def came(query: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> dict[str, Any]:
    """Who came, in the order in which they came."""
    limit = query.pop("limit")
    rows = attendance_lists.attendances(
        actor=actor(), community_id=community_id, activity_id=activity_id, limit=limit + 1, **query
    )
    return page(rows, limit)


@blp.post("/activities/<uuid:activity_id>/attendances")
@blp.arguments(CheckIn)
@blp.response(201, AttendanceSchema)
@in_unit_of_work
def check_in(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> AttendanceView:
    """The organiser checks somebody in, by card or found by search."""
    row = at_the_desk.check_in(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _view(row)


@blp.post("/activities/<uuid:activity_id>/leavings")
@blp.arguments(CheckOut)
@blp.response(201, AttendanceSchema)
@in_unit_of_work
def check_out(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> AttendanceView:
    """The organiser checks somebody out, now or at an earlier time with a reason."""
    row = at_the_desk.check_out(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _view(row)


@blp.post("/activities/<uuid:activity_id>/attendances/<uuid:attendance_id>/strike")
@blp.arguments(StrikeAttendance)
@blp.response(201, AttendanceSchema)
@in_unit_of_work
def strike(
    body: dict[str, Any],
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    attendance_id: uuid.UUID,
) -> AttendanceView:
    """Take back a mistaken check-in, with the reason."""
    row = attendance.strike(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id,
        attendance_id=attendance_id, **body,
    )  # fmt: skip
    return _view(row)


@blp.get("/activities/<uuid:activity_id>/sheet.xlsx")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=_XLSX)
def sheet(community_id: uuid.UUID, activity_id: uuid.UUID) -> Response:
    """The attendance sheet as Excel, to print or file."""
    content = sheets.workbook(actor=actor(), community_id=community_id, activity_id=activity_id)
    return Response(
        content,
        content_type=_XLSX,
        headers={"Content-Disposition": 'attachment; filename="attendance.xlsx"'},
    )


def _shown(community_id: uuid.UUID, activity_id: uuid.UUID, purpose: Purpose) -> ShownCode:
    return scanning.code(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id,
        purpose=purpose,
    )  # fmt: skip


def _payload(shown: ShownCode, community_id: uuid.UUID) -> str:
    return codes.payload(
        public_base_url=current_app.config["LINLI"].public_base_url,
        community_code=places.community(community_id).code,
        token=shown.token,
    )


def _view(row: ActivityAttendance) -> AttendanceView:
    return attendance_lists.attendance(
        community_id=row.community_id, activity_id=row.activity_id, attendance_id=row.id
    )
