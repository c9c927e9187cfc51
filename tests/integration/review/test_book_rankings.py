"""The rankings a rulebook names: place, period, audience, heads, and who may read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from access_table import ROLES
from community import places
from community.models import Community, MemberTag
from kernel.access import Actor, Grant, Place
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from points.models import MonthState
from review import book_rankings
from review.book_rankings import BookTable
from review.errors import RankingUnknown
from tests.integration.review.world import MONTH, ReviewWorld, review_world
from tests.support.backend import Backend

BOOKS: list[dict[str, Any]] = [
    {"code": "grids", "name": "网格内排名", "unit": "member", "over": "month", "within": "grid",
     "top": {"count": 1}},
    {"code": "homes", "name": "户均排名", "unit": "household", "per_head": True, "over": "month",
     "within": "community"},
    {"code": "ever", "name": "总排名", "unit": "member", "over": "ever", "within": "community",
     "top": {"percent": 50}},
    {"code": "workers", "name": "网格员排名", "unit": "member", "over": "month",
     "within": "community", "audience": {"any": ["grid_worker"]}},
    {"code": "key", "name": "重点人群排名", "unit": "member", "over": "month",
     "within": "community", "audience": {"any": ["relocated_household"]}},
    {"code": "key-street", "name": "重点人群街道排名", "unit": "member", "over": "month",
     "within": "street", "audience": {"any": ["relocated_household"]}},
    {"code": "street", "name": "街道排名", "unit": "member", "over": "month", "within": "street"},
]  # fmt: skip


def with_books() -> ReviewWorld:
    world = review_world()
    world.adopt(version=2, rankings=BOOKS, effective_from=dt.date(2026, 10, 1))
    return world


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(with_books)


def table(world: ReviewWorld, code: str, **values: Any) -> BookTable:
    given = {"page": 1, "limit": 50, **values}
    return book_rankings.public(world.community_id, MONTH, code, **given)


def for_staff(world: ReviewWorld, code: str) -> BookTable:
    return book_rankings.for_staff(
        actor=world.panelist, community_id=world.community_id, month=MONTH, code=code, page=1,
        limit=50,
    )  # fmt: skip


def notice(world: ReviewWorld) -> None:
    """Everybody has the base of ten, so that every row is public."""
    world.grant()
    world.bring(MonthState.ON_NOTICE)


def seen(found: BookTable) -> list[tuple[Any, ...]]:
    return [(row.group, row.rank, row.household_code, float(row.score)) for row in found.rows]


def tag(world: ReviewWorld, member_id: Any) -> None:
    db.session.add(
        MemberTag(
            community_id=world.community_id, member_id=member_id, tag="relocated_household",
            valid_from=dt.date(2026, 1, 1),
        )
    )  # fmt: skip
    db.session.flush()


def test_each_grid_has_its_own_first(world: ReviewWorld) -> None:
    for code, bonus in (("A0201", "3"), ("A0202", "7"), ("A0203", "5")):
        world.resident(code, bonus=bonus)
    notice(world)
    assert seen(table(world, "grids")) == [
        (1, 1, "A0202", 17.0), (1, None, "A0201", 13.0), (1, None, "A0203", 15.0),
    ]  # fmt: skip
    assert [row.label for row in table(world, "grids").rows] == ["张*", None, None]
    assert [row.rank for row in table(world, "grids", page=2, limit=2).rows] == [None]


def test_a_household_is_compared_by_the_mean_of_its_members(world: ReviewWorld) -> None:
    world.resident("A0201", bonus="8")
    world.resident("A0201", name="张小")  # earns nothing and counts as a head
    world.resident("A0202", bonus="5")
    notice(world)
    assert seen(for_staff(world, "homes")) == [
        (None, 1, "A0202", 15.0), (None, 2, "A0201", 14.0),
    ]  # fmt: skip


def test_per_head_would_count_whose_row_is_missing(world: ReviewWorld) -> None:
    """One row of A0201 is public, 18 points; 9 per head say that another one is below base."""
    world.resident("A0201", bonus="8")
    world.deduct(world.resident("A0201", name="张小"))
    notice(world)
    assert seen(table(world, "grids")) == [(1, 1, "A0201", 18.0)]
    assert seen(for_staff(world, "homes")) == [(None, 1, "A0201", 9.0)]
    with pytest.raises(RankingUnknown):
        table(world, "homes")


def test_over_ever_adds_the_sealed_months(world: ReviewWorld) -> None:
    member = world.resident("A0201", bonus="3")
    world.resident("A0202", bonus="4")
    world.earn(member, "2", on=dt.date(2026, 9, 15))
    for month in ("2026-09", MONTH):
        world.grant(month)
        world.bring(MonthState.SEALED, month)
    found = table(world, "ever")
    assert found.months == ("2026-09", MONTH)
    assert seen(found) == [(None, 1, "A0201", 25.0), (None, None, "A0202", 24.0)]


def test_a_ranking_of_a_kind_is_public_and_one_of_a_tag_is_not(world: ReviewWorld) -> None:
    tag(world, world.resident("A0201", bonus="3"))
    world.resident("A0202", bonus="4")
    notice(world)
    public = {each.code: each.is_public for each in book_rankings.listed(world.community_id, MONTH)}
    assert public == {
        "grids": True, "homes": False, "ever": True, "workers": True, "key": False,
        "key-street": False, "street": True,
    }  # fmt: skip
    assert seen(table(world, "workers")) == []
    for code in ("key", "nothing"):
        with pytest.raises(RankingUnknown):
            table(world, code)
    assert seen(for_staff(world, "key")) == [(None, 1, "A0201", 13.0)]
    with pytest.raises(Forbidden):
        book_rankings.for_staff(
            actor=world.recorder, community_id=world.community_id, month=MONTH, code="key",
            page=1, limit=50,
        )  # fmt: skip


def test_a_street_compares_its_communities_and_a_tag_there_is_for_its_officers(
    world: ReviewWorld,
) -> None:
    other = review_world("jiuyuan")
    _same_street(world, other)
    other.adopt(version=2, rankings=BOOKS, effective_from=dt.date(2026, 10, 1))
    world.resident("A0201", bonus="3")
    tag(other, other.resident("B0101", bonus="6"))
    for each in (world, other):
        notice(each)
    found = table(world, "street")
    assert seen(found) == [(None, 1, "B0101", 16.0), (None, 2, "A0201", 13.0)]
    assert {row.community for row in found.rows} == {"社区", "社区jiuyuan"}
    asked: dict[str, Any] = {
        "community_id": world.community_id, "month": MONTH, "code": "key-street", "page": 1,
        "limit": 50,
    }  # fmt: skip
    with pytest.raises(NotFound):
        book_rankings.for_staff(actor=world.panelist, **asked)
    place = Place(district_id=world.place.district_id, street_id=world.place.street_id)
    officer = Actor(
        account_id=new_id(), grants=(Grant(role="street_officer", place=place),), table=ROLES,
        members={},
    )  # fmt: skip
    assert [row.household_code for row in book_rankings.for_staff(actor=officer, **asked).rows] == [
        "B0101"
    ]


def _same_street(world: ReviewWorld, other: ReviewWorld) -> None:
    row = db.session.get(Community, other.community_id)
    assert row is not None
    assert world.place.street_id is not None
    row.street_id, row.name = world.place.street_id, "社区jiuyuan"
    db.session.flush()
    places.forget()
    other.place = Place(
        district_id=world.place.district_id, street_id=world.place.street_id,
        community_id=other.community_id,
    )  # fmt: skip
    other.__post_init__()  # the actors' grants are for the new place
