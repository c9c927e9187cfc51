"""The attendance sheet 签到表 as Excel, to be printed or filed."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Iterator

from kernel import clock, workbooks
from kernel.access import Actor
from points.activities import attendance_lists, steps
from points.activities.views import AttendanceView, EnrolmentView
from points.models import Activity, EnrolmentState

_PAGE = 500
_COLUMNS = ("序号", "姓名", "户号", "签到", "签到方式", "签退", "时数", "结果", "同时参加", "签名")
_WAYS = {"code": "扫码", "card": "刷卡", "organiser": "组织者代办"}
_OUTCOMES = {"recorded": "已记分", "no_fact": "不计分", "left": "待他人办理", "refused": "未记分"}


def workbook(*, actor: Actor, community_id: uuid.UUID, activity_id: uuid.UUID) -> bytes:
    """An .xlsx: who came, then who is enrolled and has not come; struck check-ins are left out.

    Raises ActivityUnknown, NotOrganiser.
    """
    came = [each for each in _came(actor, community_id, activity_id) if not each.is_struck]
    row = steps.of(community_id, activity_id)
    present = {(each.attendee_kind, each.attendee_id) for each in came}
    buffer = io.BytesIO()
    with workbooks.workbook(buffer) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("签到表")
        sheet.set_landscape()
        sheet.set_column(0, len(_COLUMNS) - 1, 14)
        sheet.write_string(0, 0, f"{row.title}　{row.place}　{_times(row)}", bold)
        for column, title in enumerate(_COLUMNS):
            sheet.write_string(1, column, title, bold)
        lines = [_line(each) for each in came]
        for enrolled in _enrolled(actor, community_id, activity_id):
            if (enrolled.attendee_kind, enrolled.attendee_id) not in present:
                lines.append((enrolled.name, enrolled.code or ""))
        for number, cells in enumerate(lines, start=1):
            sheet.write_number(number + 1, 0, number)
            for column, text in enumerate(cells, start=1):
                sheet.write_string(number + 1, column, text)
        sheet.repeat_rows(0, 1)
    return buffer.getvalue()


def _came(
    actor: Actor, community_id: uuid.UUID, activity_id: uuid.UUID
) -> Iterator[AttendanceView]:
    after = None
    while True:
        rows = attendance_lists.attendances(
            actor=actor, community_id=community_id, activity_id=activity_id, after=after,
            limit=_PAGE,
        )  # fmt: skip
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _enrolled(
    actor: Actor, community_id: uuid.UUID, activity_id: uuid.UUID
) -> Iterator[EnrolmentView]:
    after = None
    while True:
        rows = attendance_lists.enrolments(
            actor=actor, community_id=community_id, activity_id=activity_id,
            state=EnrolmentState.ENROLLED, after=after, limit=_PAGE,
        )  # fmt: skip
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _line(each: AttendanceView) -> tuple[str, ...]:
    return (
        each.name,
        each.code or "",
        _clock(each.came_at_utc),
        _WAYS[each.came_by],
        _clock(each.left_at_utc),
        "" if each.hours is None else f"{each.hours.normalize():f}",
        _OUTCOMES.get(each.outcome or "", ""),
        "、".join(each.elsewhere),
    )


def _times(row: Activity) -> str:
    first = row.starts_at_utc.astimezone(clock.SHANGHAI)
    last = row.ends_at_utc.astimezone(clock.SHANGHAI)
    return f"{first:%Y-%m-%d %H:%M}—{last:%H:%M}"


def _clock(instant: dt.datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(clock.SHANGHAI):%H:%M}"
