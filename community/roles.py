"""Role grants: who may hold what where, and who may grant it. Grants are ended, never edited."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select

from community import places
from community.errors import (
    GrantEnded,
    IncompatibleRoles,
    PeriodReversed,
    RoleAlreadyHeld,
    RoleNotGrantable,
    RoleScopeWrong,
)
from community.models import Community, RoleGrant, Street
from community.permissions import CommunityPermission as P
from community.role_names import RoleName as R
from kernel import audit
from kernel.access import Actor, Permission, Place
from kernel.database import db
from kernel.errors import NotFound

_OFFICERS = frozenset({R.STREET_OFFICER, R.DISTRICT_OFFICER})
#: Roles that live inside one community.
COMMUNITY_ROLES = frozenset({R.GRID_WORKER, R.PANELIST, R.SUPERVISOR, R.COMMUNITY_ADMIN})
MERCHANT_ROLES = frozenset({R.MERCHANT_OWNER, R.MERCHANT_CLERK})

#: Pairs that one person cannot hold in one community (product.md section 1).
INCOMPATIBLE: frozenset[frozenset[R]] = frozenset(
    {
        frozenset({R.PANELIST, R.SUPERVISOR}),
        frozenset({R.PANELIST, R.COMMUNITY_ADMIN}),
        frozenset({R.SUPERVISOR, R.COMMUNITY_ADMIN}),
        frozenset({R.SUPERVISOR, R.GRID_WORKER}),
    }
    | {frozenset({officer, role}) for officer in _OFFICERS for role in COMMUNITY_ROLES}
)


@dataclass(frozen=True, kw_only=True)
class Granting:
    """Where a role is granted and what the granting actor needs there."""

    scope: str
    needs: Permission


#: role → how it is granted; MEMBER is implied by a binding and never granted.
GRANTING: Mapping[R, Granting] = {
    R.GRID_WORKER: Granting(scope="community", needs=P.GRANT_ROLES),
    R.PANELIST: Granting(scope="community", needs=P.GRANT_ROLES),
    R.SUPERVISOR: Granting(scope="community", needs=P.SEAT_BODIES),
    R.COMMUNITY_ADMIN: Granting(scope="community", needs=P.SEAT_BODIES),
    R.MERCHANT_OWNER: Granting(scope="merchant", needs=P.GRANT_ROLES),
    R.MERCHANT_CLERK: Granting(scope="merchant", needs=P.GRANT_ROLES),
    R.STREET_OFFICER: Granting(scope="street", needs=P.GRANT_OFFICERS),
    R.DISTRICT_OFFICER: Granting(scope="district", needs=P.GRANT_OFFICERS),
    R.AUDITOR: Granting(scope="district", needs=P.GRANT_OFFICERS),
    R.OPERATOR: Granting(scope="district", needs=P.GRANT_OFFICERS),
}


def grant(
    *,
    actor: Actor,
    now: dt.datetime,
    account_id: uuid.UUID,
    role: R,
    place: Place,
    granted_from: dt.date,
    granted_to: dt.date | None = None,
) -> RoleGrant:
    """Give an account a role at a place.

    Raises RoleScopeWrong, RoleNotGrantable, IncompatibleRoles, RoleAlreadyHeld, PeriodReversed.
    """
    how = GRANTING.get(role)
    if how is None:
        raise RoleNotGrantable(field="role")
    if scope_of(place) != how.scope:
        raise RoleScopeWrong(field="place", wanted=how.scope)
    actor.require(how.needs, _whole(place))
    if granted_to is not None and granted_to <= granted_from:
        raise PeriodReversed(field="granted_to")
    held = [row for row in live_grants(account_id) if row.ended_at_utc is None]
    if any(_same(row, role, place) for row in held):
        raise RoleAlreadyHeld(field="role")
    require_compatible(account_id=account_id, role=role, place=_whole(place))
    row = RoleGrant(
        account_id=account_id,
        role=role,
        district_id=place.district_id,
        street_id=place.street_id,
        community_id=place.community_id,
        merchant_id=place.merchant_id,
        granted_from=granted_from,
        granted_to=granted_to,
        granted_by=actor.account_id,
        granted_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    _audit(actor=actor, now=now, row=row, act="role.granted")
    return row


def end(*, actor: Actor, now: dt.datetime, grant_id: uuid.UUID) -> RoleGrant:
    """End a grant at once; GrantEnded when it has ended already."""
    row = db.session.get(RoleGrant, grant_id)
    if row is None:
        raise NotFound()
    place = Place(
        district_id=row.district_id,
        street_id=row.street_id,
        community_id=row.community_id,
        merchant_id=row.merchant_id,
    )
    actor.require(GRANTING[R(row.role)].needs, _whole(place))
    if row.ended_at_utc is not None:
        raise GrantEnded()
    row.ended_at_utc = now
    row.ended_by = actor.account_id
    db.session.flush()
    _audit(actor=actor, now=now, row=row, act="role.ended")
    return row


def require_compatible(*, account_id: uuid.UUID, role: R, place: Place) -> None:
    """Raise IncompatibleRoles when the account holds a role that excludes ``role`` there."""
    for row in live_grants(account_id):
        held = R(row.role)
        if frozenset({held, role}) in INCOMPATIBLE and _meets(row, place):
            raise IncompatibleRoles(field="role", role=role.value, held=held.value)


def live_grants(account_id: uuid.UUID) -> list[RoleGrant]:
    """Grants of an account that were not ended, also those that begin later."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .where(RoleGrant.account_id == account_id, RoleGrant.ended_at_utc.is_(None))
            .order_by(RoleGrant.id)
        )
    )


def holders(community_id: uuid.UUID, *, on: dt.date) -> list[RoleGrant]:
    """Who holds a role in a community on a day, ordered by role and id."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .where(
                RoleGrant.community_id == community_id,
                RoleGrant.ended_at_utc.is_(None),
                RoleGrant.granted_from <= on,
                or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > on),
            )
            .order_by(RoleGrant.role, RoleGrant.id)
        )
    )


def scope_of(place: Place) -> str:
    """The word for how narrow a place is."""
    if place.merchant_id is not None:
        return "merchant"
    if place.community_id is not None:
        return "community"
    if place.street_id is not None:
        return "street"
    return "district" if place.district_id is not None else "everywhere"


def _whole(place: Place) -> Place:
    """The place with the ids of what lies above it, so that grants from above reach it."""
    if place.community_id is not None:
        above = places.place_of(place.community_id)
        return Place(
            district_id=above.district_id,
            street_id=above.street_id,
            community_id=place.community_id,
            merchant_id=place.merchant_id,
        )
    if place.street_id is not None:
        street = db.session.get(Street, place.street_id)
        if street is None:
            raise NotFound(field="street")
        return Place(district_id=street.district_id, street_id=street.id)
    return place


def _same(row: RoleGrant, role: R, place: Place) -> bool:
    return row.role == role and (
        row.district_id, row.street_id, row.community_id, row.merchant_id,
    ) == (place.district_id, place.street_id, place.community_id, place.merchant_id)  # fmt: skip


def _meets(row: RoleGrant, place: Place) -> bool:
    """Whether a held grant and ``place`` have a community in common."""
    if row.community_id is not None and place.community_id is not None:
        return row.community_id == place.community_id
    if row.community_id is not None:
        found = db.session.execute(
            select(Street.district_id, Street.id)
            .join(Community, Community.street_id == Street.id)
            .where(Community.id == row.community_id)
        ).one()
        return (place.street_id is None or place.street_id == found.id) and (
            place.district_id is None or place.district_id == found.district_id
        )
    return (row.street_id is None or row.street_id == place.street_id) and (
        row.district_id is None or row.district_id == place.district_id
    )


def _audit(*, actor: Actor, now: dt.datetime, row: RoleGrant, act: str) -> None:
    if row.community_id is not None:
        audit.record(
            actor=actor, now=now, community_id=row.community_id, act=act,
            subject_kind="role_grant", subject_id=row.id, role=row.role,
        )  # fmt: skip
