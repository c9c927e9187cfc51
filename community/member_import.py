"""Importing members from a table: whole or nothing, every bad cell named.

2,000 people take as many statements as 20: what is known is read at once, what is new is written
in bulk. A dry run does everything but write.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, insert

from community import (
    import_rows,
    member_rules,
    memberships,
    places,
    public_codes,
)
from community.import_rows import Known, Planned
from community.models import Grid, Household, Member, Membership, MemberTag
from community.permissions import CommunityPermission
from kernel import audit, clock, sheet_files, tenancy
from kernel.access import Actor
from kernel.database import Base, db
from kernel.errors import InvalidRows
from kernel.ids import new_id

MOST_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import did, or in a dry run would do."""

    is_dry_run: bool
    members: int
    new_households: list[str]
    tags: int
    without_household: int


def import_members(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    content: bytes,
    filename: str,
    is_dry_run: bool = False,
) -> ImportResult:
    """Enter everybody in a CSV or Excel file of at most MOST_ROWS people.

    Households that are not known are entered when their grid is given. Raises what
    sheet_files.read raises, HeaderUnknown, HeaderMissing, HeaderTwice, and InvalidRows with
    every bad cell.
    """
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    rows = sheet_files.read(content, filename=filename, most_rows=MOST_ROWS)
    memberships.one_at_a_time(community_id)
    known = _known(community_id)
    planned, errors = import_rows.plan(rows, known=known, today=clock.business_date(now))
    if errors:
        raise InvalidRows(errors)
    fresh = import_rows.new_households(planned, known)
    if not is_dry_run:
        _write(community_id, planned, known, fresh)
        audit.record(
            actor=actor,
            now=now,
            community_id=community_id,
            act="members.imported",
            subject_kind="community",
            subject_id=community_id,
            members=len(planned),
            new_households=len(fresh),
        )
        db.session.flush()
    return ImportResult(
        is_dry_run=is_dry_run,
        members=len(planned),
        new_households=sorted(fresh),
        tags=sum(len(person.tags) for person in planned),
        without_household=sum(person.household_code is None for person in planned),
    )


def _known(community_id: uuid.UUID) -> Known:
    """Grids, households and present members, three statements."""
    grids = db.session.execute(tenancy.columns(Grid, community_id, Grid.id, Grid.number, Grid.name))
    by_word: dict[str, uuid.UUID] = {}
    for grid in grids:
        by_word[str(grid.number)] = by_word[grid.name] = grid.id
    households = db.session.execute(
        tenancy.columns(Household, community_id, Household.code, Household.id, Household.grid_id)
    )
    people = db.session.execute(
        tenancy.columns(Member, community_id, Member.name, Household.code)
        .join(
            Membership,
            and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
        )
        .outerjoin(
            Household,
            and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .where(Membership.valid_to.is_(None))
    )
    return Known(
        grids=by_word,
        households={row.code: (row.id, row.grid_id) for row in households},
        people={(row.name, row.code) for row in people},
    )


def _write(
    community_id: uuid.UUID,
    planned: Sequence[Planned],
    known: Known,
    fresh: dict[str, uuid.UUID],
) -> None:
    """Bulk inserts; the rows of one table are one statement."""
    household_ids = {code: found[0] for code, found in known.households.items()}
    household_ids |= {code: new_id() for code in fresh}
    codes = public_codes.fresh(community_id)
    rows: dict[type[Base], list[dict[str, object]]] = {
        Household: [
            {"id": household_ids[code], "code": code, "grid_id": grid_id}
            for code, grid_id in sorted(fresh.items())
        ],
        Member: [],
        Membership: [],
        MemberTag: [],
    }
    for person in planned:
        member_id = new_id()
        code = None if person.household_code else next(codes)
        household_id = household_ids.get(person.household_code or "")
        rows[Member].append(_member(person, member_id, code))
        rows[Membership].append(_membership(person, member_id, household_id))
        rows[MemberTag] += [
            {"id": new_id(), "member_id": member_id, "tag": tag, "valid_from": person.joined_on}
            for tag in person.tags
        ]
    for table, table_rows in rows.items():
        if table_rows:
            scoped = [{"community_id": community_id, **row} for row in table_rows]
            db.session.execute(insert(table), scoped)


def _member(person: Planned, member_id: uuid.UUID, public_code: str | None) -> dict[str, object]:
    return {
        "id": member_id,
        "name": person.name,
        "sort_key": member_rules.sort_key(person.name),
        "public_code": public_code,
        "is_demo": False,
        "joined_on": person.joined_on,
        "senior_from": person.senior_from,
    }


def _membership(
    person: Planned, member_id: uuid.UUID, household_id: uuid.UUID | None
) -> dict[str, object]:
    return {
        "id": new_id(),
        "member_id": member_id,
        "kinds": person.kinds,
        "grid_id": person.grid_id,
        "household_id": household_id,
        "valid_from": person.joined_on,
    }
