"""In which role somebody records an item, and for whom nobody does: themselves, their household."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from community import members
from community.models import Membership
from kernel import tenancy
from kernel.access import Actor, Place
from kernel.database import db
from points.beneficiaries import NamedPerson, Subject
from points.errors import OwnHousehold, RecorderNotAllowed
from points.permissions import PointsPermission
from points.rules.compiled import Item


def recorder_role(
    actor: Actor,
    place: Place,
    community_id: uuid.UUID,
    subject: Subject,
    item: Item,
    *,
    named: Collection[NamedPerson] = (),
) -> str:
    """The role in which the actor records this item for this subject.

    For oneself and the own household not at all (what one did oneself is claimed); for others in a
    role that the item names. Raises OwnHousehold, RecorderNotAllowed.
    """
    allowed = item.recording.recorders
    roles = {
        role for role in actor.roles_at(place) if PointsPermission.RECORD_FACT in actor.table[role]
    }
    require_nobody_near(
        community_id,
        actor,
        member_ids=[subject.member_id, *(each.member_id for each in named)],
        household_ids=[subject.household_id],
    )
    fitting = sorted(roles & allowed if allowed else roles)
    if not fitting:
        raise RecorderNotAllowed(field="item_code")
    return fitting[0]


def require_nobody_near(
    community_id: uuid.UUID,
    actor: Actor,
    *,
    member_ids: Collection[uuid.UUID | None],
    household_ids: Collection[uuid.UUID | None] = (),
) -> None:
    """Raises OwnHousehold where the actor is, or lives with, anybody it concerns."""
    circle = members.own_circle(community_id, actor)
    if not circle:
        return
    if not circle.isdisjoint(each for each in member_ids if each is not None):
        raise OwnHousehold()
    households = [each for each in household_ids if each is not None]
    if households and _live_in(community_id, circle, households):
        raise OwnHousehold()


def _live_in(
    community_id: uuid.UUID,
    circle: Collection[uuid.UUID],
    household_ids: Collection[uuid.UUID],
) -> bool:
    found = tenancy.columns(Membership, community_id, Membership.id).where(
        Membership.household_id.in_(household_ids),
        Membership.member_id.in_(circle),
        Membership.valid_to.is_(None),
    )
    return db.session.execute(found.limit(1)).first() is not None
