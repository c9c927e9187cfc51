"""The month's steps: every state × act, who may, stale clicks, conditions by name."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from community.models import Community
from kernel import tenancy, working_days
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from points import months
from points.errors import IllegalMonthStep
from points.models import MonthAct, MonthState
from review import cycle, needs, notices, sheets
from review.errors import (
    MonthNotOver,
    NoticeDaysMissing,
    NoticeRunning,
    SameHands,
    SheetOutdated,
    WhyTooShort,
)
from review.models import Sheet, SheetState
from tests.integration.review.world import (
    DUE,
    FROZEN,
    MONTH,
    PUBLISHED,
    SEALED,
    ReviewWorld,
    review_world,
)
from tests.support.persons import one_person

ACTS = {
    "freeze": (cycle.freeze, "admin", FROZEN, {}),
    "sign": (cycle.sign, "panelist", FROZEN, {}),
    "countersign": (cycle.countersign, "supervisor", FROZEN, {}),
    "send_back": (
        cycle.send_back,
        "supervisor",
        FROZEN,
        {"why": "两条值守时长与签到表不符，请再核"},
    ),
    "publish": (cycle.publish, "admin", PUBLISHED, {}),
    "seal": (cycle.seal, "admin", SEALED, {}),
}
#: (state, act) → state afterwards; everything that is not here is refused.
LEGAL = {
    (MonthState.OPEN, "freeze"): MonthState.FROZEN,
    (MonthState.FROZEN, "sign"): MonthState.SIGNED,
    (MonthState.SIGNED, "countersign"): MonthState.COUNTERSIGNED,
    (MonthState.SIGNED, "send_back"): MonthState.FROZEN,
    (MonthState.COUNTERSIGNED, "publish"): MonthState.ON_NOTICE,
    (MonthState.ON_NOTICE, "seal"): MonthState.SEALED,
}


def do(world: ReviewWorld, act: str, **changes: Any) -> Any:
    function, actor, now, values = ACTS[act]
    given: dict[str, Any] = {
        "actor": getattr(world, actor), "now": now, "community_id": world.community_id,
        "month": MONTH, "version": world.version(), **values,
    }  # fmt: skip
    return function(**{**given, **changes})


def test_every_act_in_every_state(world: ReviewWorld) -> None:
    for state in MonthState:
        world.bring(state)
        for act in ACTS:
            if (state, act) in LEGAL:
                continue
            before = world.version()
            with pytest.raises(IllegalMonthStep):
                do(world, act)
            assert world.version() == before


def test_every_legal_step_refuses_a_stale_click_and_is_appended(world: ReviewWorld) -> None:
    walk = ["freeze", "sign", "send_back", "sign", "countersign", "publish", "seal"]
    assert {act for _, act in LEGAL} == set(walk)
    for act in walk:
        state, version = MonthState(months.of(world.community_id, MONTH).state), world.version()
        with pytest.raises(StaleVersion):
            do(world, act, version=version - 1)
        row = do(world, act)
        assert (row.state, row.version) == (LEGAL[state, act], version + 1)
        last = db.session.scalars(
            tenancy.select(MonthAct, world.community_id)
            .where(MonthAct.month_id == row.id)
            .order_by(MonthAct.id.desc())
        ).first()
        assert last is not None
        assert (last.from_state, last.to_state) == (state, row.state)
        assert last.actor_id == getattr(world, ACTS[act][1]).account_id
        assert (last.why_text_id is not None) is (act == "send_back")


MAY = {
    "freeze": {"community_admin"},
    "sign": {"panelist"},
    "countersign": {"supervisor"},
    "send_back": {"supervisor"},
    "publish": {"community_admin"},
    "seal": {"community_admin"},
}


def test_who_may_act(world: ReviewWorld) -> None:
    """Whoever may not is told so before the state is looked at."""
    roles = ["member", "grid_worker", "panelist", "supervisor", "community_admin", "auditor"]
    for act, role in itertools.product(ACTS, roles):
        with pytest.raises(LinliError) as caught:
            do(world, act, actor=world.actor(role), version=0)
        assert (type(caught.value) is not Forbidden) is (role in MAY[act]), (act, role)


def test_an_actor_of_another_community_finds_nothing(world: ReviewWorld) -> None:
    stranger = review_world("stranger")
    with pytest.raises(NotFound):
        do(world, "freeze", actor=stranger.admin)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (dt.datetime(2026, 10, 31, 15, 59, tzinfo=dt.UTC), False),  # 23:59 in Shanghai
        (dt.datetime(2026, 10, 31, 16, 0, tzinfo=dt.UTC), True),  # 1 November there
    ],
)
def test_a_month_freezes_only_when_it_is_over(
    world: ReviewWorld, now: dt.datetime, allowed: bool
) -> None:
    if allowed:
        assert do(world, "freeze", now=now).state == MonthState.FROZEN
        return
    with pytest.raises(MonthNotOver):
        do(world, "freeze", now=now)


def test_what_nobody_decided_moves_on(world: ReviewWorld) -> None:
    fact = world.record(
        world.people["0101"], "CLAIM", occurred_on=dt.date(2026, 10, 20), now=FROZEN
    )
    before = {need.code: need for need in needs.needs(world.community_id, MONTH, FROZEN)}
    assert (before["claims_decided"].count, before["claims_decided"].blocks) == (1, False)
    do(world, "freeze")
    after = {need.code: need for need in needs.needs(world.community_id, MONTH, FROZEN)}
    assert after["claims_decided"].count == 0
    assert fact.month == MONTH


def test_who_signed_does_not_countersign(world: ReviewWorld) -> None:
    world.bring(MonthState.SIGNED)
    both = world.panelist.account_id
    supervisor = world.actor("supervisor")
    object.__setattr__(supervisor, "account_id", both)
    with pytest.raises(SameHands):
        do(world, "countersign", actor=supervisor)
    _, other_account = one_person(world.panelist, world.actor("supervisor"))
    with pytest.raises(SameHands):
        do(world, "countersign", actor=other_account)


def test_a_score_changed_after_the_signature_is_noticed(world: ReviewWorld) -> None:
    fact = world.earn(world.people["0104"], "1", on=dt.date(2026, 10, 20))
    world.bring(MonthState.SIGNED)
    from points import corrections
    from points.models import Authority

    corrections.strike(
        actor=world.other_panelist, now=FROZEN, community_id=world.community_id,
        line_id=fact.lines[0].id, cause=Authority.REVIEW, reason="签到表上没有",
    )  # fmt: skip
    with pytest.raises(SheetOutdated):
        do(world, "countersign")
    do(world, "send_back")
    world.bring(MonthState.COUNTERSIGNED)
    states = db.session.scalars(
        tenancy.columns(Sheet, world.community_id, Sheet.state).order_by(Sheet.number)
    ).all()
    assert states == [SheetState.SUPERSEDED, SheetState.DRAFTED]


def test_sending_back_needs_reasons(world: ReviewWorld) -> None:
    world.bring(MonthState.SIGNED)
    with pytest.raises(WhyTooShort):
        do(world, "send_back", why="  再核一下  ")


def test_publishing_needs_the_number_of_days(world: ReviewWorld) -> None:
    world.bring(MonthState.COUNTERSIGNED)
    community = db.session.get(Community, world.community_id)
    assert community is not None
    community.notice_working_days = None
    with pytest.raises(NoticeDaysMissing):
        do(world, "publish")
    codes = {need.code: need.state for need in needs.needs(world.community_id, MONTH, FROZEN)}
    assert codes["notice_days_set"] is needs.NeedState.TO_DO


def test_publishing_needs_the_calendar_of_the_year(world: ReviewWorld) -> None:
    world.bring(MonthState.COUNTERSIGNED)
    with pytest.raises(working_days.CalendarYearMissing):
        do(world, "publish", now=dt.datetime(2026, 12, 29, 1, tzinfo=dt.UTC))


def test_the_day_of_publishing_is_not_one_of_the_days_left(world: ReviewWorld) -> None:
    world.grant("2026-09")
    published = dt.datetime(2026, 10, 9, 1, tzinfo=dt.UTC)
    for act in ("freeze", "sign", "countersign", "publish"):
        do(world, act, month="2026-09", version=world.version("2026-09"), now=published)
    assert notices.of_month(world.community_id, "2026-09", published).working_days_left == 5


def test_the_notice_over_the_national_holiday(world: ReviewWorld) -> None:
    world.grant("2026-09")
    for act in ("freeze", "sign", "countersign", "publish"):
        do(
            world, act, month="2026-09", version=world.version("2026-09"),
            now=dt.datetime(2026, 10, 1, 1, tzinfo=dt.UTC),
        )  # fmt: skip
    notice = notices.of_month(
        world.community_id, "2026-09", dt.datetime(2026, 10, 8, 1, tzinfo=dt.UTC)
    )
    # 8, 9, Saturday 10 (made up), 12, 13 October
    assert notice.due_on == dt.date(2026, 10, 13)
    assert [cell.day.day for cell in notice.days if cell.is_working] == [8, 9, 10, 12, 13]
    assert notice.working_days_left == 5


@pytest.mark.parametrize(("now", "allowed"), [(DUE - dt.timedelta(seconds=1), False), (DUE, True)])
def test_sealing_waits_for_the_hour_and_for_nothing_else(
    noticed: ReviewWorld, now: dt.datetime, allowed: bool
) -> None:
    if not allowed:
        with pytest.raises(NoticeRunning):
            do(noticed, "seal", now=now)
        return
    assert do(noticed, "seal", now=now).state == MonthState.SEALED
    sheet = sheets.newest_public(noticed.community_id, MONTH)
    assert (sheet.state, sheet.sealed_at_utc) == (SheetState.SEALED, now)
    assert sheets.verify(sheets.paper(noticed.community_id, MONTH))


def test_what_is_still_missing_in_every_state(world: ReviewWorld) -> None:
    expected = {
        MonthState.OPEN: "step_frozen",
        MonthState.FROZEN: "step_signed",
        MonthState.SIGNED: "step_countersigned",
        MonthState.COUNTERSIGNED: "step_on_notice",
        MonthState.ON_NOTICE: "step_sealed",
        MonthState.SEALED: None,
    }
    for state in MonthState:
        world.bring(state)
        listed = needs.needs(world.community_id, MONTH, SEALED)
        missing = [need.code for need in listed if need.blocks and need.state != "done"]
        assert (missing[0] if missing else None) == expected[state]
        assert len({need.code for need in listed}) == len(listed) == 10


def test_numbers_of_notices_have_no_gaps_and_start_anew_each_year(world: ReviewWorld) -> None:
    world.grant("2026-09")
    world.bring(MonthState.ON_NOTICE, "2026-09")
    world.bring(MonthState.ON_NOTICE)
    listed = notices.past(world.community_id, None, 10)
    assert [each.reference for each in listed] == ["公示〔2026〕2 号", "公示〔2026〕1 号"]
    assert notices.past(world.community_id, listed[0].id, 10) == listed[1:]
    current = notices.current(world.community_id, PUBLISHED)
    assert current is not None
    assert (current.month, current.title) == (MONTH, "2026年10月积分公示")


def test_writing_a_sheet_takes_the_same_statements_for_any_number_of_members(
    world: ReviewWorld, count_statements: Any
) -> None:
    world.bring(MonthState.SIGNED)
    with count_statements() as few:
        do(world, "send_back")
        do(world, "sign")
    for number in range(40):
        world.resident(f"02{number:02d}")
    world.grant()
    with count_statements() as many:
        do(world, "send_back")
        do(world, "sign")
    assert len(many) == len(few)
