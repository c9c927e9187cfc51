"""Tables of legal steps, who stays out, and the clocks."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

import pytest

from kernel import working_days
from review.rules.month_steps import GRACE_DAYS, earliest_freeze, last_day, notice_ends
from review.rules.objection_steps import (
    ANSWER_WORKING_DAYS,
    LEGAL_STEPS,
    ObjectionState,
    may_step,
    must_stay_out,
)

LEGAL = {
    (ObjectionState.OPEN, ObjectionState.UPHELD),
    (ObjectionState.OPEN, ObjectionState.DISMISSED),
    (ObjectionState.OPEN, ObjectionState.WITHDRAWN),
}


@pytest.mark.parametrize(("before", "to"), list(itertools.product(ObjectionState, repeat=2)))
def test_every_pair_of_objection_states(before: ObjectionState, to: ObjectionState) -> None:
    assert may_step(before, to) is ((before, to) in LEGAL)


def test_the_table_names_every_state() -> None:
    assert set(LEGAL_STEPS) == set(ObjectionState)


@pytest.mark.parametrize(
    ("role", "stays_out"),
    [
        ("somebody else", False),
        ("acted on the line", True),
        ("objector", True),
        ("wrote it down", True),
        ("household of the subject", True),
        ("household of the objector", True),
    ],
)
def test_who_stays_out(role: str, stays_out: bool) -> None:
    me, other, subject, objector = (uuid.uuid4() for _ in range(4))
    circles = {"household of the subject": {subject}, "household of the objector": {objector}}
    assert stays_out is must_stay_out(
        own_accounts={me, uuid.uuid4()},
        acted_on_line={me} if role == "acted on the line" else {other},
        objector_account_id=me if role == "objector" else None,
        keyed_by=me if role == "wrote it down" else None,
        own_circle=circles.get(role, {other}),
        concerned={subject, objector},
    )


def test_a_month_is_frozen_after_its_end_and_grace() -> None:
    assert earliest_freeze("2026-11") == dt.date(2026, 12, 1) + dt.timedelta(days=GRACE_DAYS)
    assert earliest_freeze("2026-12") == dt.date(2027, 1, 1) + dt.timedelta(days=GRACE_DAYS)
    assert last_day("2028-02") == dt.date(2028, 2, 29)


def test_a_notice_ends_at_six_in_the_evening_in_shanghai() -> None:
    assert notice_ends(dt.date(2026, 12, 10)) == dt.datetime(2026, 12, 10, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("start", "days", "due_on"),
    [
        # Friday to Friday: the weekend does not count, neither does the first day.
        ("2026-12-04", 5, "2026-12-11"),
        # National Day 2026: 1 to 7 October off, 10 October a make-up Saturday.
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-08", 2, "2026-10-10"),
        # A Sunday worked for the holiday counts as a working day.
        ("2026-09-18", 1, "2026-09-20"),
    ],
)
def test_due_dates_over_holidays(start: str, days: int, due_on: str) -> None:
    calendar = working_days.published_year(2026)
    assert working_days.add(calendar, dt.date.fromisoformat(start), days) == dt.date.fromisoformat(
        due_on
    )


def test_a_calendar_that_ends_too_soon_is_named() -> None:
    calendar = working_days.published_year(2026)
    with pytest.raises(working_days.CalendarYearMissing):
        working_days.add(calendar, dt.date(2026, 12, 30), ANSWER_WORKING_DAYS)
