"""Coming and leaving: by the code on the screen, by card, at the organiser's desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.errors import LinliError
from kernel.ids import new_id
from points.activities import attendance, cards, scanning, sheets
from points.activities.codes import Purpose
from points.errors import OwnHousehold
from tests.factories.cards import CardBatchFactory, CardCounterFactory, RedemptionCardFactory
from tests.integration.points.activities.stage import ENDS, NOW, STARTS, Stage, minutes
from tests.integration.points.world import empty_world


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(LinliError) as refused:
        act()
    return refused.value.code


class TestScan:
    def test_who_scans_is_who_comes(self, stage: Stage) -> None:
        stage.running()
        person = stage.person()
        row = stage.come(person)
        assert (row.attendee_id, row.came_by) == (stage.id_of(person), "code")
        assert (row.came_at_utc, row.came_entered_by) == (NOW, person.account_id)

    def test_who_was_not_enrolled_takes_a_place(self, stage: Stage) -> None:
        stage.running(capacity=1)
        stage.come(stage.person(name="甲"))
        assert stage.activity.enrolled == 1
        assert refusal(lambda: stage.come(stage.person(name="乙"))) == "activity_full"

    def test_who_waits_does_not_come_in_before_a_place_is_free(self, stage: Stage) -> None:
        stage.running(capacity=1)
        first, second = stage.person(name="甲"), stage.person(name="乙")
        stage.enrol(first)
        stage.enrol(second)
        assert refusal(lambda: stage.come(second)) == "activity_full"
        stage.withdraw(first)
        assert stage.come(second).came_at_utc == NOW

    def test_nobody_comes_twice(self, stage: Stage) -> None:
        stage.running()
        person = stage.person()
        stage.come(person)
        assert refusal(lambda: stage.come(person)) == "already_checked_in"
        assert (
            refusal(lambda: stage.check_in(member_id=stage.id_of(person))) == "already_checked_in"
        )

    def test_a_photographed_code_is_refused_by_name(self, stage: Stage) -> None:
        stage.running()
        person, photo = stage.person(), stage.token(NOW)
        act = {"actor": person, "community_id": stage.community_id, "scanned": photo}
        late = NOW + dt.timedelta(seconds=30)
        assert refusal(lambda: scanning.scan(now=late, **act)) == "code_old"
        assert scanning.scan(now=NOW + dt.timedelta(seconds=29), **act).came_by == "code"

    def test_a_code_of_another_community_finds_nothing(self, stage: Stage) -> None:
        stage.running()
        token = stage.token()
        elsewhere = empty_world("elsewhere")
        stranger = elsewhere.bound_actor("member", elsewhere.member())
        for community_id in (elsewhere.community_id, stage.community_id):
            code = refusal(
                lambda community_id=community_id: scanning.scan(
                    actor=stranger, now=NOW, community_id=community_id, scanned=token
                )
            )
            assert code in ("activity_unknown", "not_found")

    def test_the_code_is_the_organisers_alone_and_writes_nothing(
        self, stage: Stage, count_statements: Callable[[], Any]
    ) -> None:
        stage.running()
        assert refusal(
            lambda: scanning.code(
                actor=stage.person(), now=NOW, purpose=Purpose.COME, **stage.where
            )
        ) == "forbidden"  # fmt: skip
        with count_statements() as seen:
            stage.token()
        assert [text for text in seen if not text.startswith("SELECT")] == []

    @pytest.mark.parametrize(
        ("begin", "now", "purpose", "code"),
        [
            ("opened", NOW, Purpose.COME, "activity_not_running"),
            ("running", ENDS, Purpose.COME, "activity_over"),
            ("running", NOW, Purpose.LEAVE, "hours_do_not_count"),
        ],
        ids=["open", "over", "no hours"],
    )
    def test_no_code_where_nobody_can_come(
        self, stage: Stage, begin: str, now: dt.datetime, purpose: Purpose, code: str
    ) -> None:
        getattr(stage, begin)()
        assert refusal(lambda: stage.token(now, purpose)) == code

    def test_somebody_who_is_no_member_that_day(self, stage: Stage) -> None:
        stage.running()
        late = stage.person(joined_on=dt.date(2026, 11, 22))
        assert refusal(lambda: stage.come(late)) == "not_found"


class TestLeaving:
    def test_the_time_between_is_what_counts(self, stage: Stage) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        person = stage.person()
        stage.come(person, minutes(10))
        row = stage.leave(person, minutes(100))
        assert (row.left_at_utc, row.left_by) == (minutes(100), "code")
        assert refusal(lambda: stage.leave(person, minutes(101))) == "already_checked_out"

    def test_who_did_not_come_does_not_leave(self, stage: Stage) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        assert refusal(lambda: stage.leave(stage.person(), minutes(5))) == "not_checked_in"

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"left_at_utc": minutes(60)}, "reason_needed"),
            ({"left_at_utc": minutes(60), "reason": "  "}, "reason_needed"),
            ({"left_at_utc": minutes(5), "reason": "忘了"}, "time_outside"),
            ({"left_at_utc": minutes(121), "reason": "忘了"}, "time_outside"),
        ],
        ids=["no reason", "blank", "before coming", "in the future"],
    )
    def test_the_organiser_gives_a_forgotten_time_with_a_reason(
        self, stage: Stage, values: dict[str, Any], code: str
    ) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        person = stage.person()
        stage.come(person, minutes(10))
        act = {"member_id": stage.id_of(person), "now": minutes(120)}
        assert refusal(lambda: stage.check_out(**act, **values)) == code
        row = stage.check_out(**act, left_at_utc=minutes(60), reason="忘了签退")
        assert (row.left_at_utc, row.left_entered_by) == (
            minutes(60), stage.organiser.account_id,
        )  # fmt: skip


class TestDesk:
    def test_the_organiser_is_named_in_the_act(self, stage: Stage) -> None:
        stage.running()
        member_id = stage.world.member(name="王奶奶")
        row = stage.check_in(member_id=member_id)
        assert (row.came_by, row.came_entered_by) == ("organiser", stage.organiser.account_id)

    @pytest.mark.parametrize(
        "named",
        [{}, {"member_id": new_id(), "merchant_id": new_id()},
         {"member_id": new_id(), "card_number": "1"}],
        ids=["nobody", "two", "and a card"],
    )  # fmt: skip
    def test_exactly_one_is_named(self, stage: Stage, named: dict[str, Any]) -> None:
        stage.running()
        assert refusal(lambda: stage.check_in(**named)) == "who_missing"

    def test_not_the_own_household_nor_oneself(self, stage: Stage) -> None:
        home = stage.world.household_id
        own = stage.world.member(name="张强", household_id=home)
        wife = stage.world.member(name="李梅", household_id=home)
        stage.organiser = stage.world.bound_actor("grid_worker", own)
        stage.running()
        for member_id in (own, wife):
            with pytest.raises(OwnHousehold):
                stage.check_in(member_id=member_id)

    def test_cards_are_not_in_use(self, stage: Stage) -> None:
        """The community has ordered none."""
        stage.running()
        assert refusal(lambda: stage.check_in(card_number="K000-1234")) == "cards_not_in_use"

    def test_a_card_of_the_community_checks_its_holder_in(self, stage: Stage) -> None:
        stage.running()
        member_id = stage.world.member(name="王奶奶")
        batch = CardBatchFactory(community_id=stage.world.community_id)
        RedemptionCardFactory(
            community_id=batch.community_id, batch_id=batch.id, number=123, state="handed",
            member_id=member_id,
        )  # fmt: skip
        CardCounterFactory(community_id=batch.community_id)
        row = stage.check_in(card_number="K000-1234")
        assert (row.attendee_id, row.came_by) == (member_id, "card")
        assert refusal(lambda: stage.check_in(card_number="K000-1233")) == "card_unreadable"
        assert refusal(lambda: stage.check_in(card_number="K000-0013")) == "card_unknown"

    class TestWithCards:
        @pytest.fixture
        def card_of(self, stage: Stage) -> Iterator[dict[str, Any]]:
            known: dict[str, Any] = {}
            [wired] = cards._card_holder
            cards.card_holder_from(lambda community_id, number, now: known[number])
            yield known
            cards.card_holder_from(wired)

        def test_a_card_stands_for_its_holder(self, stage: Stage, card_of: dict[str, Any]) -> None:
            stage.running(item_code="HOURS", counts_hours=True)
            card_of["000123"] = member_id = stage.world.member(name="王奶奶")
            row = stage.check_in(card_number="000123")
            assert (row.attendee_id, row.came_by) == (member_id, "card")
            left = stage.check_out(card_number="000123", now=minutes(60))
            assert (left.left_at_utc, left.left_by) == (minutes(60), "card")

    def test_a_mistake_is_struck_and_may_be_put_right(self, stage: Stage) -> None:
        stage.running()
        member_id = stage.world.member(name="王奶奶")
        row = stage.check_in(member_id=member_id)
        act = {"actor": stage.organiser, "now": NOW, "attendance_id": row.id, **stage.where}
        assert refusal(lambda: attendance.strike(reason=" ", **act)) == "reason_needed"
        attendance.strike(reason="认错了人", **act)
        assert refusal(lambda: attendance.strike(reason="再来", **act)) == "not_checked_in"
        stage.check_in(member_id=member_id)
        assert [each.is_struck for each in stage.sheet()] == [True, False]

    def test_in_two_places_at_once_is_a_warning(self, stage: Stage) -> None:
        stage.running(title="义诊")
        person = stage.person()
        stage.come(person)
        stage.running(title="周末清洁", starts_at_utc=minutes(60))
        stage.come(person)
        assert [each.elsewhere for each in stage.sheet()] == [["义诊"]]

    def test_one_after_the_other_is_none(self, stage: Stage) -> None:
        stage.running(title="义诊", ends_at_utc=minutes(60))
        person = stage.person()
        stage.come(person)
        stage.running(title="周末清洁", starts_at_utc=minutes(60))
        stage.come(person)
        assert [each.elsewhere for each in stage.sheet()] == [[]]


def test_the_sheet_lists_who_came_and_who_did_not(stage: Stage) -> None:
    import io

    import openpyxl

    stage.running(title="=1+1 义诊")
    came = stage.person(name="王奶奶", household_id=stage.world.household_id)
    stage.come(came)
    stage.enrol(stage.person(name="李四"))
    content = sheets.workbook(actor=stage.organiser, **stage.where)
    table = openpyxl.load_workbook(io.BytesIO(content)).active
    assert table is not None
    rows = [[cell.value for cell in row] for row in table.iter_rows()]
    assert rows[0][0] == f"=1+1 义诊　一号楼前　{STARTS.strftime('%Y-%m-%d')} 12:00—15:00"
    assert table["A1"].data_type == "s"
    assert [row[:5] for row in rows[2:]] == [
        [1, "王奶奶", "A0101", "12:00", "扫码"], [2, "李四", "", None, None],
    ]  # fmt: skip
