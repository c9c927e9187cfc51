"""A community that scores households: their month goes through the same public cycle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from community.models import Household
from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from points import accounts, ledger_check
from points.models import HolderKind, LineKind, MonthlyScore, MonthState, PointsLine
from review import month_books, rankings, sheets
from review.models import SheetRow
from tests.integration.review.world import MONTH, ReviewWorld, review_world
from tests.support.backend import Backend

D = Decimal
BASE = [
    {"code": "home", "name": "基础分", "points": 10, "per": "month",
     "counts_in": ["score", "balance"], "joiners": "full"}
]  # fmt: skip


def by_household() -> ReviewWorld:
    world = review_world(holder="household", base=BASE)
    world.resident("A0201", name="王大", bonus="4")
    world.resident("A0201", name="王小", bonus="3")
    world.resident("A0202", name="李四", bonus="2")
    world.grant()
    return world


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(by_household)


def shown(world: ReviewWorld) -> list[tuple[Any, ...]]:
    found = rankings.public(world.community_id, MONTH)
    return [(row.rank, row.household_code, row.label, row.score) for row in found.rows]


def test_households_are_ranked_by_what_their_members_did_together(world: ReviewWorld) -> None:
    world.bring(MonthState.SEALED)
    # Four hours and three on one day: the limit of four a day is the household's.
    assert shown(world) == [(1, "A0201", "王*", D(14)), (2, "A0202", "李*", D(12))]
    rows = db.session.scalars(tenancy.select(SheetRow, world.community_id)).all()
    assert {row.household_code: row.base for row in rows} == {"A0201": D(10), "A0202": D(10)}
    assert ledger_check.check(world.community_id) == []


def test_a_line_of_a_household_names_who_speaks_for_it(world: ReviewWorld) -> None:
    line_id = db.session.scalars(
        tenancy.columns(PointsLine, world.community_id, PointsLine.id).where(
            PointsLine.kind == LineKind.BASE
        )
    ).first()
    account_id = db.session.scalar(
        tenancy.columns(PointsLine, world.community_id, PointsLine.account_id).where(
            PointsLine.id == line_id
        )
    )
    assert account_id is not None
    speaker = month_books.speaker_of_account(world.community_id, account_id)
    assert speaker in world.people.values()


def test_the_sheet_of_a_household_can_be_checked_row_by_row(world: ReviewWorld) -> None:
    world.bring(MonthState.ON_NOTICE)
    paper = sheets.paper(world.community_id, MONTH)
    assert sheets.unverified(world.community_id) == []
    assert paper is not None
    count = db.session.scalar(tenancy.columns(SheetRow, world.community_id, sa.func.count()))
    assert count == 2


def test_a_household_in_which_nobody_ever_lived_has_no_row(world: ReviewWorld) -> None:
    """An Excel batch may name it; nobody could be called, told or asked."""
    empty = Household(
        community_id=world.community_id, id=new_id(), code="A0299", grid_id=world.grid_id
    )
    db.session.add(empty)
    db.session.flush()
    account = accounts.for_holder(
        community_id=world.community_id,
        rulebook_id=month_books.of(world.community_id, MONTH).rulebook_id,
        holder_kind=HolderKind.HOUSEHOLD,
        holder_id=empty.id,
    )
    db.session.add(
        MonthlyScore(
            community_id=world.community_id,
            id=new_id(),
            account_id=account.id,
            month=MONTH,
            bonus=D(5),
        )
    )
    world.bring(MonthState.ON_NOTICE)
    assert [code for _, code, _, _ in shown(world)] == ["A0201", "A0202"]
