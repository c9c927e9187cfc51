"""Members come, move, change and leave; what was stays readable."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from community import member_errors, member_search, member_tags, members, memberships
from community.memberships import Belonging
from community.models import Member, MemberBinding, Membership
from kernel import audit, tenancy
from kernel.database import db
from kernel.errors import Forbidden, NotFound, StaleVersion
from kernel.ids import new_id
from tests.integration.community.world import JOINED, NOW, TODAY, World

LATER = dt.date(2026, 11, 1)


def open_membership(member: Member) -> Membership:
    return db.session.scalars(
        tenancy.select(Membership, member.community_id).where(
            Membership.member_id == member.id, Membership.valid_to.is_(None)
        )
    ).one()


def change(world: World, member: Member, **given: Any) -> Member:
    return memberships.change(
        actor=world.admin,
        now=NOW,
        community_id=world.community_id,
        member_id=member.id,
        membership_id=given.pop("membership_id", None) or open_membership(member).id,
        on=given.pop("on", LATER),
        kinds=given.pop("kinds", ["resident"]),
        belonging=Belonging(**given),
    )


def test_a_household_brings_its_grid_and_no_public_code(world: World) -> None:
    member = world.add("张三", household=1, tags=["党员"])
    seen = members.identity(world.community_id, member.id, TODAY)
    assert (seen.household_id, seen.grid_id) == (world.households[1].id, world.grids[1].id)
    assert seen.tags == {"resident", "party_member"}
    assert member.public_code is None


def test_somebody_without_a_household_has_a_public_code(world: World) -> None:
    codes = {world.add(name, household=None).public_code for name in ("张三", "李四")}
    assert len(codes) == 2
    assert all(code is not None and code.startswith("W") and len(code) == 6 for code in codes)


def test_moving_closes_one_row_and_opens_another(world: World) -> None:
    member = world.add("张三")
    change(world, member, household_id=world.households[1].id, kinds=["resident", "grid_worker"])
    before = members.identity(world.community_id, member.id, LATER - dt.timedelta(days=1))
    after = members.identity(world.community_id, member.id, LATER)
    assert (before.household_id, before.kinds) == (world.households[0].id, {"resident"})
    assert (after.household_id, after.grid_id) == (world.households[1].id, world.grids[1].id)
    history = member_search.history(
        actor=world.admin, community_id=world.community_id, member_id=member.id
    )
    assert [(row.household_code, row.valid_from, row.valid_to) for row in history.memberships] == [
        ("0101", JOINED, LATER), ("0201", LATER, None),
    ]  # fmt: skip


def test_a_change_on_the_first_day_corrects_that_day(world: World) -> None:
    member = world.add("张三")
    change(world, member, on=JOINED, household_id=world.households[1].id)
    history = member_search.history(
        actor=world.admin, community_id=world.community_id, member_id=member.id
    )
    assert [row.household_code for row in history.memberships] == ["0201"]


def test_moving_out_of_a_household_gives_a_public_code(world: World) -> None:
    member = change(world, world.add("张三"), kinds=["property_staff"])
    assert member.public_code is not None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"on": JOINED - dt.timedelta(days=1)}, member_errors.DateTooEarly),
        ({"on": TODAY + dt.timedelta(days=1)}, member_errors.DateInFuture),
        ({"kinds": ["villager"]}, member_errors.KindUnknown),
        ({"kinds": []}, member_errors.KindMissing),
        ({"household_id": new_id()}, member_errors.HouseholdUnknown),
        ({"grid_id": new_id()}, member_errors.GridUnknown),
        ({"membership_id": new_id()}, StaleVersion),
    ],
)
def test_changes_that_are_refused(
    world: World, given: dict[str, Any], error: type[Exception]
) -> None:
    member = world.add("张三")
    with pytest.raises(error):
        change(world, member, **given)


def test_other_changes_that_are_refused(world: World, noise: World) -> None:
    member = world.add("张三")
    with pytest.raises(member_errors.NothingToChange):
        change(world, member, household_id=world.households[0].id)
    with pytest.raises(member_errors.HouseholdElsewhere):
        change(world, member, household_id=world.households[0].id, grid_id=world.grids[1].id)
    with pytest.raises(member_errors.HouseholdUnknown):
        change(world, member, household_id=noise.households[1].id)
    with pytest.raises(member_errors.GridUnknown):
        change(world, member, grid_id=noise.grids[1].id)


def test_who_acted_on_an_older_row_is_told(world: World) -> None:
    member = world.add("张三")
    seen = open_membership(member).id
    change(world, member, household_id=world.households[1].id)
    with pytest.raises(StaleVersion):
        change(world, member, membership_id=seen, on=TODAY)


def test_the_same_person_twice_needs_a_word(world: World) -> None:
    world.add("张三")
    with pytest.raises(member_errors.MemberExists):
        world.add(" 张三")
    world.add("张三", household=1)
    world.add("张三", household=None)
    with pytest.raises(member_errors.MemberExists):
        world.add("张三", household=None)
    assert world.add("张三", is_namesake=True).name == "张三"


def test_leaving_ends_membership_tags_and_binding_and_keeps_the_rows(world: World) -> None:
    member = world.add("张三", tags=["党员"])
    binding = world.bound(member, world.stranger())
    gone = memberships.leave(
        actor=world.admin,
        now=NOW,
        community_id=world.community_id,
        member_id=member.id,
        left_on=LATER,
    )
    assert gone.left_on == LATER
    day_before = LATER - dt.timedelta(days=1)
    assert members.identity(world.community_id, member.id, day_before).tags == {
        "resident", "party_member",
    }  # fmt: skip
    with pytest.raises(NotFound):
        members.identity(world.community_id, member.id, LATER)
    db.session.refresh(binding)
    assert (binding.ended_at_utc, binding.ended_by) == (NOW, world.admin.account_id)
    with pytest.raises(member_errors.MemberLeft):
        change(world, member, membership_id=new_id(), household_id=world.households[1].id)


@pytest.mark.parametrize("left_on", [JOINED, TODAY + dt.timedelta(days=1)])
def test_days_nobody_can_leave_on(world: World, left_on: dt.date) -> None:
    member = world.add("张三")
    with pytest.raises((member_errors.DateTooEarly, member_errors.DateInFuture)):
        memberships.leave(
            actor=world.admin,
            now=NOW,
            community_id=world.community_id,
            member_id=member.id,
            left_on=left_on,
        )


def test_a_name_can_be_corrected(world: World) -> None:
    member = memberships.correct(
        actor=world.admin,
        now=NOW,
        community_id=world.community_id,
        member_id=world.add("章三").id,
        name="张三",
        senior_from=2020,
    )
    assert (member.name, member.sort_key, member.senior_from) == ("张三", "zhang san", 2020)


def test_tags_are_dated_and_end(world: World) -> None:
    member = world.add("张三")
    where = {"actor": world.admin, "now": NOW, "community_id": world.community_id}
    tag = member_tags.assign(**where, member_id=member.id, tag="学生", valid_from=LATER)
    with pytest.raises(member_errors.TagAlreadyHeld):
        member_tags.assign(**where, member_id=member.id, tag="student", valid_from=TODAY)
    with pytest.raises(member_errors.DateTooEarly):
        member_tags.end(**where, member_id=member.id, tag_id=tag.id, valid_to=LATER)
    member_tags.end(**where, member_id=member.id, tag_id=tag.id, valid_to=TODAY)
    on = members.identity
    assert "student" in on(world.community_id, member.id, LATER).tags
    assert "student" not in on(world.community_id, member.id, TODAY).tags
    with pytest.raises(member_errors.TagEnded):
        member_tags.end(**where, member_id=member.id, tag_id=tag.id, valid_to=TODAY)
    member_tags.assign(**where, member_id=member.id, tag="student", valid_from=TODAY)


def test_only_the_own_administrator_changes_members(world: World, noise: World) -> None:
    member = world.add("张三")
    for actor, error in (
        (world.actor("grid_worker"), Forbidden),
        (world.actor("member"), Forbidden),
        (noise.admin, NotFound),
        (world.stranger(), NotFound),
    ):
        with pytest.raises(error):
            memberships.leave(
                actor=actor,
                now=NOW,
                community_id=world.community_id,
                member_id=member.id,
                left_on=TODAY,
            )
    with pytest.raises(NotFound):
        memberships.leave(
            actor=noise.admin,
            now=NOW,
            community_id=noise.community_id,
            member_id=member.id,
            left_on=TODAY,
        )


def test_every_step_is_in_the_trail_without_names(world: World) -> None:
    member = world.add("张三")
    change(world, member, household_id=world.households[1].id)
    rows = db.session.scalars(
        tenancy.select(audit.AuditRecord, world.community_id).order_by(audit.AuditRecord.id)
    ).all()
    assert [row.act for row in rows] == ["member.added", "member.changed"]
    assert "张三" not in str([row.detail for row in rows])


def test_the_own_circle_is_the_household_of_today(world: World, noise: World) -> None:
    actor = world.stranger()
    own, wife, other = world.add("张三"), world.add("李梅"), world.add("王五", household=1)
    world.bound(own, actor)
    noise.bound(noise.add("赵六"), actor)
    circle = members.own_circle(world.community_id, actor.account_id)
    assert circle == {own.id, wife.id}
    change(world, wife, household_id=world.households[1].id)
    assert members.own_circle(world.community_id, actor.account_id) == {own.id}
    assert other.id not in circle
    assert members.own_circle(world.community_id, new_id()) == frozenset()


def test_the_own_circle_of_somebody_without_a_household(world: World) -> None:
    actor = world.stranger()
    own = world.add("张三", household=None)
    world.add("李四", household=None)
    world.bound(own, actor)
    assert members.own_circle(world.community_id, actor.account_id) == {own.id}


def test_the_roster_lists_everybody_of_the_day_once(world: World) -> None:
    member = world.add("张三")
    world.add("李四", household=None)
    change(world, member, household_id=world.households[1].id)
    rows = db.session.execute(members.roster(world.community_id, TODAY)).all()
    assert sorted((row.name, row.household_code, row.grid_number) for row in rows) == [
        ("张三", "0201", 2), ("李四", None, None),
    ]  # fmt: skip
    assert db.session.query(MemberBinding).count() == 0
