"""Whether somebody may bind members of a household or grid: in the own grid, never at home."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select

from community import members, places, roles
from community.errors import GridNotYours, OwnHousehold
from community.models import MemberBinding, Membership
from community.permissions import CommunityPermission
from community.role_names import RoleName
from kernel.access import Actor
from kernel.database import db


def require(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    grid_id: uuid.UUID | None,
    household_id: uuid.UUID | None,
    on: dt.date,
) -> None:
    """Raise Forbidden, GridNotYours or OwnHousehold.

    A grid worker acts in the grids of the grants, and for members without a grid; the community's
    administrator and the system act in every grid.
    """
    place = places.place_of(community_id)
    actor.require(CommunityPermission.BIND_MEMBERS, place)
    only_grid_worker = not any(
        CommunityPermission.BIND_MEMBERS in actor.table[role]
        for role in actor.roles_at(place) - {RoleName.GRID_WORKER}
    )
    if only_grid_worker and grid_id is not None:
        grids = roles.grids_of(actor.account_id, community_id, on)
        if None not in grids and grid_id not in grids:
            raise GridNotYours()
    if household_id is not None and household_id == _own_household(actor, community_id):
        raise OwnHousehold()


def require_stranger(*, actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Raise OwnHousehold when the member is the actor or shares the household."""
    if member_id in members.own_circle(community_id, actor):
        raise OwnHousehold()


def _own_household(actor: Actor, community_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(Membership.household_id)
        .join(
            MemberBinding,
            (MemberBinding.community_id == Membership.community_id)
            & (MemberBinding.member_id == Membership.member_id),
        )
        .where(
            MemberBinding.community_id == community_id,
            MemberBinding.account_id == actor.account_id,
            MemberBinding.ended_at_utc.is_(None),
            Membership.valid_to.is_(None),
        )
    )
