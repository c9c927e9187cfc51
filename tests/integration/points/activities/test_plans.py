"""Planning, the legal steps, who organises, what lists show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from community.models import RoleGrant, UserAccount
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from kernel.ids import new_id
from points.activities import lists, planning, settlement, steps
from points.activities.errors import (
    CapacityTooSmall,
    FixedWhileRunning,
    IllegalActivityStep,
    NotOrganiser,
    NotYet,
    OrganiserNotAllowed,
    ReasonNeeded,
)
from points.activities.lists import ActivityFilter
from points.activities.planning import Plan
from points.models import ActivityActKind, ActivityAudience, ActivityState
from tests.integration.points.activities.stage import ENDS, NOW, STARTS, Stage
from tests.integration.points.world import World, empty_world

PLAN = {"title": "周末清洁", "place": "一号楼前", "starts_at_utc": STARTS, "ends_at_utc": ENDS}


class TestPlan:
    @pytest.mark.parametrize(
        ("values", "code", "wrong"),
        [
            ({"ends_at_utc": STARTS}, "activity_times_wrong", "ends_at_utc"),
            ({"ends_at_utc": STARTS + dt.timedelta(days=1)}, "activity_times_wrong", "ends_at_utc"),
            ({"item_code": "NONE"}, "item_not_in_force", "item_code"),
            ({"item_code": "BAD"}, "item_not_for_activity", "item_code"),
            ({"item_code": "TIMES"}, "level_missing", "level"),
            ({"item_code": "TIMES", "level": "中"}, "level_unknown", "level"),
            ({"item_code": "CAP", "level": "大"}, "level_unknown", "level"),
            ({"item_code": "CAP", "counts_hours": True}, "item_not_in_hours", "counts_hours"),
            ({"item_code": "HOURS"}, "hours_must_count", "counts_hours"),
            ({"counts_hours": True}, "item_not_in_hours", "counts_hours"),
            (
                {"item_code": "CAP", "audience": ActivityAudience.EVERYBODY},
                "audience_wrong",
                "audience",
            ),
        ],
        ids=["no time", "two days", "no item", "deduction", "no level", "unknown level",
             "level without levels", "no hours", "hours needed", "service hours", "audience"],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_with_its_field(
        self, stage: Stage, values: dict[str, Any], code: str, wrong: str
    ) -> None:
        with pytest.raises(LinliError) as refused:
            planning.plan(
                actor=stage.organiser, now=NOW, community_id=stage.community_id,
                planned=Plan(**{**PLAN, **values}),
            )  # fmt: skip
        assert (refused.value.code, refused.value.field) == (code, wrong)

    def test_not_into_the_past(self, stage: Stage) -> None:
        with pytest.raises(LinliError) as refused:
            planning.plan(
                actor=stage.organiser, now=ENDS, community_id=stage.community_id,
                planned=Plan(**PLAN),
            )  # fmt: skip
        assert refused.value.code == "activity_times_wrong"

    def test_an_item_the_organisers_role_may_not_record(self, stage: Stage) -> None:
        stage.organiser = stage.world.panelist
        stage.world.adopt(
            version=2, effective_from=dt.date(2026, 12, 1),
            items=[{"code": "ONLY", "name": "只由网格员", "kind": "bonus", "subject": "environment",
                    "award": {"type": "fixed", "points": 1},
                    "recording": {"recorders": ["grid_worker"]}}],
        )  # fmt: skip
        later = dt.timedelta(days=15)
        with pytest.raises(LinliError) as refused:
            stage.planned(item_code="ONLY", starts_at_utc=STARTS + later, ends_at_utc=ENDS + later)
        assert refused.value.code == "recorder_not_allowed"

    @pytest.mark.parametrize("role", ["grid_worker", "community_admin", "panelist"])
    def test_three_roles_organise(self, stage: Stage, role: str) -> None:
        stage.organiser = stage.world.actor(role)
        assert stage.planned().state == "planned"

    @pytest.mark.parametrize("role", ["member", "supervisor", "auditor", "street_officer"])
    def test_others_do_not(self, stage: Stage, role: str) -> None:
        stage.organiser = stage.world.actor(role, member=stage.world.member())
        with pytest.raises(Forbidden):
            stage.planned()

    def test_an_organiser_of_another_community_finds_nothing(self, stage: Stage) -> None:
        stage.planned()
        stranger = empty_world("elsewhere").actor("grid_worker")
        for act in (
            lambda: lists.search(actor=stranger, community_id=stage.community_id),
            lambda: lists.detail(actor=stranger, **stage.where),
            lambda: stage.step(planning.open_enrolment, actor=stranger),
        ):
            with pytest.raises(NotFound):
                act()


class TestOrganisers:
    def granted(self, world: World, role: str) -> Any:
        account = UserAccount(
            id=new_id(), openid=str(new_id()), display_name="网格员", created_at_utc=NOW
        )
        db.session.add(account)
        db.session.flush()
        db.session.add(
            RoleGrant(
                account_id=account.id, role=role, community_id=world.community_id,
                district_id=world.place.district_id, street_id=world.place.street_id,
                granted_from=dt.date(2026, 1, 1), granted_by=new_id(), granted_at_utc=NOW,
            )
        )  # fmt: skip
        db.session.flush()
        return account.id

    def test_named_accounts_organise_and_others_do_not(self, stage: Stage) -> None:
        named = self.granted(stage.world, "panelist")
        stage.planned(organiser_ids=[stage.organiser.account_id, named])
        detail = lists.detail(actor=stage.organiser, **stage.where)
        assert set(detail.organiser_ids) == {stage.organiser.account_id, named}
        with pytest.raises(NotOrganiser):
            stage.step(planning.open_enrolment, actor=stage.world.actor("grid_worker"))

    def test_only_who_may_organise_can_be_named(self, stage: Stage) -> None:
        for account_id in (self.granted(stage.world, "supervisor"), new_id()):
            with pytest.raises(OrganiserNotAllowed):
                stage.planned(organiser_ids=[account_id])

    def test_the_administrator_runs_any_activity(self, stage: Stage) -> None:
        stage.planned()
        assert stage.step(planning.open_enrolment, actor=stage.world.admin).state == "open"

    def test_who_is_taken_off_the_list_organises_no_more(self, stage: Stage) -> None:
        named = self.granted(stage.world, "panelist")
        stage.planned()
        stage.step(planning.change, planned=Plan(**PLAN), organiser_ids=[named])
        with pytest.raises(NotOrganiser):
            stage.step(planning.open_enrolment)


class TestSteps:
    def test_every_pair_of_state_and_act_is_decided(self) -> None:
        legal = {
            (before, kind)
            for before in ActivityState
            for kind in ActivityActKind
            if (before, kind) in steps.LEGAL_STEPS
        }
        for before in ActivityState:
            for kind in ActivityActKind:
                if (before, kind) in legal:
                    assert steps.after(before, kind) in ActivityState
                else:
                    with pytest.raises(IllegalActivityStep):
                        steps.after(before, kind)
        assert len(legal) == 10

    def test_the_whole_life_is_kept_as_acts(self, stage: Stage) -> None:
        stage.running()
        stage.settle()
        acts = lists.detail(actor=stage.organiser, **stage.where).acts
        assert [(act.act, act.version, act.to_state) for act in acts] == [
            ("planned", 1, "planned"), ("opened", 2, "open"), ("started", 3, "running"),
            ("settled", 4, "settled"),
        ]  # fmt: skip

    def test_a_stale_version_is_refused(self, stage: Stage) -> None:
        stage.opened()
        with pytest.raises(StaleVersion):
            stage.step(planning.start, version=1)

    def test_not_more_than_an_hour_before(self, stage: Stage) -> None:
        stage.opened()
        with pytest.raises(NotYet):
            stage.step(planning.start, now=STARTS - dt.timedelta(minutes=61))
        assert stage.step(planning.start, now=STARTS - dt.timedelta(minutes=60)).state == "running"

    def test_cancelling_needs_a_reason_that_everybody_reads(self, stage: Stage) -> None:
        stage.opened()
        with pytest.raises(ReasonNeeded):
            stage.step(planning.cancel, why="  ")
        stage.step(planning.cancel, why="下大雨")
        shown = lists.detail(actor=stage.person(), **stage.where)
        assert (shown.activity.state, shown.acts[-1].why) == ("cancelled", "下大雨")
        with pytest.raises(IllegalActivityStep):
            stage.step(settlement.settle)


class TestChange:
    def test_once_open_a_change_needs_a_reason(self, stage: Stage) -> None:
        stage.opened()
        moved = Plan(**{**PLAN, "item_code": "CAP", "place": "二号楼前"})
        with pytest.raises(ReasonNeeded):
            stage.step(planning.change, planned=moved)
        assert stage.step(planning.change, planned=moved, why="施工").place == "二号楼前"

    def test_while_it_runs_only_place_capacity_and_end(self, stage: Stage) -> None:
        stage.running()
        with pytest.raises(FixedWhileRunning):
            stage.step(planning.change, planned=Plan(**PLAN, item_code="FREE"), why="换项目")
        longer = Plan(**{**PLAN, "item_code": "CAP", "ends_at_utc": ENDS + dt.timedelta(hours=1)})
        assert stage.step(planning.change, planned=longer, why="没干完").version == 4

    def test_not_fewer_places_than_are_taken(self, stage: Stage) -> None:
        stage.opened()
        for name in ("甲", "乙"):
            stage.enrol(stage.person(name=name))
        with pytest.raises(CapacityTooSmall):
            stage.step(
                planning.change, planned=Plan(**PLAN, item_code="CAP", capacity=1), why="场地小"
            )

    def test_more_places_go_to_who_waits_longest(self, stage: Stage) -> None:
        stage.opened(capacity=1)
        people = [stage.person(name=name) for name in ("甲", "乙", "丙")]
        states = [stage.enrol(person).state for person in people]
        assert states == ["enrolled", "waiting", "waiting"]
        stage.step(planning.change, planned=Plan(**PLAN, item_code="CAP", capacity=2), why="加座")
        shown = [lists.detail(actor=person, **stage.where).activity.own for person in people]
        assert shown == ["enrolled", "enrolled", "waiting"]


class TestLists:
    def test_members_do_not_see_what_is_only_planned(self, stage: Stage) -> None:
        stage.planned()
        person = stage.person()
        assert lists.search(actor=person, community_id=stage.community_id) == []
        with pytest.raises(NotFound):
            lists.detail(actor=person, **stage.where)
        assert len(lists.search(actor=stage.organiser, community_id=stage.community_id)) == 1

    @pytest.mark.parametrize(
        ("wanted", "titles"),
        [
            (ActivityFilter(), ["义诊", "周末清洁"]),
            (ActivityFilter(q="义"), ["义诊"]),
            (ActivityFilter(q="一号楼"), ["义诊", "周末清洁"]),
            (ActivityFilter(q="%"), []),
            (ActivityFilter(state=ActivityState.OPEN), ["周末清洁"]),
            (ActivityFilter(from_on=dt.date(2026, 11, 22)), ["义诊"]),
            (ActivityFilter(before_on=dt.date(2026, 11, 22)), ["周末清洁"]),
            (ActivityFilter(is_mine=True), ["周末清洁"]),
        ],
        ids=["all", "title", "place", "percent", "state", "from", "before", "mine"],
    )
    def test_they_are_searched(
        self, stage: Stage, wanted: ActivityFilter, titles: list[str]
    ) -> None:
        day = dt.timedelta(days=1)
        stage.opened()
        first, mine = stage.activity, stage.organiser
        stage.organiser = stage.world.actor("community_admin")
        stage.planned(
            title="义诊", item_code=None, starts_at_utc=STARTS + day, ends_at_utc=ENDS + day
        )
        found = lists.search(actor=mine, community_id=stage.community_id, wanted=wanted)
        assert [row.title for row in found] == titles
        after = lists.search(actor=mine, community_id=stage.community_id, after=stage.activity.id)
        assert [row.id for row in after] == [first.id]
