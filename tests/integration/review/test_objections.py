"""Objections: filing, who reads what, who stays out, and what follows from an upheld one."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from kernel import personal_text, tenancy
from kernel.access import Actor, Grant
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from kernel.ids import new_id
from points import ledger_check, scores
from points.models import MonthState
from review import errors, notices, objections, rankings, sheets
from review.models import Objection, ObjectionAct, ObjectionKind, ObjectionState, SheetState
from review.objections import Amend, Outcome, Record, Side, Strike
from tests.integration.review.world import DUE, MONTH, ON_NOTICE, SEALED, ReviewWorld

REPLY = "经核对签到表和照片，当天实际值守两小时，按细则予以更正，感谢您的监督。"
TEXT = "那天九点就收摊了，应当是两小时。"
WRONG, MISSING = ObjectionKind.WRONG, ObjectionKind.MISSING


def line_of(world: ReviewWorld, code: str) -> uuid.UUID:
    return world.last_line(code)


def member(world: ReviewWorld, code: str) -> Actor:
    return world.actor("member", member=world.people[code])


def file(world: ReviewWorld, by: Actor, **changes: Any) -> objections.ObjectionView:
    given: dict[str, Any] = {
        "actor": by, "now": ON_NOTICE, "community_id": world.community_id, "month": MONTH,
        "kind": WRONG, "text": TEXT,
    }  # fmt: skip
    return objections.raise_objection(**{**given, **changes})


def decide(world: ReviewWorld, row: objections.ObjectionView, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "actor": world.other_panelist, "now": ON_NOTICE, "community_id": world.community_id,
        "objection_id": row.id, "version": row.version, "outcome": Outcome.DISMISS, "reply": REPLY,
    }  # fmt: skip
    return objections.decide(**{**given, **changes})


def uphold(world: ReviewWorld, row: objections.ObjectionView, what: Any, **changes: Any) -> Any:
    return decide(world, row, outcome=Outcome.UPHOLD, correction=what, **changes)


def score_of(world: ReviewWorld, code: str, month: str = MONTH) -> Decimal:
    rows = db.session.execute(scores.month_scores(world.community_id, month))
    return {row.member_id: row.score for row in rows}.get(world.people[code], Decimal(0))


# --- filing


def test_an_objection_to_an_own_line_marks_the_row(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0101"), line_id=line_of(noticed, "0101"))
    assert (found.state, found.side, found.number, found.version) == ("open", Side.OBJECTOR, 1, 1)
    # Filed on Friday 6 November: five working days later is the next Friday.
    assert found.due_on == dt.date(2026, 11, 13)
    page = rankings.public(noticed.community_id, MONTH)
    assert [row.household_code for row in page.rows if row.is_disputed] == ["0101"]
    notice = notices.of_month(noticed.community_id, MONTH, ON_NOTICE)
    assert (notice.open_objections, notice.answers_due_on) == (1, dt.date(2026, 11, 13))


def test_a_public_row_can_be_objected_to_without_knowing_its_lines(noticed: ReviewWorld) -> None:
    row = rankings.public(noticed.community_id, MONTH).rows[0]
    found = file(noticed, member(noticed, "0105"), row_id=row.row_id)
    assert (found.household_code, found.label, found.line) == ("0101", None, None)


@pytest.mark.parametrize(
    ("state", "now", "error"),
    [
        (MonthState.COUNTERSIGNED, ON_NOTICE, errors.NotOnNoticeYet),
        (MonthState.ON_NOTICE, DUE, errors.NoticeClosed),
        (MonthState.SEALED, SEALED, errors.NoticeClosed),
    ],
)
def test_only_while_the_month_is_on_notice(
    world: ReviewWorld, state: MonthState, now: dt.datetime, error: type[LinliError]
) -> None:
    world.bring(state)
    with pytest.raises(error):
        file(world, member(world, "0101"), line_id=line_of(world, "0101"), now=now)


def test_one_open_objection_per_objector_and_line(noticed: ReviewWorld) -> None:
    line = line_of(noticed, "0101")
    by = member(noticed, "0101")
    first = file(noticed, by, line_id=line)
    with pytest.raises(errors.AlreadyObjected):
        file(noticed, by, line_id=line)
    assert file(noticed, member(noticed, "0102"), line_id=line).number == 2
    objections.withdraw(
        actor=by, now=ON_NOTICE, community_id=noticed.community_id,
        objection_id=first.id, version=1,
    )  # fmt: skip
    assert file(noticed, by, line_id=line).number == 3


def test_what_an_objection_must_name(noticed: ReviewWorld) -> None:
    by = member(noticed, "0101")
    other_month = noticed.earn(
        noticed.people["0101"], "1", on=dt.date(2026, 9, 10)
    ).lines[0].id  # fmt: skip
    for values, error in (
        ({}, errors.SubjectMissing),
        ({"line_id": other_month}, errors.LineNotOfMonth),
        ({"kind": MISSING, "line_id": line_of(noticed, "0101")}, errors.LineAndMissing),
        ({"line_id": new_id()}, NotFound),
    ):
        with pytest.raises(error):
            file(noticed, by, **values)
    assert file(noticed, by, kind=MISSING).household_code == "0101"


def test_the_counter_writes_down_for_somebody(noticed: ReviewWorld) -> None:
    staff = noticed.recorder
    found = objections.key_in(
        actor=staff, now=ON_NOTICE, community_id=noticed.community_id, month=MONTH, kind=MISSING,
        text=TEXT, objector_member_id=noticed.people["0105"],
    )  # fmt: skip
    assert found.channel == "counter"
    with pytest.raises(Forbidden):
        objections.key_in(
            actor=member(noticed, "0101"), now=ON_NOTICE, community_id=noticed.community_id,
            month=MONTH, kind=MISSING, text=TEXT, objector_member_id=noticed.people["0105"],
        )  # fmt: skip
    # The person reads the reply with the own sign-in all the same.
    own = objections.mine(actor=member(noticed, "0105"), community_id=noticed.community_id)
    assert [row.id for row in own] == [found.id]
    withdrawn = objections.withdraw(
        actor=staff, now=ON_NOTICE, community_id=noticed.community_id,
        objection_id=found.id, version=1,
    )  # fmt: skip
    assert withdrawn.state == ObjectionState.WITHDRAWN


def test_at_the_counter_nobody_withdraws_what_was_said_about_their_own_acts(
    noticed: ReviewWorld,
) -> None:
    found = objections.key_in(
        actor=noticed.admin, now=ON_NOTICE, community_id=noticed.community_id, month=MONTH,
        kind=WRONG, text=TEXT, objector_member_id=noticed.people["0105"],
        line_id=line_of(noticed, "0101"),
    )  # fmt: skip
    at_home = noticed.bound_actor("grid_worker", noticed.people["0101"])
    for actor in (noticed.recorder, at_home):
        with pytest.raises(errors.ConflictOfInterest):
            objections.withdraw(
                actor=actor, now=ON_NOTICE, community_id=noticed.community_id,
                objection_id=found.id, version=1,
            )  # fmt: skip
    # Who wrote it down may take it back when the objector asks for it.
    withdrawn = objections.withdraw(
        actor=noticed.admin, now=ON_NOTICE, community_id=noticed.community_id,
        objection_id=found.id, version=1,
    )  # fmt: skip
    assert withdrawn.state == ObjectionState.WITHDRAWN


def test_only_the_objector_withdraws(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0101"), line_id=line_of(noticed, "0102"))
    for actor, error in (
        (member(noticed, "0105"), NotFound),
        (member(noticed, "0102"), Forbidden),
        (noticed.panelist, Forbidden),
    ):
        with pytest.raises(error):
            objections.withdraw(
                actor=actor, now=ON_NOTICE, community_id=noticed.community_id,
                objection_id=found.id, version=1,
            )  # fmt: skip


# --- reading


def test_each_side_reads_only_its_part(noticed: ReviewWorld) -> None:
    objector, subject = member(noticed, "0105"), member(noticed, "0101")
    found = file(noticed, objector, line_id=line_of(noticed, "0101"))
    decide(noticed, found, summary="有居民请社区核对值守时长。")

    def read(actor: Actor) -> objections.ObjectionView:
        return objections.detail(
            actor=actor, community_id=noticed.community_id, objection_id=found.id
        )

    mine = read(objector)
    assert (mine.side, mine.text, mine.reply, mine.summary) == (Side.OBJECTOR, TEXT, REPLY, None)
    assert (mine.line, mine.label) == (None, None)
    about = read(subject)
    assert (about.side, about.text, about.reply) == (Side.SUBJECT, None, None)
    assert about.summary == "有居民请社区核对值守时长。"
    staff = read(noticed.panelist)
    assert (staff.side, staff.text, staff.reply) == (Side.STAFF, TEXT, REPLY)
    assert staff.line is not None
    for view in (mine, about, staff):
        assert "objector_member_id" not in vars(view)
    with pytest.raises(NotFound):
        read(member(noticed, "0104"))
    listed = objections.about_me(actor=subject, community_id=noticed.community_id)
    assert [row.id for row in listed] == [found.id]


def test_staff_do_not_list_objections_about_their_own_household(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0105"), line_id=line_of(noticed, "0101"))
    assert [
        row.id
        for row in objections.search(actor=noticed.panelist, community_id=noticed.community_id)
    ] == [found.id]
    relative = bound_panelist(noticed, noticed.people["0101"])
    assert objections.search(actor=relative, community_id=noticed.community_id) == []
    with pytest.raises(Forbidden):
        objections.search(actor=member(noticed, "0105"), community_id=noticed.community_id)


def bound_panelist(world: ReviewWorld, member_id: uuid.UUID) -> Actor:
    """A panelist who is a member, bound as the sign-in would bind them."""
    from community.models import MemberBinding

    actor = world.actor("panelist", member=member_id)
    actor = Actor(
        account_id=actor.account_id, table=actor.table, members=actor.members,
        grants=(*actor.grants, Grant(role="member", place=world.place)),
    )  # fmt: skip
    db.session.add(
        MemberBinding(
            community_id=world.community_id,
            member_id=member_id,
            account_id=actor.account_id,
            way="slip",
            bound_at_utc=ON_NOTICE,
        )
    )
    db.session.flush()
    return actor


# --- deciding


def test_dismissed_with_a_reply(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0101"), line_id=line_of(noticed, "0101"))
    done = decide(noticed, found)
    assert (done.state, done.version) == (ObjectionState.DISMISSED, 2)
    assert [(act.from_state, act.to_state) for act in done.acts] == [
        (None, "open"), ("open", "dismissed"),
    ]  # fmt: skip
    assert sheets.newest_public(noticed.community_id, MONTH).number == 1
    page = rankings.public(noticed.community_id, MONTH)
    assert not any(row.is_disputed for row in page.rows)


def test_recorder_approver_keyer_and_household_stay_out(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0105"), line_id=line_of(noticed, "0101"))
    recorder = Actor(
        account_id=noticed.recorder.account_id, table=noticed.recorder.table,
        grants=(Grant(role="panelist", place=noticed.place),),
    )  # fmt: skip
    for actor in (
        recorder,
        bound_panelist(noticed, noticed.people["0101"]),
        bound_panelist(noticed, noticed.people["0105"]),
    ):
        with pytest.raises(errors.ConflictOfInterest):
            decide(noticed, found, actor=actor)
    keyed = objections.key_in(
        actor=noticed.admin, now=ON_NOTICE, community_id=noticed.community_id, month=MONTH,
        kind=WRONG, text=TEXT, objector_member_id=noticed.people["0104"],
        line_id=line_of(noticed, "0102"),
    )  # fmt: skip
    keyer = Actor(
        account_id=noticed.admin.account_id, table=noticed.admin.table,
        grants=(Grant(role="panelist", place=noticed.place),),
    )  # fmt: skip
    with pytest.raises(errors.ConflictOfInterest):
        decide(noticed, keyed, actor=keyer)
    assert objections.detail(
        actor=recorder, community_id=noticed.community_id, objection_id=found.id
    ).must_stay_out


def test_refusals_by_name_change_nothing(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0105"), line_id=line_of(noticed, "0101"))
    for changes, error in (
        ({"version": 2}, StaleVersion),
        ({"reply": "不采纳。" + " " * 30}, errors.ReplyTooShort),
        ({"outcome": Outcome.UPHOLD}, errors.CorrectionMissing),
        ({"correction": Strike()}, errors.CorrectionNotWanted),
        (
            {
                "outcome": Outcome.UPHOLD,
                "correction": Record(item_code="FREE", occurred_on=dt.date(2026, 10, 3)),
            },
            errors.CorrectionUnfit,
        ),
        ({"actor": noticed.recorder}, Forbidden),
        ({"actor": noticed.admin}, Forbidden),
    ):
        with pytest.raises(error):
            decide(noticed, found, **changes)
    decide(noticed, found)
    with pytest.raises(errors.ObjectionClosed):
        decide(noticed, found, version=2)
    acts = db.session.scalars(
        tenancy.select(ObjectionAct, noticed.community_id).where(
            ObjectionAct.objection_id == found.id
        )
    ).all()
    assert len(acts) == 2


def test_struck_while_on_notice_makes_sheet_two_and_a_correction(noticed: ReviewWorld) -> None:
    line = line_of(noticed, "0101")
    found = file(noticed, member(noticed, "0105"), line_id=line)
    before = score_of(noticed, "0101")
    uphold(noticed, found, Strike())
    assert score_of(noticed, "0101") == before - 4
    sheet = sheets.newest_public(noticed.community_id, MONTH)
    assert (sheet.number, sheet.state) == (2, SheetState.CURRENT)
    assert sheets.verify(sheets.paper(noticed.community_id, MONTH))
    notice = notices.of_month(noticed.community_id, MONTH, ON_NOTICE)
    assert (notice.state, notice.sheet_number) == (notices.NoticeStanding.CORRECTED, 2)
    [corrigendum] = notice.corrections
    [row] = corrigendum.rows
    assert (row.household_code, row.score_before, row.score_after) == ("0101", before, before - 4)
    assert corrigendum.hidden == 0
    marked = [row for row in rankings.public(noticed.community_id, MONTH).rows if row.is_corrected]
    assert [row.household_code for row in marked] == ["0101"]
    assert ledger_check.check(noticed.community_id) == []


def test_amended_where_only_the_row_was_named(noticed: ReviewWorld) -> None:
    row = rankings.public(noticed.community_id, MONTH).rows[0]
    found = file(noticed, member(noticed, "0105"), row_id=row.row_id)
    with pytest.raises(errors.CorrectionUnfit):
        uphold(noticed, found, Amend(quantity=Decimal(2)))
    with pytest.raises(errors.LineNotOfMonth):
        uphold(noticed, found, Amend(line_id=line_of(noticed, "0102"), quantity=Decimal(2)))
    done = uphold(noticed, found, Amend(line_id=line_of(noticed, "0101"), quantity=Decimal(2)))
    assert done.line is not None
    assert done.line.posted == Decimal(2)


def test_a_missing_deed_is_recorded_on_the_month_on_notice(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0104"), kind=MISSING)
    before = score_of(noticed, "0104")
    done = uphold(noticed, found, Record(item_code="CLAIM", occurred_on=dt.date(2026, 10, 3)))
    assert done.line is not None
    assert done.line.posted == Decimal(2)
    assert score_of(noticed, "0104") == before + 2
    assert score_of(noticed, "0104", "2026-11") == 0
    assert sheets.newest_public(noticed.community_id, MONTH).number == 2


def test_a_correction_of_a_row_below_base_says_nothing_of_it(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0106"), line_id=line_of(noticed, "0106"))
    uphold(noticed, found, Strike())
    [corrigendum] = notices.of_month(noticed.community_id, MONTH, ON_NOTICE).corrections
    assert (corrigendum.rows, corrigendum.hidden) == ([], 1)


def test_upheld_after_the_seal_is_posted_to_the_open_month_and_restated_here(
    noticed: ReviewWorld,
) -> None:
    found = file(noticed, member(noticed, "0105"), line_id=line_of(noticed, "0101"))
    missing = file(noticed, member(noticed, "0104"), kind=MISSING)
    noticed.step(MonthState.SEALED)
    sealed = sheets.newest_public(noticed.community_id, MONTH)
    assert sealed.state == SheetState.SEALED
    page = rankings.public(noticed.community_id, MONTH)
    assert {row.household_code for row in page.rows if row.is_disputed} == {"0101", "0104"}
    later = SEALED + dt.timedelta(days=1)
    before = {code: score_of(noticed, code) for code in ("0101", "0104")}
    noticed.step(MonthState.FROZEN, "2026-11", now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    noticed.open_month("2026-12")
    uphold(noticed, found, Strike(), now=later)
    uphold(
        noticed, missing, Record(item_code="CLAIM", occurred_on=dt.date(2026, 10, 3)),
        now=later + dt.timedelta(minutes=1),
    )  # fmt: skip
    for code, difference in (("0101", -4), ("0104", 2)):
        assert score_of(noticed, code) == before[code], "a sealed sheet never moves"
        assert score_of(noticed, code, "2026-12") == difference
    restated = sheets.newest_public(noticed.community_id, MONTH)
    assert (restated.number, restated.state) == (3, SheetState.RESTATED)
    shown = {row.household_code: row for row in rankings.public(noticed.community_id, MONTH).rows}
    assert shown["0101"].score == before["0101"] - 4
    assert shown["0104"].score == before["0104"] + 2
    kept = tenancy.get(type(sealed), noticed.community_id, sealed.id)
    assert (kept.state, kept.digest) == (SheetState.SEALED, sealed.digest)
    assert ledger_check.check(noticed.community_id) == []


def test_texts_are_kept_apart_and_can_be_erased(noticed: ReviewWorld) -> None:
    found = file(noticed, member(noticed, "0105"), line_id=line_of(noticed, "0101"))
    row = tenancy.get(Objection, noticed.community_id, found.id)
    personal_text.erase(community_id=noticed.community_id, text_id=row.text_id, now=ON_NOTICE)
    assert (
        objections.detail(
            actor=noticed.panelist, community_id=noticed.community_id, objection_id=found.id
        ).text
        is None
    )
