"""What is personal about those who left goes: when its time is over, or when they ask."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from community import bindings, erasures
from community.models import LeavingBalance, Member, MemberErasure, UserAccount
from kernel import clock, files, personal_text, tenancy
from kernel.audit import AuditRecord
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound
from points import history
from points.models import AccountingMonth, Fact
from tests.factories import activities
from tests.integration.points.claim_world import ClaimWorld
from tests.integration.points.moving.stage import LATER, NOW, TODAY, Stage
from tests.support.at_once import at_once

KEPT = 180
OVER = NOW + dt.timedelta(days=KEPT)


@pytest.fixture
def gone(stage: Stage, tmp_path: Any) -> Stage:
    """Zhang did this and that, left, and nothing is open any more; Li stays."""
    stage.choose(LeavingBalance.EXPIRES, days=1)
    stage.home.record(stage.zhang, "FREE", reason="张三帮老人搬家")
    stage.home.record(stage.li, "FREE", reason="李梅打扫楼道")
    claims = ClaimWorld(stage.home, tmp_path)
    claims.member_id, claims.me = stage.zhang, stage.phone
    claims.decline(claims.check(claims.submit(text="张三巡逻")), reason="张三那天不在")
    why = personal_text.keep(community_id=stage.home.community_id, body="张三没有来", now=NOW)
    activity = activities.ActivityFactory(community_id=stage.home.community_id)
    activities.ActivityAttendanceFactory(
        community_id=stage.home.community_id, activity_id=activity.id, attendee_id=stage.zhang,
        struck_at_utc=NOW, struck_by=stage.home.admin.account_id, struck_reason_text_id=why.id,
    )  # fmt: skip
    db.session.add(_account(stage.phone.account_id, "openid-of-zhang"))
    db.session.flush()
    stage.leave()
    stage.settle(LATER)
    seal_everything(stage)
    return stage


def _account(account_id: uuid.UUID, openid: str) -> UserAccount:
    return UserAccount(
        id=account_id, openid=openid, unionid="u", display_name="张三", created_at_utc=NOW
    )


def seal_everything(stage: Stage) -> None:
    db.session.execute(
        tenancy.update(AccountingMonth, stage.home.community_id).values(
            state="sealed", frozen_at_utc=NOW, sealed_at_utc=NOW
        )
    )


def texts(stage: Stage) -> set[str]:
    rows = db.session.scalars(
        tenancy.columns(
            personal_text.PersonalText, stage.home.community_id, personal_text.PersonalText.body
        )
    )
    return {body for body in rows if body}


def request(stage: Stage, **values: Any) -> MemberErasure:
    given = {
        "actor": stage.home.admin, "now": LATER, "community_id": stage.home.community_id,
        "member_id": stage.zhang, "name": "张三", "reason": "本人来窗口书面申请", **values,
    }  # fmt: skip
    return erasures.on_request(**given)


def test_words_pictures_name_and_sign_in_go_and_the_ledger_stays(gone: Stage) -> None:
    assert {"张三帮老人搬家", "张三巡逻", "张三那天不在", "张三没有来", "李梅打扫楼道"} <= texts(
        gone
    )
    assert request(gone).way == "request"
    assert texts(gone) == {"李梅打扫楼道", "本人来窗口书面申请"}
    stored = db.session.scalars(tenancy.select(files.StoredFile, gone.home.community_id)).one()
    assert stored.erased_at_utc is not None
    member = tenancy.get(Member, gone.home.community_id, gone.zhang)
    assert (member.name, member.senior_from) == ("已离开的居民", None)
    account = db.session.get(UserAccount, gone.phone.account_id)
    assert account is not None
    assert str(account.openid).startswith("erased-")
    assert (account.unionid, account.display_name, account.is_disabled) == (
        None, "已离开的居民", True,
    )  # fmt: skip
    gone.check()
    hashes = tenancy.columns(
        personal_text.PersonalText, gone.home.community_id, personal_text.PersonalText.sha256
    )
    assert all(len(each) == 64 for each in db.session.scalars(hashes))


def test_the_history_stays_readable(gone: Stage) -> None:
    def lines() -> list[Any]:
        rows = history.history(
            actor=gone.home.admin, community_id=gone.home.community_id, member_id=gone.zhang,
        )  # fmt: skip
        return [(row.id, row.kind, row.points) for row in rows]

    before = lines()
    request(gone)
    assert lines() == before != []


def test_the_trail_says_who_when_and_of_what_kind_but_no_words(gone: Stage) -> None:
    row = request(gone)
    found = db.session.scalars(
        tenancy.select(AuditRecord, gone.home.community_id).where(
            AuditRecord.act == "member.erased"
        )
    ).one()
    assert (found.actor_id, found.subject_id) == (gone.home.admin.account_id, gone.zhang)
    assert found.detail == {
        "way": "request", "claims": 1, "facts": 1, "records": 1, "comments": 0, "objections": 0,
        "reports": 0, "reversals": 0, "cards": 0, "children": 0, "accounts": 1,
    }  # fmt: skip
    assert personal_text.read(gone.home.community_id, row.reason_text_id) == "本人来窗口书面申请"


def test_a_reason_shared_with_somebody_who_stays_stays(gone: Stage) -> None:
    rows = tenancy.select(Fact, gone.home.community_id)
    facts = {fact.member_id: fact for fact in db.session.scalars(rows)}
    facts[gone.zhang].reason_text_id = facts[gone.li].reason_text_id
    db.session.flush()
    request(gone)
    assert "李梅打扫楼道" in texts(gone)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda stage: request(stage, member_id=stage.li, name="李梅"), "still_member"),
        (lambda stage: request(stage, name="李梅"), "name_differs"),
        (lambda stage: request(stage, reason="  "), "erasure_reason_missing"),
        (lambda stage: [request(stage), request(stage)], "erased_already"),
        (lambda stage: request(stage, actor=stage.home.panelist), "forbidden"),
        (lambda stage: request(stage, actor=stage.away.admin), "not_found"),
        (lambda stage: request(stage, member_id=stage.away.member()), "not_found"),
    ],
    ids=["not left", "wrong name", "no reason", "twice", "panelist", "elsewhere", "of elsewhere"],
)
def test_refusals(gone: Stage, change: Callable[[Stage], Any], code: str) -> None:
    with pytest.raises((LinliError, NotFound, Forbidden)) as refused:
        change(gone)
    assert refused.value.code == code


def test_what_is_still_open_is_waited_for(stage: Stage, tmp_path: Any) -> None:
    claims = ClaimWorld(stage.home, tmp_path)
    claims.member_id, claims.me = stage.zhang, stage.phone
    claims.submit()
    stage.earn()
    stage.leave()
    with pytest.raises(LinliError) as refused:
        request(stage)
    assert refused.value.code == "erasure_too_early"
    for words in ("申报还没有审核完", "最后的月份还没有归档", "剩余积分还没有处理"):
        assert words in refused.value.sentence("zh")
    answer = erasures.when_due(
        actor=stage.home.admin, now=OVER, community_id=stage.home.community_id,
        member_id=stage.zhang, kept_days=KEPT,
    )  # fmt: skip
    assert [each.code for each in answer] == ["claims", "month", "balance"]
    assert texts(stage) != set()


class TestAccountsOfSeveralCommunities:
    def test_who_moved_on_still_signs_in_there(self, gone: Stage) -> None:
        gone.arrives()
        request(gone)
        assert self.openid(gone) == "openid-of-zhang"

    def test_the_last_community_to_forget_takes_it(self, gone: Stage) -> None:
        member_id = gone.arrives()
        request(gone)
        bindings.end_of_member(
            actor=gone.away.admin, now=NOW, community_id=gone.away.community_id,
            member_id=member_id,
        )  # fmt: skip
        row = tenancy.get(Member, gone.away.community_id, member_id)
        row.left_on, row.left_reason = TODAY, "moved_out"
        db.session.flush()
        request(
            gone, actor=gone.away.admin, community_id=gone.away.community_id, member_id=member_id
        )
        assert self.openid(gone).startswith("erased-")

    @staticmethod
    def openid(stage: Stage) -> str:
        account = db.session.get(UserAccount, stage.phone.account_id)
        assert account is not None
        return str(account.openid)


class TestTheNightlyCommand:
    def run(self, app: Flask, days: int) -> str:
        clock.set_offset(NOW + dt.timedelta(days=days) - dt.datetime.now(dt.UTC))
        result = app.test_cli_runner().invoke(args=["ops", "erase-leavers"])
        assert result.exit_code == 0, result.output
        return result.output

    def test_not_a_day_before_the_time_is_over_and_once(self, gone: Stage, app: Flask) -> None:
        db.session.commit()
        early = self.run(app, KEPT - 1)
        assert "yijuyuan: personal information of 0 who left was erased" in early
        assert "yijuyuan: personal information of 1 who left was erased" in self.run(app, KEPT)
        again = self.run(app, KEPT)
        assert "yijuyuan: personal information of 0 who left was erased" in again
        assert "张三" not in early + again
        row = db.session.scalars(tenancy.select(MemberErasure, gone.home.community_id)).one()
        assert (row.way, row.reason_text_id) == ("retention", None)

    def test_who_waits_is_counted_by_what_is_open(self, stage: Stage, app: Flask) -> None:
        stage.earn()
        stage.leave()
        db.session.commit()
        said = self.run(app, KEPT)
        assert "yijuyuan: 1 wait, because the last month is not sealed" in said
        assert "yijuyuan: 1 wait, because points left behind are not settled" in said

    def test_killed_in_between_it_goes_on_the_next_time(
        self, gone: Stage, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        second = gone.home.member(name="王五")
        gone.leave(member_id=second)
        db.session.commit()
        whole, begun = erasures.when_due, []

        def killed(**given: Any) -> Any:
            if begun:
                raise KeyboardInterrupt
            begun.append(given["member_id"])
            return whole(**given)

        monkeypatch.setattr(erasures, "when_due", killed)
        clock.set_offset(OVER - dt.datetime.now(dt.UTC))
        assert app.test_cli_runner().invoke(args=["ops", "erase-leavers"]).exit_code != 0
        monkeypatch.setattr(erasures, "when_due", whole)
        assert "yijuyuan: personal information of 1 who left was erased" in self.run(app, KEPT)
        rows = db.session.scalars(tenancy.select(MemberErasure, gone.home.community_id)).all()
        assert {row.member_id for row in rows} == {gone.zhang, second}


class TestTwoAtOnce:
    """The office erases while the nightly command does: one does it, once."""

    @staticmethod
    def requests(stage: Stage) -> list[Callable[[], Any]]:
        db.session.commit()
        given = {
            "now": OVER, "community_id": stage.home.community_id, "member_id": stage.zhang,
            "actor": stage.home.admin,
        }  # fmt: skip
        return [
            lambda: erasures.when_due(**given, kept_days=KEPT).way,
            lambda: erasures.on_request(**given, name="张三", reason="家属来电").way,
        ]

    def answers(self, app: Flask, stage: Stage) -> set[str]:
        found = at_once(app, self.requests(stage))
        return {each.code if isinstance(each, LinliError) else each for each in found}

    @staticmethod
    def trails(stage: Stage) -> int:
        db.session.rollback()
        found = tenancy.select(AuditRecord, stage.home.community_id)
        return len(db.session.scalars(found.where(AuditRecord.act == "member.erased")).all())

    def test_it_happens_once_and_the_other_is_told(self, gone: Stage, app: Flask) -> None:
        answers = self.answers(app, gone)
        assert answers in ({"retention", "erased_already"}, {"request"})
        assert self.trails(gone) == 1

    def test_who_does_not_look_is_refused_by_the_key(
        self, gone: Stage, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both see that nothing was erased; that it is written once is the unique key's work."""
        monkeypatch.setattr(erasures, "_of", lambda _: None)
        answers = self.answers(app, gone)
        assert "conflict" in answers or "name_differs" in answers
        assert self.trails(gone) == 1
