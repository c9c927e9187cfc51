"""Consultations: from–to, comments without names, answers, and what adoption asks of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kernel import personal_text
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from points.models import (
    CommentChannel,
    Consultation,
    ConsultationComment,
    RulebookState,
    RulebookVersion,
)
from points.rulebook_life import comment_lists, consultation_lists, consultations, errors
from points.rulebook_life.comment_lists import CommentSeen
from points.rules.findings import RulebookRefused
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import (
    AFTERWARDS,
    FIRST,
    LAST,
    adopt,
    answer,
    consult,
    document_of,
    draft,
    say,
    take_back,
)
from tests.integration.points.world import NOW, TODAY, World

AFTER = dt.date(2026, 12, 1)


@pytest.fixture
def row(world: World) -> RulebookVersion:
    return draft(world)


@pytest.fixture
def asked(world: World, row: RulebookVersion) -> Consultation:
    return consult(world, row)


def listed(world: World, asked: Consultation, **values: Any) -> list[CommentSeen]:
    given = {"actor": world.admin, **values}
    return comment_lists.comments(
        community_id=world.community_id, consultation_id=asked.id, **given
    )


class TestOpening:
    def test_the_text_asked_about_is_kept(self, world: World, row: RulebookVersion) -> None:
        asked = consult(world, row)
        assert (row.state, row.version_seen) == (RulebookState.CONSULTATION, 2)
        assert (asked.number, asked.sha256) == (1, row.sha256)
        (seen,) = consultation_lists.on_board(world.community_id, TODAY)
        assert (seen.standing, seen.title, seen.version) == ("open", "测试细则", 2)
        assert seen.document["items"][0]["code"] == "CAP"

    @pytest.mark.parametrize(
        ("starts_on", "last_on", "field"),
        [
            (dt.date(2026, 11, 20), LAST, "starts_on"),
            (FIRST, dt.date(2026, 11, 20), "last_on"),
            (FIRST, dt.date(2027, 11, 23), "last_on"),
        ],
    )
    def test_dates_that_cannot_be_are_refused(
        self, world: World, row: RulebookVersion, starts_on: dt.date, last_on: dt.date, field: str
    ) -> None:
        with pytest.raises(errors.ConsultationDatesWrong) as refused:
            consult(world, row, starts_on=starts_on, last_on=last_on)
        assert refused.value.field == field
        assert row.state == RulebookState.DRAFT

    def test_one_day_and_a_later_start_are_allowed(
        self, world: World, row: RulebookVersion
    ) -> None:
        consult(world, row, starts_on=LAST, last_on=LAST)
        (seen,) = consultation_lists.on_board(world.community_id, TODAY)
        assert seen.standing == "coming"

    def test_a_text_with_errors_is_not_laid_open(self, world: World) -> None:
        item = {**texts.items("CAP")[0], "limits": [{"max_points": 1, "per": "month"}]}
        broken = draft(world, items=[item])
        with pytest.raises(RulebookRefused):
            consult(world, broken)
        assert consultation_lists.on_board(world.community_id, TODAY) == []


class TestComments:
    def test_members_and_staff_comment_and_read_their_own_at_once(
        self, world: World, asked: Consultation
    ) -> None:
        member = world.actor("member", member=world.member())
        say(world, asked, "积雪这一项可以加分", actor=member, item_code="CAP")
        say(world, asked, "网格员也有话说")
        (own,) = listed(world, asked, actor=member, is_own=True)
        assert (own.number, own.item_code, own.text) == (1, "CAP", "积雪这一项可以加分")
        assert listed(world, asked, actor=member) == []
        assert [each.number for each in listed(world, asked)] == [1, 2]

    def test_nobody_is_told_who_said_it(self, world: World, asked: Consultation) -> None:
        said = say(world, asked, "匿名的话")
        author = str(said.author_id)
        for actor in (world.admin, world.recorder, world.actor("supervisor")):
            assert author not in str(listed(world, asked, actor=actor))
        assert set(vars(listed(world, asked)[0])) == {
            "id", "number", "channel", "item_code", "text", "at_utc", "answers",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("now", "is_taken"),
        [
            (NOW, True),
            (dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC), True),
            (dt.datetime(2026, 11, 30, 16, 0, tzinfo=dt.UTC), False),
        ],
        ids=["first day", "last minute", "a minute later"],
    )
    def test_comments_are_taken_to_the_end_of_the_last_day(
        self, world: World, asked: Consultation, now: dt.datetime, is_taken: bool
    ) -> None:
        if is_taken:
            assert say(world, asked, "来得及", now=now).number == 1
            return
        with pytest.raises(errors.ConsultationNotOpen) as refused:
            say(world, asked, "来不及", now=now)
        assert "2026-11-30" in refused.value.sentence("zh")

    def test_an_item_that_is_not_there_is_refused(self, world: World, asked: Consultation) -> None:
        with pytest.raises(errors.ItemUnknown):
            say(world, asked, "哪一条？", item_code="NONE")

    def test_at_the_counter_only_staff_write_down(self, world: World, asked: Consultation) -> None:
        counter = {"channel": CommentChannel.COUNTER}
        with pytest.raises(errors.CounterIsForStaff):
            say(world, asked, "我替邻居说", actor=world.actor("member"), **counter)
        assert say(world, asked, "来人口述", **counter).channel == "counter"

    def test_one_account_does_not_fill_the_list(self, world: World, asked: Consultation) -> None:
        talkative = world.actor("member")
        for n in range(consultations.MOST_COMMENTS):
            say(world, asked, f"又一条 {n}", actor=talkative)
        with pytest.raises(errors.CommentsMany):
            say(world, asked, "还有一条", actor=talkative)
        for n in range(consultations.MOST_COMMENTS + 1):
            say(world, asked, f"窗口第 {n} 位", channel=CommentChannel.COUNTER)

    @pytest.mark.parametrize("role", ["auditor", "street_officer", "merchant_clerk"])
    def test_who_is_not_of_the_community_does_not_comment(
        self, world: World, asked: Consultation, role: str
    ) -> None:
        with pytest.raises(Forbidden):
            say(world, asked, "外面的话", actor=world.actor(role))

    def test_another_communitys_consultation_does_not_exist(
        self, world: World, asked: Consultation, bare_world: World
    ) -> None:
        with pytest.raises(NotFound):
            say(bare_world, asked, "串门")
        with pytest.raises(NotFound):
            listed(bare_world, asked)

    def test_comments_are_paged_and_searched(self, world: World, asked: Consultation) -> None:
        said = [say(world, asked, f"第 {n} 条意见") for n in range(1, 4)]
        say(world, asked, "说说分值", item_code="CAP")
        assert [each.number for each in listed(world, asked, limit=2)] == [1, 2]
        assert [each.number for each in listed(world, asked, after=said[1].id)] == [3, 4]
        assert [each.number for each in listed(world, asked, q="第 2")] == [2]
        assert [each.number for each in listed(world, asked, q="CAP")] == [4]
        assert listed(world, asked, q="100%") == []
        answer(world, said[0].id, "已采纳到第三条")
        assert [each.number for each in listed(world, asked, q="第三条")] == [1]
        assert [each.number for each in listed(world, asked, with_answer=False)] == [2, 3, 4]

    def test_a_comment_can_be_erased_and_is_never_changed(
        self, world: World, asked: Consultation
    ) -> None:
        said = say(world, asked, "写了不该写的")
        personal_text.erase(community_id=world.community_id, text_id=said.text_id, now=NOW)
        assert listed(world, asked)[0].text is None
        db.session.commit()
        own = {"own": said.id.hex if db.engine.dialect.name == "sqlite" else said.id}
        for act in (
            "UPDATE consultation_comment SET number = 9",
            "DELETE FROM consultation_comment",
        ):
            with pytest.raises(DBAPIError):
                db.session.execute(
                    sa.text(f"{act} WHERE community_id IS NOT NULL AND id = :own"), own
                )
            db.session.rollback()


class TestAnswers:
    def test_with_its_answer_a_comment_becomes_public(
        self, world: World, asked: Consultation
    ) -> None:
        said = say(world, asked, "门前三包太严")
        say(world, asked, "还没答复的")
        answer(world, said.id, "改为每周一次", outcome="partly")
        (shown,) = listed(world, asked, actor=world.actor("member"))
        assert (shown.text, shown.answers[0].text) == ("门前三包太严", "改为每周一次")
        assert shown.answers[0].outcome == "partly"
        public = comment_lists.public_comments(
            world.community_id, asked.id, q="", offset=0, limit=9
        )
        assert public == [shown]
        (seen,) = consultation_lists.on_board(world.community_id, TODAY)
        assert (seen.comment_count, seen.answered_count) == (2, 1)

    def test_words_that_name_somebody_are_replaced_in_public(
        self, world: World, asked: Consultation
    ) -> None:
        said = say(world, asked, "三号楼张三从来不扫雪")
        answer(world, said.id, "会入户提醒", public_text="有住户从来不扫雪")
        member = world.actor("member")
        assert [each.text for each in listed(world, asked, actor=member)] == ["有住户从来不扫雪"]
        assert listed(world, asked, actor=member, q="张三") == []
        assert [each.number for each in listed(world, asked, q="张三")] == [1]
        answer(world, said.id, "已经提醒过了")
        (shown,) = listed(world, asked, actor=member)
        assert (shown.text, [each.text for each in shown.answers]) == (
            "有住户从来不扫雪", ["已经提醒过了"],
        )  # fmt: skip
        assert len(listed(world, asked)[0].answers) == 2
        assert listed(world, asked, actor=member, q="会入户提醒") == []

    def test_only_the_community_answers_until_adoption(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        said = say(world, asked, "一条意见")
        with pytest.raises(Forbidden):
            answer(world, said.id, actor=world.recorder)
        answer(world, said.id)
        adopt(world, row, now=AFTERWARDS, adopted_on=AFTER, effective_from=dt.date(2027, 1, 1))
        with pytest.raises(errors.AnswerTooLate):
            answer(world, said.id, "补一句", now=AFTERWARDS)


class TestAdoption:
    def adopt_later(self, world: World, row: RulebookVersion, **values: Any) -> RulebookVersion:
        return adopt(
            world, row,
            **{"now": AFTERWARDS, "adopted_on": AFTER, "effective_from": dt.date(2027, 1, 1),
               **values},
        )  # fmt: skip

    def test_not_before_the_last_day_is_over(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        last_minute = dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC)
        with pytest.raises(errors.ConsultationRunning):
            self.adopt_later(world, row, now=last_minute, adopted_on=TODAY)
        with pytest.raises(errors.AdoptedDuringConsultation):
            self.adopt_later(world, row, adopted_on=LAST)
        self.adopt_later(world, row)
        assert row.state == RulebookState.ADOPTED

    def test_every_comment_is_answered_first(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        said = [say(world, asked, f"第 {n} 条") for n in range(1, 4)]
        answer(world, said[1].id)
        with pytest.raises(errors.CommentsUnanswered) as refused:
            self.adopt_later(world, row)
        assert "还有 2 条意见没有答复（第 1、3 条）" in refused.value.sentence("zh")
        for each in (said[0], said[2]):
            answer(world, each.id, now=AFTERWARDS)
        self.adopt_later(world, row)

    def test_a_text_is_revised_after_its_consultation(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        take_back(world, row, now=AFTERWARDS, why="按意见改分值")
        assert (row.state, asked.broken_off_on) == (RulebookState.DRAFT, None)
        self.adopt_later(world, row)

    def test_one_broken_off_is_repeated_to_its_end(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        said = say(world, asked, "有错字")
        take_back(world, row)
        assert asked.broken_off_on == TODAY
        with pytest.raises(errors.ConsultationNotOpen):
            say(world, asked, "还想说")
        answer(world, said.id)
        with pytest.raises(errors.ConsultationBrokenOff):
            self.adopt_later(world, row)
        again = consult(world, row)
        assert again.number == 2
        states = consultation_lists.of_version(
            actor=world.admin, community_id=world.community_id, version_id=row.id, today=AFTER
        )
        assert [(each.number, each.standing) for each in states] == [
            (2, "closed"),
            (1, "broken_off"),
        ]
        self.adopt_later(world, row)

    def test_comments_of_an_earlier_consultation_are_answered_too(
        self, world: World, row: RulebookVersion, asked: Consultation
    ) -> None:
        say(world, asked, "第一轮的意见")
        take_back(world, row)
        consult(world, row)
        with pytest.raises(errors.CommentsUnanswered):
            self.adopt_later(world, row)

    @pytest.mark.parametrize(
        ("values", "error"),
        [({"version": 1}, StaleVersion), ({"actor": None}, Forbidden)],
        ids=["stale", "a grid worker"],
    )
    def test_who_takes_a_text_back(
        self,
        world: World,
        row: RulebookVersion,
        asked: Consultation,
        values: dict[str, Any],
        error: type[LinliError],
    ) -> None:
        given = {**values, **({"actor": world.recorder} if "actor" in values else {})}
        with pytest.raises(error):
            take_back(world, row, **given)
        assert row.state == RulebookState.CONSULTATION

    def test_nobody_has_to_be_asked(self, world: World, row: RulebookVersion) -> None:
        adopt(world, row)
        assert document_of(row)["version"] == 2


def test_lists_cost_the_same_for_many_comments(
    world: World, asked: Consultation, count_statements: Any
) -> None:
    def statements() -> int:
        with count_statements() as seen:
            listed(world, asked, limit=100)
        return len(seen)

    answer(world, say(world, asked, "一条").id)
    few = statements()
    for n in range(12):
        answer(world, say(world, asked, f"又一条 {n}").id)
    assert statements() == few
    rows = db.session.query(ConsultationComment).filter_by(community_id=world.community_id)
    assert rows.count() == 13
