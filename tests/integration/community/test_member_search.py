"""Finding members, households and grids: filters, pages, and a constant number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from community import founding, households, member_errors, member_search, memberships, places
from community.member_search import Status
from community.place_errors import CodeInvalid, CodeTaken
from kernel.access import Place, system_actor
from kernel.errors import Forbidden, NotFound
from tests.integration.community.world import NOW, TODAY, World

NAMES = ("赵改转", "安心", "王秀英", "李强", "王小明")


@pytest.fixture
def filled(world: World) -> World:
    for number, name in enumerate(NAMES):
        world.add(
            name,
            household=number % 2,
            kinds=["resident", "grid_worker"] if name == "李强" else ["resident"],
            tags=["学生"] if name == "王小明" else [],
        )
    world.add("王快递", household=None, kinds=["new_employment_worker"])
    gone = world.add("马走")
    memberships.leave(
        actor=world.admin,
        now=NOW,
        community_id=world.community_id,
        member_id=gone.id,
        left_on=TODAY,
    )
    return world


def found(world: World, **given: Any) -> list[str]:
    rows = member_search.search(
        actor=world.admin, community_id=world.community_id, on=TODAY, **given
    )
    return [row.name for row in rows]


def test_names_come_in_the_order_of_pinyin(filled: World) -> None:
    assert found(filled) == ["安心", "李强", "王快递", "王小明", "王秀英", "赵改转"]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"q": "王"}, ["王快递", "王小明", "王秀英"]),
        ({"q": "wang x"}, ["王小明", "王秀英"]),
        ({"q": "0201"}, ["安心", "李强"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"kind": "grid_worker"}, ["李强"]),
        ({"kind": "new_employment_worker"}, ["王快递"]),
        ({"tag": "student"}, ["王小明"]),
        ({"status": Status.LEFT}, ["马走"]),
        ({"q": "王", "tag": "student"}, ["王小明"]),
    ],
)
def test_filters(filled: World, given: dict[str, Any], names: list[str]) -> None:
    assert found(filled, **given) == names


def test_by_grid_and_household(filled: World, noise: World) -> None:
    assert found(filled, grid_id=filled.grids[1].id) == ["安心", "李强"]
    assert found(filled, household_id=filled.households[0].id) == ["王小明", "王秀英", "赵改转"]
    assert found(filled, household_id=noise.households[0].id) == []


def test_pages_meet_without_gap_or_overlap(filled: World) -> None:
    seen: list[str] = []
    after = None
    while True:
        rows = member_search.search(
            actor=filled.admin,
            community_id=filled.community_id,
            on=TODAY,
            after=after,
            limit=2,
        )
        if not rows:
            break
        seen += [row.name for row in rows]
        after = rows[-1].id
    assert seen == found(filled)


def test_namesakes_do_not_get_lost_between_pages(world: World) -> None:
    for _ in range(5):
        world.add("张三", is_namesake=True)
    first = member_search.search(
        actor=world.admin, community_id=world.community_id, on=TODAY, limit=3
    )
    rest = member_search.search(
        actor=world.admin, community_id=world.community_id, on=TODAY, after=first[-1].id
    )
    assert len({row.id for row in [*first, *rest]}) == 5


def test_a_list_takes_as_many_statements_for_six_as_for_none(
    filled: World, noise: World, session: Any, count_statements: Callable[[], Any]
) -> None:
    session.commit()
    counts = set()
    for given in ({}, {"q": "nobody"}):
        with count_statements() as seen:
            found(filled, **given)
        counts.add(len(seen))
    assert counts == {2}


def test_one_member_with_tags(filled: World, noise: World) -> None:
    (row,) = member_search.search(
        actor=filled.admin, community_id=filled.community_id, on=TODAY, tag="student"
    )
    one = member_search.one(
        actor=filled.admin, community_id=filled.community_id, member_id=row.id, on=TODAY
    )
    assert one == row
    assert [tag.tag for tag in one.tags] == ["student"]
    with pytest.raises(NotFound):
        member_search.one(
            actor=noise.admin, community_id=noise.community_id, member_id=row.id, on=TODAY
        )


def test_members_read_no_members(filled: World, noise: World) -> None:
    for actor, error in ((filled.actor("member"), Forbidden), (noise.admin, NotFound)):
        with pytest.raises(error):
            member_search.search(actor=actor, community_id=filled.community_id, on=TODAY)
        with pytest.raises(error):
            households.grids(actor=actor, community_id=filled.community_id, on=TODAY)
        with pytest.raises(error):
            households.households(actor=actor, community_id=filled.community_id, on=TODAY)


def test_grids_with_their_numbers(filled: World, count_statements: Callable[[], Any]) -> None:
    with count_statements() as seen:
        rows = households.grids(actor=filled.admin, community_id=filled.community_id, on=TODAY)
    assert [(row.number, row.households, row.members) for row in rows] == [(1, 1, 3), (2, 1, 2)]
    assert len(seen) == 1


def test_households_by_code_grid_and_page(filled: World) -> None:
    for code in ("0102", "103"):
        households.add_household(
            actor=filled.admin, now=NOW, community_id=filled.community_id, code=code,
            grid_id=filled.grids[0].id,
        )  # fmt: skip

    def codes(**given: Any) -> list[str]:
        rows = households.households(
            actor=filled.admin, community_id=filled.community_id, on=TODAY, **given
        )
        return [row.code for row in rows]

    assert codes() == ["0101", "0102", "0103", "0201"]
    assert codes(code="02") == ["0201"]
    assert codes(grid_id=filled.grids[0].id) == ["0101", "0102", "0103"]
    assert codes(limit=2) == ["0101", "0102"]
    first = households.households(
        actor=filled.admin, community_id=filled.community_id, on=TODAY, limit=2
    )
    assert codes(after=first[-1].id) == ["0103", "0201"]


def test_grids_and_households_that_are_refused(world: World, noise: World) -> None:
    where = {"actor": world.admin, "now": NOW, "community_id": world.community_id}
    with pytest.raises(member_errors.GridNumberTaken):
        households.add_grid(**where, number=1, name="又一个")
    assert households.add_grid(**where, number=3, name="3 网格").number == 3
    grid_id = world.grids[0].id
    with pytest.raises(member_errors.HouseholdCodeTaken):
        households.add_household(**where, code="101", grid_id=grid_id)
    with pytest.raises(member_errors.HouseholdCodeInvalid):
        households.add_household(**where, code="三号", grid_id=grid_id)
    with pytest.raises(member_errors.GridUnknown):
        households.add_household(**where, code="0900", grid_id=noise.grids[0].id)


def test_founding_and_settings(world: World) -> None:
    from access_table import ROLES

    system = system_actor(ROLES, "test")
    district = founding.found_district(
        actor=system, name="新区", code="xinqu", brand="新邻", slogan="新邻·新里"
    )
    street = founding.found_street(actor=system, district_id=district.id, name="一街", code="yijie")
    settings: dict[str, Any] = {
        "committee": "居委会", "phone": "1", "office": "一楼", "hours": "全天",
        "alliance_name": "联盟", "notice_working_days": None,
    }  # fmt: skip
    made = founding.found_community(
        actor=system, street_id=street.id, name="新社区", code="xin", **settings
    )
    assert places.place_of(made.id) == Place(
        district_id=district.id, street_id=street.id, community_id=made.id
    )
    assert places.community_by_code("xin").id == made.id
    with pytest.raises(CodeTaken):
        founding.found_community(
            actor=system, street_id=street.id, name="又一个", code="xin", **settings
        )
    with pytest.raises(CodeInvalid):
        founding.found_street(actor=system, district_id=district.id, name="二街", code="二")
    with pytest.raises(NotFound):
        founding.found_community(
            actor=world.admin, street_id=street.id, name="x", code="xy", **settings
        )


def test_an_administrator_changes_the_own_community_only(world: World, noise: World) -> None:
    settings: dict[str, Any] = {
        "committee": "居委会", "phone": "1", "office": "一楼", "hours": "全天",
        "alliance_name": "联盟", "notice_working_days": 7,
    }  # fmt: skip
    changed = founding.change_settings(
        actor=world.admin, now=NOW, community_id=world.community_id, **settings
    )
    assert (changed.notice_working_days, changed.alliance_name) == (7, "联盟")
    with pytest.raises(NotFound):
        founding.change_settings(
            actor=world.admin, now=NOW, community_id=noise.community_id, **settings
        )


@pytest.mark.parametrize("code", ["", "nowhere", "a b", "忻府", "a\x00b", "x" * 500])
def test_codes_of_no_community(session: Any, code: str) -> None:
    with pytest.raises(NotFound):
        places.community_by_code(code)


def test_the_days_of_a_membership_are_business_days(world: World) -> None:
    night = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)  # already the 21st in Shanghai
    member = memberships.add(
        actor=world.admin,
        now=night,
        community_id=world.community_id,
        name="夜班",
        kinds=["resident"],
        belonging=memberships.Belonging(),
    )
    assert member.joined_on == TODAY
