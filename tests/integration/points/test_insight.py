"""Insider checks on real recordings: what is counted, who may look, whose names are said."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from access_table import ROLES
from community.models import UserAccount
from community.role_names import RoleName
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from points import facts, months
from points.facts import EvidenceGiven
from points.insight import Insight, insight, reading
from points.insight.errors import MonthsReversed, TooManyMonths
from points.insight.outlier_views import listed
from points.insight.report import recorders_found
from points.models import EvidenceKind, MonthState
from points.permissions import PointsPermission
from points.rules.outlier import CHECK_FIRST_ZH
from tests.integration.points.claim_world import ClaimWorld
from tests.integration.points.world import MONTH, NOW, TODAY, World, empty_world

Call = Callable[..., Any]

#: 22:30 in Asia/Shanghai on the same business day as NOW.
NIGHT = dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)
PHOTO = [EvidenceGiven(kind=EvidenceKind.PHOTO)]


def report(world: World, **values: Any) -> Insight:
    given = {"actor": world.actor("supervisor"), "now": NOW, **values}
    return insight(community_id=world.community_id, **given)


def spoken_of(found: Insight, rule: str) -> list[tuple[str, str | None, int, int]]:
    return [
        (each.who, each.other, each.count, each.of) for each in found.outliers if each.rule == rule
    ]


def name_account(actor: Actor, name: str) -> Actor:
    db.session.add(
        UserAccount(
            id=actor.account_id, openid=f"o{actor.account_id.hex}", display_name=name,
            created_at_utc=NOW,
        )
    )  # fmt: skip
    db.session.flush()
    return actor


def record_many(world: World, member_id: uuid.UUID, count: int, **values: Any) -> None:
    """One a minute from NOW on, unless ``start`` says otherwise."""
    start = values.pop("start", NOW)
    for number in range(count):
        world.record(member_id, "FREE", now=start + dt.timedelta(minutes=number), **values)


@pytest.fixture
def night_shift(world: World) -> uuid.UUID:
    """王小网 records ten for one neighbor at night and two for others at noon."""
    name_account(world.recorder, "王小网")
    neighbor = world.member(name="李邻居", household_id=world.household_id)
    record_many(world, neighbor, 10, start=NIGHT)
    for name in ("甲", "乙"):
        record_many(world, world.member(name=name), 1)
    return neighbor


class TestWhatIsCounted:
    def test_to_whom_and_when(self, world: World, night_shift: uuid.UUID) -> None:
        found = report(world)
        assert spoken_of(found, "one_household") == [("王小网", "A0101 户", 10, 12)]
        assert spoken_of(found, "one_receiver") == [("王小网", "李邻居", 10, 12)]
        assert spoken_of(found, "at_night") == [("王小网", None, 10, 12)]
        assert spoken_of(found, "fast_recording") == []
        assert all(each.zh.endswith(CHECK_FIRST_ZH) for each in found.outliers)

    def test_the_numbers_of_who_records(self, world: World, night_shift: uuid.UUID) -> None:
        found = report(world)
        [only] = found.recorders
        assert (found.recorded, only.name, only.summary.count) == (12, "王小网", 12)
        assert (only.summary.people, only.summary.households, only.summary.percent) == (3, 1, 100)
        assert only.summary.roles == ("grid_worker",)
        # the two at noon are recorded at the same instant; then ten a minute apart
        assert only.summary.median_gap == dt.timedelta(minutes=1)

    def test_who_agrees_before_looking(self, world: World) -> None:
        name_account(world.panelist, "赵评议")
        member_id = world.member()
        for number in range(10):
            at = NOW + dt.timedelta(minutes=number)
            fact = world.record(member_id, "CLAIM", now=at)
            facts.approve(
                actor=world.panelist, now=at + dt.timedelta(seconds=5),
                community_id=world.community_id, fact_id=fact.id, version=fact.version,
            )  # fmt: skip
        found = report(world)
        assert spoken_of(found, "fast_approval") == [("赵评议", None, 10, 10)]
        assert found.recorders[0].summary.median_to_approval == dt.timedelta(seconds=5)

    def test_two_who_record_for_each_other(self, world: World) -> None:
        members = [world.member(name=name) for name in ("甲", "乙")]
        actors = [
            name_account(world.bound_actor("grid_worker", member_id), f"网格员{member_id.hex[-2:]}")
            for member_id in members
        ]
        for actor, member_id in zip(actors, reversed(members), strict=True):
            record_many(world, member_id, 3, actor=actor)
        found = [each for each in report(world).outliers if each.rule == "each_other"]
        assert [(each.count, each.of) for each in found] == [(3, 6)]

    def test_what_belongs_to_a_closed_month(self, world: World) -> None:
        row = months.of(world.community_id, "2026-10")
        months.step(
            community_id=world.community_id, month="2026-10", to=MonthState.FROZEN,
            actor=world.admin, now=NOW, version=row.version,
        )  # fmt: skip
        record_many(world, world.member(), 5, occurred_on=dt.date(2026, 10, 1))
        found = report(world)
        [(_, _, count, of)] = spoken_of(found, "back_dated")
        assert (count, of) == (5, 5)
        # 1 October to 21 November
        assert found.recorders[0].summary.most_days_late == 51

    def test_an_own_claim_is_nobodys_recording(self, world: World, tmp_path: Path) -> None:
        claims = ClaimWorld(world, tmp_path / "files")
        claims.accept(claims.check(claims.submit()))
        assert report(world).recorded == 0

    def test_a_claim_is_timed_from_when_it_was_sent(self, world: World, tmp_path: Path) -> None:
        claims = ClaimWorld(world, tmp_path / "files")
        checked = claims.check(claims.submit(), now=NOW + dt.timedelta(seconds=7))
        claims.accept(checked, now=NOW + dt.timedelta(minutes=9))
        [deed] = reading.deeds(claims.community_id, reading.Months(MONTH, MONTH))
        assert deed.is_own_claim
        assert deed.recorded_at == NOW
        assert [(each.approver, each.after) for each in deed.approvals] == [
            (world.recorder.account_id, dt.timedelta(seconds=7)),
            (world.panelist.account_id, dt.timedelta(minutes=9)),
        ]

    def test_months_outside_the_range_and_other_communities(
        self, world: World, night_shift: uuid.UUID
    ) -> None:
        assert report(world, first_month="2026-10", last_month="2026-10").recorded == 0
        assert report(world, first_month="2026-01", last_month=MONTH).recorded == 12

    def test_the_range_is_bounded(self, world: World) -> None:
        with pytest.raises(MonthsReversed) as refused:
            report(world, first_month="2026-11", last_month="2026-10")
        assert refused.value.field == "first_month"
        with pytest.raises(TooManyMonths):
            report(world, first_month="2025-11", last_month="2026-11")
        assert report(world, first_month="2025-12", last_month="2026-11").recorded == 0

    def test_the_statements_do_not_grow(self, world: World, count_statements: Any) -> None:
        supervisor = world.actor("supervisor")
        neighbor = world.member(household_id=world.household_id)
        counts = []
        for more in (10, 30):
            record_many(world, neighbor, more, start=NIGHT)
            record_many(world, world.member(), more, actor=world.actor("grid_worker"))
            db.session.expire_all()
            with count_statements() as seen:
                report(world, actor=supervisor)
            counts.append(len(seen))
        assert counts[0] == counts[1]
        assert counts[0] <= 8


class TestLists:
    def test_pages_rules_and_search(self, world: World, night_shift: uuid.UUID) -> None:
        found = report(world)
        every = listed(found.outliers, rule=None, q=None, after=None, limit=99)
        first = listed(found.outliers, rule=None, q=None, after=None, limit=1)
        rest = listed(found.outliers, rule=None, q=None, after=first[0].id, limit=99)
        assert [*first, *rest] == every == list(found.outliers)
        at_night = listed(found.outliers, rule="at_night", q=None, after=None, limit=9)
        assert {each.rule for each in at_night} == {"at_night"}
        assert listed(found.outliers, rule=None, q="李邻居", after=None, limit=9)
        assert listed(found.outliers, rule=None, q="没有这个人", after=None, limit=9) == []
        assert recorders_found(found, q="王小", after=None, limit=9) == found.recorders
        assert recorders_found(found, q="李", after=None, limit=9) == []


READERS = {role for role, allowed in ROLES.items() if PointsPermission.READ_INSIGHT in allowed} - {
    "system"
}


class TestAccess:
    def test_those_who_review_and_nobody_who_records(self) -> None:
        assert set(READERS) == {
            "supervisor", "auditor", "community_admin", "street_officer", "district_officer",
        }  # fmt: skip

    @pytest.mark.parametrize("role", sorted({str(each) for each in RoleName} - READERS))
    def test_others_may_not(self, world: World, role: str) -> None:
        with pytest.raises(Forbidden):
            report(world, actor=world.actor(role))

    def test_another_community_does_not_exist(self, world: World) -> None:
        stranger = empty_world("elsewhere").actor("supervisor")
        with pytest.raises(NotFound):
            report(world, actor=stranger)

    def test_names_are_for_those_who_may_read_members(
        self, world: World, night_shift: uuid.UUID
    ) -> None:
        found = report(world, actor=world.actor("district_officer"))
        assert not found.has_names
        said = "".join(
            f"{each.who}{each.other}{each.zh}{each.en}" for each in found.outliers
        ) + "".join(each.name for each in found.recorders)
        for name in ("王小网", "李邻居", "A0101"):
            assert name not in said
        assert spoken_of(found, "at_night") == [(
            f"账号{world.recorder.account_id.hex[-8:]}", None, 10, 12)]  # fmt: skip


class TestOverHttp:
    @pytest.mark.usefixtures("night_shift")
    def test_summary_and_lists(self, call: Call, world: World) -> None:
        reader = world.actor("auditor")
        summary = call(reader, "GET", "/insight").json
        assert (summary["first_month"], summary["recorded"]) == (MONTH, 12)
        assert {rule["code"] for rule in summary["rules"]} >= {"one_household", "at_night"}
        assert summary["outlier_count"] == 3
        listed = call(reader, "GET", f"/insight/outliers?last_month={MONTH}&limit=1").json
        assert (len(listed["items"]), listed["next"]) == (1, listed["items"][0]["id"])
        people = call(reader, "GET", "/insight/recorders?q=王").json["items"]
        assert [(each["name"], each["median_seconds_between"]) for each in people] == [
            ("王小网", 60)
        ]

    @pytest.mark.parametrize(
        ("query", "code", "field"),
        [
            ("first_month=2026-12&last_month=2026-11", "months_reversed", "first_month"),
            ("first_month=2020-01&last_month=2026-11", "too_many_months", "first_month"),
            ("first_month=2026-13", "invalid_input", "first_month"),
            ("rule=no_such_rule", "invalid_input", "rule"),
        ],
    )
    def test_refusals(self, call: Call, world: World, query: str, code: str, field: str) -> None:
        answer = call(world.actor("auditor"), "GET", f"/insight/outliers?{query}")
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert field in str(answer.json)

    def test_a_grid_worker_may_not(self, call: Call, world: World) -> None:
        assert call(world.recorder, "GET", "/insight").status_code == 403

    def test_the_workbook_keeps_text_as_text(self, call: Call, world: World) -> None:
        name_account(world.recorder, "=1+1")
        record_many(world, world.member(name="@SUM(A1)"), 10, start=NIGHT)
        answer = call(world.actor("supervisor"), "GET", "/insight/workbook.xlsx")
        assert answer.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert book.sheetnames == ["提示", "记录人", "口径"]
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
        assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in cells if cell.data_type == "s"}
        assert "f" not in {cell.data_type for cell in cells}
        assert any(str(cell.value).endswith(CHECK_FIRST_ZH) for cell in cells)


def test_the_night_is_on_the_day_of_the_tests() -> None:
    assert NIGHT.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == TODAY
