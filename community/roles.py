"""Role grants: given at a place for a period, ended, never edited.

The rules (who grants what, which roles exclude each other) are the tables of role_rules.py.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import BindParameter, ColumnElement, and_, func, or_, select, update

from community import persons, places, role_rules
from community.errors import (
    GrantEnded,
    PeriodEmpty,
    RoleAlreadyHeld,
    RoleNotGrantable,
    RolePlaceWrong,
    RolesIncompatible,
    SelfGrant,
)
from community.models import Community, Grid, RoleGrant, Street, UserAccount
from community.role_names import RoleName
from community.role_rules import Scope
from kernel import tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import NotFound


def grant(
    *,
    actor: Actor,
    now: dt.datetime,
    account_id: uuid.UUID,
    role: str,
    place: Place,
    granted_from: dt.date,
    granted_to: dt.date | None = None,
    grid_id: uuid.UUID | None = None,
) -> RoleGrant:
    """Give an account a role at a place in [granted_from, granted_to).

    ``place`` names the narrowest id (street, community, community and merchant); its parents are
    filled in. ``grid_id`` narrows a grid worker to one grid. Raises RoleNotGrantable,
    RolePlaceWrong, PeriodEmpty, SelfGrant, RolesIncompatible, RoleAlreadyHeld.
    """
    name = _grantable(role)
    whole = _whole(name, place)
    actor.require(role_rules.GRANTED_WITH[name], whole)
    if account_id in persons.accounts_of(actor):
        raise SelfGrant()
    if granted_to is not None and granted_to <= granted_from:
        raise PeriodEmpty(field="granted_to")
    _require_grid(name, whole, grid_id)
    _lock(account_id)
    require_compatible(
        account_id=account_id,
        role=name,
        place=whole,
        granted_from=granted_from,
        granted_to=granted_to,
        grid_id=grid_id,
    )
    row = RoleGrant(
        account_id=account_id,
        role=name,
        district_id=whole.district_id,
        street_id=whole.street_id,
        community_id=whole.community_id,
        merchant_id=whole.merchant_id,
        grid_id=grid_id,
        granted_from=granted_from,
        granted_to=granted_to,
        granted_by=actor.account_id,
        granted_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def require_compatible(
    *,
    account_id: uuid.UUID,
    role: RoleName,
    place: Place,
    granted_from: dt.date,
    granted_to: dt.date | None,
    grid_id: uuid.UUID | None = None,
) -> None:
    """Raise RolesIncompatible or RoleAlreadyHeld for a grant that overlaps in time and place.

    What one account of a person holds excludes for the others what it excludes for itself.
    ``place`` names its parents too.
    """
    for other, where in _overlapping(account_id, granted_from, granted_to):
        held = RoleName(other.role)
        shared = role_rules.share_a_community(place, where)
        if shared and role_rules.are_incompatible(role, held):
            raise RolesIncompatible(
                role=role_rules.TITLES[role],
                code_name=role.value,
                other=role_rules.TITLES[held],
                other_code_name=held.value,
            )
        same_grid = other.grid_id is None or other.grid_id == grid_id
        is_own = other.account_id == account_id
        if is_own and held is role and same_grid and where.covers(place):
            raise RoleAlreadyHeld()


def end(*, actor: Actor, now: dt.datetime, grant_id: uuid.UUID) -> RoleGrant:
    """End a grant now; it counts immediately. Raises GrantEnded, SelfGrant."""
    row = db.session.get(RoleGrant, grant_id)
    if row is None:
        raise NotFound()
    actor.require(role_rules.GRANTED_WITH[RoleName(row.role)], place_of(row))
    if row.account_id in persons.accounts_of(actor):
        raise SelfGrant()
    ended = db.session.execute(
        update(RoleGrant)
        .where(RoleGrant.id == grant_id, RoleGrant.ended_at_utc.is_(None))
        .values(ended_at_utc=now, ended_by=actor.account_id)
        .returning(RoleGrant.id)
    ).first()
    if ended is None:
        raise GrantEnded()
    db.session.refresh(row)
    return row


def live(on: dt.date | BindParameter[dt.date]) -> ColumnElement[bool]:
    """Condition: the grant counts on this day and has not been ended."""
    return and_(
        RoleGrant.ended_at_utc.is_(None),
        RoleGrant.granted_from <= on,
        or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > on),
    )


def of_account(account_id: uuid.UUID, on: dt.date) -> list[RoleGrant]:
    """What an account is granted on a day, oldest first."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .where(RoleGrant.account_id == account_id, live(on))
            .order_by(RoleGrant.id)
        )
    )


def holders(community_id: uuid.UUID, role: RoleName, on: dt.date) -> list[uuid.UUID]:
    """Accounts that hold a role granted for this very community on a day."""
    return list(
        db.session.scalars(
            select(RoleGrant.account_id)
            .where(RoleGrant.community_id == community_id, RoleGrant.role == role, live(on))
            .distinct()
            .order_by(RoleGrant.account_id)
        )
    )


def grids_of(account_id: uuid.UUID, community_id: uuid.UUID, on: dt.date) -> set[uuid.UUID | None]:
    """Grids a grid worker looks after; None in the set means every grid of the community."""
    return set(
        db.session.scalars(
            select(RoleGrant.grid_id).where(
                RoleGrant.account_id == account_id,
                RoleGrant.community_id == community_id,
                RoleGrant.role == RoleName.GRID_WORKER,
                live(on),
            )
        )
    )


def place_of(row: RoleGrant) -> Place:
    """The place a stored grant is for."""
    return Place(
        district_id=row.district_id,
        street_id=row.street_id,
        community_id=row.community_id,
        merchant_id=row.merchant_id,
    )


def _grantable(role: str) -> RoleName:
    if role not in role_rules.GRANTED_WITH:
        raise RoleNotGrantable(field="role", role=role)
    return RoleName(role)


def _whole(role: RoleName, place: Place) -> Place:
    """``place`` with its parents; RolePlaceWrong when the role is not for such places."""
    scope = role_rules.scope_of(place)
    if scope not in role_rules.SCOPES[role]:
        raise _wrong_place(role, "role")
    if scope in (Scope.EVERYWHERE, Scope.DISTRICT):
        return place
    if scope is Scope.STREET and place.street_id is not None:
        street = places.street(place.street_id)
        return Place(district_id=street.district_id, street_id=street.id)
    if place.community_id is None:
        raise _wrong_place(role, "role")
    found = places.place_of(place.community_id)
    return Place(
        district_id=found.district_id,
        street_id=found.street_id,
        community_id=found.community_id,
        merchant_id=place.merchant_id,
    )


def _wrong_place(role: RoleName, field: str) -> RolePlaceWrong:
    return RolePlaceWrong(field=field, role=role_rules.TITLES[role], code_name=role.value)


def _require_grid(role: RoleName, place: Place, grid_id: uuid.UUID | None) -> None:
    if grid_id is None:
        return
    if role is not RoleName.GRID_WORKER or place.community_id is None:
        raise _wrong_place(role, "grid_id")
    tenancy.get(Grid, place.community_id, grid_id)


def _lock(account_id: uuid.UUID) -> None:
    """One grant at a time per account, or two at once could be incompatible; NotFound."""
    statement = select(UserAccount.id).where(UserAccount.id == account_id)
    if db.session.scalar(statement.with_for_update(key_share=True)) is None:
        raise NotFound(field="account_id")


def _overlapping(
    account_id: uuid.UUID, granted_from: dt.date, granted_to: dt.date | None
) -> Sequence[tuple[RoleGrant, Place]]:
    """Grants of the person that meet the period and are not ended, with places and parents."""
    street_id = func.coalesce(RoleGrant.street_id, Community.street_id)
    statement = (
        select(RoleGrant, street_id, func.coalesce(RoleGrant.district_id, Street.district_id))
        .outerjoin(Community, Community.id == RoleGrant.community_id)
        .outerjoin(Street, Street.id == street_id)
        .where(
            RoleGrant.account_id.in_(persons.of_account(account_id)),
            RoleGrant.ended_at_utc.is_(None),
            or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > granted_from),
        )
        .order_by(RoleGrant.id)
    )
    if granted_to is not None:
        statement = statement.where(RoleGrant.granted_from < granted_to)
    return [
        (
            row,
            Place(
                district_id=district,
                street_id=street,
                community_id=row.community_id,
                merchant_id=row.merchant_id,
            ),
        )
        for row, street, district in db.session.execute(statement)
    ]
