"""Dry runs: numbers computed by hand, what reaches back, what the draft does not know, who may."""

from __future__ import annotations

import datetime as dt
import io
import time
import uuid
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from kernel.database import db
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from points import rulebooks
from points.errors import MonthUnknown
from points.models import (
    AccountingMonth,
    Fact,
    HolderKind,
    MonthlyScore,
    PointsAccount,
    RulebookVersion,
)
from points.rulebook_life import dry_run_results, dry_run_sheet, dry_runs
from points.rulebook_life.dry_run_results import DryRun, Sums
from points.rulebook_life.errors import MonthNotRunnable, NothingToRunOn
from points.rules.findings import RulebookRefused
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import draft
from tests.integration.points.world import NOW, World

D = Decimal
OCTOBER = "2026-10"
DAY = dt.date(2026, 10, 15)


def run(world: World, row: RulebookVersion, **values: Any) -> DryRun:
    given = {"actor": world.admin, "now": NOW, "month": OCTOBER, **values}
    return dry_runs.dry_run(community_id=world.community_id, version_id=row.id, **given)


def numbers(sums: Sums) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return sums.base, sums.bonus, sums.deduction, sums.score


@pytest.fixture
def people(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """张三 did CAP three times in October, 李四 FREE and BAD once each."""
    first = world.member(name="张三", household_id=world.household_id)
    second = world.member(name="李四")
    for day in range(3):
        world.record(first, "CAP", occurred_on=DAY + dt.timedelta(days=day))
    for code in ("FREE", "BAD"):
        world.record(second, code, occurred_on=DAY)
    world.record(second, "CAP")  # in November, which is not run
    return first, second


def changed_items() -> list[dict[str, Any]]:
    """CAP 3 points instead of 2 and 8 a month instead of 5; no FREE; BAD 4 instead of 10."""
    cap, bad = texts.items("CAP", "BAD")
    return [
        {**cap, "award": {"type": "fixed", "points": 3},
         "limits": [{"max_points": 8, "per": "month"}]},
        {**bad, "award": {"type": "fixed", "points": 4}},
    ]  # fmt: skip


@pytest.fixture
def row(world: World) -> RulebookVersion:
    base = [{**texts.document()["base"][0], "points": 12}]
    return draft(world, items=changed_items(), base=base)


class TestNumbers:
    def test_totals_before_and_after(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        """Base 10 + 10, CAP 2 + 2 + 1, FREE 1.5, BAD 10; then 12 + 12, 3 + 3 + 2, nothing, 4."""
        found = run(world, row)
        assert numbers(found.before) == (D(20), D("6.5"), D(10), D("16.5"))
        assert numbers(found.after) == (D(24), D(8), D(4), D(28))
        assert (found.before.balance, found.after.balance) == (D("16.5"), D(28))
        assert (found.month, found.fact_count, found.holder_count) == (OCTOBER, 5, 2)

    def test_who_changes_and_by_which_items(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        first, second = run(world, row).changed
        assert [(each.id, each.name, each.household_code) for each in (first, second)] == [
            (people[1], "李四", None), (people[0], "张三", "A0101"),
        ]  # fmt: skip
        assert (first.before.score, first.after.score) == (D("1.5"), D(8))
        assert (second.before.score, second.after.score) == (D(15), D(20))
        assert [(each.code, each.before, each.after) for each in first.changed_items] == [
            ("BAD", D(-10), D(-4)), ("FREE", D("1.5"), D(0)), ("monthly-base", D(10), D(12)),
        ]  # fmt: skip
        assert [(each.code, each.difference) for each in second.changed_items] == [
            ("CAP", D(3)), ("monthly-base", D(2)),
        ]  # fmt: skip

    def test_items_and_facts_the_draft_does_not_know(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        found = run(world, row)
        assert {
            each.code: (each.facts, each.before, each.after, each.left_out) for each in found.items
        } == {
            "BAD": (1, D(-10), D(-4), 0),
            "CAP": (3, D(5), D(8), 0),
            "FREE": (1, D("1.5"), D(0), 1),
            "monthly-base": (0, D(20), D(24), 0),
        }
        (left,) = found.left_out
        assert (left.item_code, left.holder_name, left.before) == ("FREE", "李四", D("1.5"))
        assert left.reason == "item_not_in_force"

    def test_the_text_in_force_changes_nobody(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID]
    ) -> None:
        found = run(world, draft(world))
        assert (found.changed, found.left_out) == ([], [])
        assert numbers(found.before) == numbers(found.after)

    def test_before_is_what_the_ledger_posted(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        posted = db.session.execute(
            sa.select(sa.func.sum(MonthlyScore.bonus), sa.func.sum(MonthlyScore.deduction)).where(
                MonthlyScore.community_id == world.community_id, MonthlyScore.month == OCTOBER
            )
        ).one()
        before = run(world, row).before
        assert tuple(posted) == (before.bonus, before.deduction)

    def test_earlier_months_count_where_a_limit_is_yearly(self, bare_world: World) -> None:
        """7 a year: 2 + 2 in September, then 2 + 1 + 0. With 9 a year: 2 + 2 + 1."""
        world, yearly = bare_world, texts.items("CAP")[0]
        yearly["limits"] = [{"max_points": 7, "per": "year"}]
        world.adopt(items=[yearly], base=[])
        for month in ("2026-09", OCTOBER):
            world.open_month(month)
        member_id = world.member()
        for day in (dt.date(2026, 9, 1), dt.date(2026, 9, 2), DAY, DAY, DAY):
            world.record(member_id, "CAP", occurred_on=day)
        raised = {**yearly, "limits": [{"max_points": 9, "per": "year"}]}
        found = run(world, draft(world, items=[raised], base=[]))
        assert (found.before.score, found.after.score) == (D(3), D(5))
        assert found.fact_count == 3

    def test_only_members_of_an_audience_get_its_base(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID]
    ) -> None:
        world.member(name="王五", kinds=("property_staff",))
        base = {**texts.document()["base"][0], "audience": {"any": ["resident"]}}
        found = run(world, draft(world, base=[base]))
        assert (found.before.base, found.after.base) == (D(30), D(20))
        assert [(each.name, each.difference) for each in found.changed] == [("王五", D(-10))]


class TestMonth:
    def test_the_last_sealed_month_is_the_default(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        assert run(world, row, month=None).month == OCTOBER
        world.open_month("2026-09")
        statement = sa.update(AccountingMonth).where(
            AccountingMonth.community_id == world.community_id, AccountingMonth.month == "2026-09"
        )
        db.session.execute(statement.values(state="sealed", frozen_at_utc=NOW, sealed_at_utc=NOW))
        assert run(world, row, month=None).month == "2026-09"

    def test_a_month_that_cannot_be_run_is_refused(
        self, world: World, row: RulebookVersion, bare_world: World
    ) -> None:
        with pytest.raises(MonthNotRunnable):
            run(world, row, month="2026-11")
        with pytest.raises(MonthUnknown):
            run(world, row, month="2026-03")
        with pytest.raises(NothingToRunOn):
            run(bare_world, draft(bare_world, version=1), month=None)

    def test_a_community_without_a_rulebook_then_has_nothing_to_run_on(
        self, bare_world: World
    ) -> None:
        bare_world.open_month(OCTOBER)
        with pytest.raises(NothingToRunOn):
            run(bare_world, draft(bare_world, version=1))


class TestReading:
    def test_a_dry_run_writes_nothing(
        self,
        world: World,
        people: tuple[uuid.UUID, uuid.UUID],
        row: RulebookVersion,
        count_statements: Any,
    ) -> None:
        db.session.flush()
        with count_statements() as seen:
            run(world, row)
        assert [each for each in seen if not each.startswith(("SELECT", "WITH"))] == []

    def test_a_text_that_is_no_rulebook_is_refused_with_its_findings(self, world: World) -> None:
        item = {**texts.items("CAP")[0], "limits": [{"max_points": 1, "per": "month"}]}
        broken = draft(world, items=[item])
        with pytest.raises(RulebookRefused):
            run(world, broken)

    @pytest.mark.parametrize("role", ["member", "grid_worker", "panelist", "auditor"])
    def test_only_those_who_draft_and_supervisors_may(
        self, world: World, row: RulebookVersion, role: str
    ) -> None:
        with pytest.raises(Forbidden):
            run(world, row, actor=world.actor(role))
        assert run(world, row, actor=world.actor("supervisor")).month == OCTOBER

    def test_another_communitys_draft_does_not_exist(
        self, world: World, row: RulebookVersion, bare_world: World
    ) -> None:
        with pytest.raises(NotFound):
            run(bare_world, row)

    def test_pages_and_search(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        found = run(world, row)

        def names(
            q: str | None = None, after: uuid.UUID | None = None, limit: int = 9
        ) -> list[str]:
            rows = dry_run_results.holders_found(found, q=q, after=after, limit=limit)
            return [each.name for each in rows]

        assert names(limit=1) == ["李四"]
        assert names(after=people[1]) == ["张三"]
        assert (names("A0101"), names("CAP"), names("FREE")) == (["张三"], ["张三"], ["李四"])
        assert names("赵六") == []
        left = dry_run_results.facts_left_out(found, q="李", after=None, limit=9)
        assert [each.item_code for each in left] == ["FREE"]

    def test_the_workbook_says_the_same(
        self, world: World, people: tuple[uuid.UUID, uuid.UUID], row: RulebookVersion
    ) -> None:
        content = dry_run_sheet.as_xlsx(run(world, row))
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.sheetnames == ["汇总", "变动明细", "项目", "不再适用的记录", "兑付能力"]
        totals = {cells[0]: cells[1:] for cells in book["汇总"].values}
        assert totals["得分"] == (16.5, 28, 11.5)
        assert totals["其中名次分"] == (0, 0, 0)
        solvency = [cells[:2] for cells in book["兑付能力"].values]
        assert ("2026-10 计入可用积分：试算", 28) in solvency
        # CAP three times for 张三: 5; 李四: 1.5 + 2 of November − 10, a debt of 6.5.
        assert ("2026-11-21 手中积分", 5) in solvency
        assert str(solvency[-1][0]).startswith("On 2026-11-21 the community's people hold 5 points")
        changes = list(book["变动明细"].values)
        assert (None, "李四", "合计", None, 1.5, 8, 6.5) in changes
        assert ("A0101", "张三", "CAP", "项目CAP", 5, 8, 3) in changes
        assert [cells[0] for cells in book["不再适用的记录"].values] == ["编号", "FREE"]


def test_3000_facts_of_300_members_take_seconds_and_as_many_statements_as_a_few(
    world: World, count_statements: Any
) -> None:
    row = draft(world, items=changed_items())

    def timed() -> tuple[DryRun, int, float]:
        start = time.process_time()
        with count_statements() as seen:
            found = run(world, row)
        return found, len(seen), time.process_time() - start

    fill(world, members=5)
    _, few, _ = timed()
    fill(world, members=295)
    found, many, seconds = timed()
    assert (found.fact_count, found.holder_count, many) == (3000, 300, few)
    # Each member: CAP five times, 5 points before and 8 after; FREE 7.5 before.
    assert (found.before.bonus, found.after.bonus) == (D(300) * D("12.5"), D(300) * 8)
    assert seconds < 10


def fill(world: World, *, members: int) -> None:
    """Members with five CAP and five FREE in October each, written without the door."""
    book = rulebooks.in_force(world.community_id, DAY, HolderKind.MEMBER)
    rows = []
    for _ in range(members):
        member_id = world.member()
        account = PointsAccount(
            community_id=world.community_id, id=new_id(), kind="holder", holder_kind="member",
            holder_id=member_id, rulebook_id=book.rulebook_id,
        )  # fmt: skip
        db.session.add(account)
        rows += [
            fact_row(world, book.item_ids[code], code, account.id, member_id, day)
            for code in ("CAP", "FREE")
            for day in range(5)
        ]
    db.session.flush()
    db.session.execute(sa.insert(Fact), rows)


def fact_row(
    world: World, item_id: uuid.UUID, code: str, account_id: uuid.UUID, member_id: uuid.UUID,
    day: int,
) -> dict[str, Any]:  # fmt: skip
    fact_id = new_id()
    return {
        "community_id": world.community_id, "id": fact_id, "score_item_id": item_id,
        "item_code": code, "account_id": account_id, "person_id": member_id,
        "member_id": member_id,
        "occurred_on": DAY + dt.timedelta(days=day), "quantity": D(1), "deed_id": fact_id,
        "tags": ["resident"], "recorded_by": member_id, "recorder_role": "grid_worker",
        "approvals_needed": 0, "approvals": 0, "is_approved": True, "is_struck": False,
        "month": OCTOBER, "belongs_month": OCTOBER, "recorded_at_utc": NOW, "version": 1,
        "promised": False,
    }  # fmt: skip
