"""Batches: uploaded by one body, confirmed by another, whole or nothing, once."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from community.models import Household, Member
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, Invalid, InvalidRows, NotFound, StaleVersion
from kernel.ids import new_id
from kernel.sheet_file_errors import CsvNotUtf8, FileTooLarge, MergedCells, TooManyRows, ZipBomb
from points import accounts, history, ledger_check
from points.batches import deciding, uploading, views
from points.batches.errors import (
    BatchOwnHousehold,
    BatchTwice,
    BatchWhyMissing,
    IllegalBatchStep,
)
from points.models import BatchKind, BatchState, PointsBatch, PointsLine
from tests.integration.points.world import NOW, World, empty_world

D = Decimal
HEADER = "户号,居民编号,姓名,积分,计入,事由,发生日期\n"


@pytest.fixture
def people(world: World) -> dict[str, uuid.UUID]:
    """王一 and 李二 in the household A0101, a courier without one."""
    found = {
        name: world.member(name=name, household_id=world.household_id) for name in ("王一", "李二")
    }
    found["骑手"] = world.member(name="骑手")
    courier = tenancy.get(Member, world.community_id, found["骑手"])
    courier.public_code = "X7"
    db.session.flush()
    return found


@pytest.fixture
def supervisor(world: World) -> Actor:
    return world.actor("supervisor")


def upload(world: World, text: str, **values: Any) -> uploading.Uploaded:
    given: dict[str, Any] = {
        "actor": world.admin, "now": NOW, "kind": BatchKind.ENTRIES, "filename": "批量.csv",
        "content": (HEADER + text).encode("utf-8-sig"), **values,
    }  # fmt: skip
    return uploading.upload(community_id=world.community_id, **given)


def waiting(world: World, text: str, **values: Any) -> uuid.UUID:
    batch_id = upload(world, text, **values).id
    assert batch_id is not None
    return batch_id


def test_the_name_of_the_file_is_stored_without_what_cannot_be(
    world: World, people: dict[str, uuid.UUID]
) -> None:
    row = "A0101,,王一,2,得分,补录,2026-11-01\n"
    batch_id = waiting(world, row, filename="a\x00\r\nb\ud800.csv")
    assert tenancy.get(PointsBatch, world.community_id, batch_id).filename == "ab.csv"


def confirm(world: World, actor: Actor, batch_id: uuid.UUID, version: int = 1) -> views.BatchView:
    return deciding.confirm(
        actor=actor, now=NOW, community_id=world.community_id, batch_id=batch_id, version=version
    )


def balance(world: World, member_id: uuid.UUID) -> Decimal:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance - account.debt


TWO = "A0101,,王一,120,余额,纸质台账,2026-06-30\n,X7,骑手,8.5,得分、余额,九月补记,2026-11-02\n"


def test_nothing_moves_before_the_other_body_confirms(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    seen = upload(world, TWO)
    assert (seen.row_count, seen.added, seen.taken) == (2, D("128.5"), D(0))
    assert (seen.before, seen.after) == (D(0), D("128.5"))
    assert balance(world, people["王一"]) == D(0)
    assert seen.id is not None
    assert confirm(world, supervisor, seen.id).state == BatchState.POSTED
    assert balance(world, people["王一"]) == D(120)
    assert balance(world, people["骑手"]) == D("8.5")
    assert ledger_check.check(world.community_id) == []


def test_a_dry_run_says_what_would_happen_and_stores_nothing(
    world: World, people: dict[str, uuid.UUID]
) -> None:
    seen = upload(world, TWO, is_dry_run=True)
    assert (seen.id, seen.is_dry_run, seen.after) == (None, True, D("128.5"))
    assert db.session.scalars(tenancy.select(PointsBatch, world.community_id)).all() == []


def test_every_bad_row_is_named_and_nothing_is_stored(
    world: World, people: dict[str, uuid.UUID]
) -> None:
    text = "A0101,,王一,5,,补记,\nA0101,,王五,5,,补记,\nB9,,李二,0.25,,,\nA0101,,王一,5,,补记,\n"
    with pytest.raises(InvalidRows) as refused:
        upload(world, text)
    assert [(each.row, each.code) for each in refused.value.rows] == [
        (3, "name_mismatch"), (4, "household_unknown"), (4, "not_one_decimal"),
        (4, "reason_missing"), (5, "duplicate_in_file"),
    ]  # fmt: skip
    assert db.session.scalars(tenancy.select(PointsBatch, world.community_id)).all() == []


def test_the_same_content_twice_is_refused_until_it_was_sent_back(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    batch_id = waiting(world, TWO)
    reordered = "\n".join(reversed(TWO.strip().split("\n")))
    with pytest.raises(BatchTwice):
        upload(world, reordered)
    deciding.reject(
        actor=supervisor, now=NOW, community_id=world.community_id, batch_id=batch_id, version=1,
        why="台账第 3 页对不上",
    )  # fmt: skip
    again = waiting(world, reordered)
    confirm(world, supervisor, again)
    with pytest.raises(BatchTwice):
        upload(world, TWO)


def test_an_excel_file_says_the_same_as_a_csv(world: World, people: dict[str, uuid.UUID]) -> None:
    waiting(world, TWO)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER + TWO).strip().split("\n"):
        sheet.append(row.split(","))
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(BatchTwice):
        upload(world, "", content=content.getvalue(), filename="批量.xlsx")


def test_two_people_of_two_bodies(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    batch_id = waiting(world, TWO)
    with pytest.raises(Forbidden):
        confirm(world, world.admin, batch_id)
    with pytest.raises(Forbidden):
        upload(world, TWO, actor=supervisor)
    with pytest.raises(Forbidden):
        confirm(world, world.panelist, batch_id)
    assert confirm(world, world.actor("street_officer"), batch_id).state == BatchState.POSTED


def test_nobody_confirms_for_the_own_household(world: World, people: dict[str, uuid.UUID]) -> None:
    batch_id = waiting(world, TWO)
    relative = world.bound_actor("supervisor", people["李二"])
    with pytest.raises(BatchOwnHousehold):
        confirm(world, relative, batch_id)


def test_nobody_uploads_for_the_own_household(world: World, people: dict[str, uuid.UUID]) -> None:
    clerk = world.bound_actor("community_admin", people["李二"])
    with pytest.raises(InvalidRows) as refused:
        upload(world, TWO, actor=clerk)
    assert [(each.row, each.code) for each in refused.value.rows] == [(2, "own_household")]


def test_decided_once(world: World, people: dict[str, uuid.UUID], supervisor: Actor) -> None:
    batch_id = waiting(world, TWO)
    with pytest.raises(StaleVersion):
        confirm(world, supervisor, batch_id, version=2)
    confirm(world, supervisor, batch_id)
    with pytest.raises(IllegalBatchStep):
        confirm(world, supervisor, batch_id, version=2)
    with pytest.raises(IllegalBatchStep):
        deciding.withdraw(
            actor=world.admin, now=NOW, community_id=world.community_id, batch_id=batch_id,
            version=2,
        )  # fmt: skip
    assert balance(world, people["王一"]) == D(120)


def test_rejecting_needs_a_reason_that_is_kept(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    batch_id = waiting(world, TWO)
    given = {"now": NOW, "community_id": world.community_id, "batch_id": batch_id, "version": 1}
    with pytest.raises(BatchWhyMissing):
        deciding.reject(actor=supervisor, why=" ", **given)
    deciding.reject(actor=supervisor, why="重复", **given)
    detail = views.detail(actor=world.admin, community_id=world.community_id, batch_id=batch_id)
    assert [(act.act, act.role, act.why) for act in detail.acts] == [
        ("uploaded", "community_admin", None), ("rejected", "supervisor", "重复"),
    ]  # fmt: skip


def test_rows_show_before_and_after(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    world.record(people["王一"], "FREE")
    batch_id = waiting(world, TWO)
    asked = {"actor": supervisor, "community_id": world.community_id, "batch_id": batch_id}
    first, second = views.rows(after=None, limit=10, **asked)
    assert (first.name, first.code, first.before, first.after) == (
        "王一",
        None,
        D("1.5"),
        D("121.5"),
    )
    assert (second.code, second.reason) == ("X7", "九月补记")
    assert [row.row_number for row in views.rows(after=first.id, limit=10, **asked)] == [3]


def test_a_deduction_may_leave_a_debt_and_stands_in_the_history(
    world: World, people: dict[str, uuid.UUID], supervisor: Actor
) -> None:
    confirm(world, supervisor, waiting(world, "A0101,,王一,-12.5,得分、余额,上月多记,2026-11-20\n"))
    assert balance(world, people["王一"]) == D("-12.5")
    row = history.history(
        actor=world.admin, community_id=world.community_id, member_id=people["王一"]
    )[0]
    assert (row.item_name, row.kind, row.points, row.reason) == (
        "调整", "deduction", D("-12.5"), "上月多记",
    )  # fmt: skip
    assert ledger_check.check(world.community_id) == []


def test_a_household_rulebook_takes_batches_for_households(
    session: Any, supervisor: Actor, world: World
) -> None:
    world.member(name="王一", household_id=world.household_id)
    world.adopt(
        code="home-book", holder="household", effective_from=dt.date(2026, 11, 1),
        base=[{"code": "b", "name": "基础分", "points": 1, "per": "year", "counts_in": ["score"],
               "joiners": "full"}],
    )  # fmt: skip
    batch_id = waiting(world, "A0101,,,30,余额,公约奖励,\n", rulebook_code="home-book")
    confirm(world, supervisor, batch_id)
    line = db.session.scalars(
        tenancy.select(PointsLine, world.community_id).where(PointsLine.source == "adjustment")
    ).one()
    assert (line.member_id, line.posted) == (None, D(30))
    assert ledger_check.check(world.community_id) == []


def test_the_statements_grow_with_pages_alone(
    world: World, supervisor: Actor, count_statements: Any
) -> None:
    def crowd(count: int, first: int) -> str:
        lines = []
        for n in range(first, first + count):
            home = Household(
                community_id=world.community_id, id=new_id(), code=f"H{n:05d}",
                grid_id=world.grid_id,
            )  # fmt: skip
            db.session.add(home)
            db.session.flush()
            world.member(name="王众", household_id=home.id)
            lines.append(f"H{n:05d},,王众,{n + 1},得分、余额,补记,2026-11-02\n")
        return "".join(lines)

    seen = []
    for count, first in ((1, 0), (30, 1)):
        text = crowd(count, first)
        with count_statements() as statements:
            confirm(world, supervisor, waiting(world, text))
        seen.append(len(statements))
    assert seen[1] <= seen[0]
    assert ledger_check.check(world.community_id) == []


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 45_000_000)
    return content.getvalue()


def _long() -> bytes:
    return (HEADER + "A0101,,王一,5,,补记,\n" * 5001).encode()


def _merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.strip().split(","))
    sheet.append(["A0101", "", "王一", "5", "", "补记"])
    sheet.merge_cells("A2:B2")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


HOSTILE: dict[str, tuple[Any, type[Invalid]]] = {
    "gbk": (lambda: (HEADER + "A0101,,王一,5,,补记,\n").encode("gbk"), CsvNotUtf8),
    "large": (lambda: b"a" * (100 * 1024 * 1024), FileTooLarge),
    "bomb": (_bomb, ZipBomb),
    "merged": (_merged, MergedCells),
    "long": (_long, TooManyRows),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name(
    world: World, people: dict[str, uuid.UUID], name: str
) -> None:
    make, error = HOSTILE[name]
    with pytest.raises(error):
        upload(world, "", content=make())


def test_other_communities_have_no_such_batch(world: World, people: dict[str, uuid.UUID]) -> None:
    batch_id = waiting(world, TWO)
    other = empty_world("other")
    with pytest.raises(NotFound):
        confirm(other, other.actor("supervisor"), batch_id)
    with pytest.raises(NotFound):
        views.detail(actor=other.admin, community_id=world.community_id, batch_id=batch_id)
