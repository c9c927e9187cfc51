"""Members come, move, change what they are, and leave; every step is a dated row.

Households lie in one grid, so a member of a household belongs to its grid. Members without a
household (couriers, reporting cadres, property staff) are known in public by their public code.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, select

from community import bindings, departures, member_rules, places, public_codes
from community.departures import Departure
from community.member_errors import (
    GridUnknown,
    HouseholdElsewhere,
    HouseholdUnknown,
    MemberExists,
    MemberLeft,
    NothingToChange,
)
from community.models import (
    Community,
    Grid,
    Household,
    LeaveReason,
    Member,
    Membership,
    MemberTag,
)
from community.permissions import CommunityPermission
from kernel import audit, clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """Where a member belongs: a grid, or a household and with it its grid, or neither."""

    grid_id: uuid.UUID | None = None
    household_id: uuid.UUID | None = None


def add(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    name: str,
    kinds: Iterable[str],
    belonging: Belonging,
    tags: Iterable[str] = (),
    joined_on: dt.date | None = None,
    senior_from: int | None = None,
    is_namesake: bool = False,
    is_demo: bool = False,
) -> Member:
    """Enter a person as a member from ``joined_on`` (today) on.

    ``is_namesake`` confirms that somebody else bears the same name in the household. Raises the
    errors of member_rules, GridUnknown, HouseholdUnknown, HouseholdElsewhere, MemberExists.
    """
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    today = clock.business_date(now)
    start = member_rules.past_date(joined_on or today, today=today, field="joined_on")
    clean_name = member_rules.name(name)
    where = _checked(community_id, belonging)
    one_at_a_time(community_id)
    if not is_namesake and _namesakes(community_id, clean_name, where.household_id):
        raise MemberExists(field="name")
    code = next(public_codes.fresh(community_id)) if where.household_id is None else None
    member = Member(
        community_id=community_id,
        name=clean_name,
        sort_key=member_rules.sort_key(clean_name),
        public_code=code,
        is_demo=is_demo,
        joined_on=start,
        senior_from=member_rules.senior_year(senior_from),
    )
    db.session.add(member)
    db.session.flush()
    db.session.add(_membership(member, member_rules.kinds(kinds), where, start))
    for tag in member_rules.tags(tags):
        db.session.add(
            MemberTag(community_id=community_id, member_id=member.id, tag=tag, valid_from=start)
        )
    _note(actor, now, "member.added", member)
    db.session.flush()
    return member


def change(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    membership_id: uuid.UUID,
    on: dt.date,
    kinds: Iterable[str],
    belonging: Belonging,
) -> Member:
    """From ``on`` the member is of these kinds and belongs here; the row before stays readable.

    ``membership_id`` is the row the caller saw: StaleVersion when it is not the present one any
    more. A second change on the first day of a membership corrects that day's row. Raises
    NothingToChange, DateTooEarly, DateInFuture, MemberLeft and what :func:`add` raises.
    """
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    member = _present(community_id, member_id)
    row = _open(community_id, member_id)
    if row.id != membership_id:
        raise StaleVersion()
    clean_kinds = member_rules.kinds(kinds)
    where = _checked(community_id, belonging)
    if (row.kinds, row.grid_id, row.household_id) == (
        clean_kinds, where.grid_id, where.household_id,
    ):  # fmt: skip
        raise NothingToChange()
    start = member_rules.past_date(
        on, today=clock.business_date(now), field="on", earliest=row.valid_from
    )
    if start == row.valid_from:
        row.kinds, row.grid_id = clean_kinds, where.grid_id
        row.household_id = where.household_id
    else:
        row.valid_to = start
        db.session.flush()
        db.session.add(_membership(member, clean_kinds, where, start))
    if where.household_id is None and member.public_code is None:
        member.public_code = next(public_codes.fresh(community_id))
    _note(actor, now, "member.changed", member, on=start.isoformat())
    db.session.flush()
    return member


def correct(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    name: str,
    senior_from: int | None,
) -> Member:
    """Correct a misspelled name or the year of turning 60."""
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    member = _present(community_id, member_id)
    member.name = member_rules.name(name)
    member.sort_key = member_rules.sort_key(member.name)
    member.senior_from = member_rules.senior_year(senior_from)
    _note(actor, now, "member.corrected", member)
    db.session.flush()
    return member


def leave(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    left_on: dt.date,
    reason: LeaveReason = LeaveReason.OTHER,
    heir_id: uuid.UUID | None = None,
    to_community: str | None = None,
) -> Member:
    """The person is no member from ``left_on`` on; the account is nobody here from now on.

    Membership and tags end, rows stay; holds and points are seen to by the packages above.
    ``heir_id`` names another member of the household, ``to_community`` the code of the community
    the person moves to. Raises MemberLeft, DateTooEarly, DateInFuture, HeirElsewhere, NotFound.
    """
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    member = _present(community_id, member_id)
    row = _open(community_id, member_id)
    day = member_rules.past_date(
        left_on,
        today=clock.business_date(now),
        field="left_on",
        earliest=row.valid_from + dt.timedelta(days=1),
    )
    departures.require_heir(community_id, row, heir_id)
    target = departures.target_of(community_id, to_community, reason)
    row.valid_to = day
    member.left_on, member.left_reason = day, reason
    open_tags = tenancy.select(MemberTag, community_id).where(
        MemberTag.member_id == member_id, MemberTag.valid_to.is_(None)
    )
    for tag in db.session.scalars(open_tags):
        tag.valid_to = max(day, tag.valid_from + dt.timedelta(days=1))
    bound = bindings.of_member(community_id, member_id)
    bindings.end_of_member(actor=actor, now=now, community_id=community_id, member_id=member_id)
    _note(actor, now, "member.left", member, on=day.isoformat(), reason=reason)
    db.session.flush()
    departure = Departure(
        community_id=community_id,
        member_id=member_id,
        left_on=day,
        reason=reason,
        person_id=bound.account_id if bound else None,
        heir_id=heir_id,
        to_community_id=target,
    )
    departures.tell(departure, actor, now)
    return member


def one_at_a_time(community_id: uuid.UUID) -> None:
    """Entering members waits for whoever does so in this community: no person comes in twice."""
    row = select(Community.id).where(Community.id == community_id)
    db.session.execute(row.with_for_update(key_share=True)).one()


def _present(community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """The member's row, locked; MemberLeft when the person has left."""
    member = tenancy.locked(Member, community_id, member_id)
    if member.left_on is not None:
        raise MemberLeft()
    return member


def _open(community_id: uuid.UUID, member_id: uuid.UUID) -> Membership:
    statement = tenancy.select(Membership, community_id).where(
        Membership.member_id == member_id, Membership.valid_to.is_(None)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _checked(community_id: uuid.UUID, belonging: Belonging) -> Belonging:
    """``belonging`` with the household's grid filled in."""
    if belonging.household_id is not None:
        household = tenancy.find(Household, community_id, belonging.household_id)
        if household is None:
            raise HouseholdUnknown(field="household_id", given="")
        if belonging.grid_id not in (None, household.grid_id):
            raise HouseholdElsewhere(field="household_id", given=household.code)
        return Belonging(grid_id=household.grid_id, household_id=household.id)
    if belonging.grid_id is not None and not tenancy.find(Grid, community_id, belonging.grid_id):
        raise GridUnknown(field="grid_id", given="")
    return belonging


def _namesakes(community_id: uuid.UUID, name: str, household_id: uuid.UUID | None) -> bool:
    """Whether a present member of the household (or of those without one) bears the name."""
    statement: Select[uuid.UUID] = tenancy.columns(Member, community_id, Member.id).join(
        Membership,
        and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
    )
    same = Membership.household_id.is_not_distinct_from(household_id)
    found = statement.where(Member.name == name, Membership.valid_to.is_(None), same).limit(1)
    return db.session.scalar(found) is not None


def _membership(member: Member, kinds: list[str], where: Belonging, start: dt.date) -> Membership:
    return Membership(
        community_id=member.community_id,
        member_id=member.id,
        kinds=kinds,
        grid_id=where.grid_id,
        household_id=where.household_id,
        valid_from=start,
    )


def _note(actor: Actor, now: dt.datetime, act: str, member: Member, **detail: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=member.community_id,
        act=act,
        subject_kind="member",
        subject_id=member.id,
        **detail,
    )
