"""In which role somebody records an item for a member."""

from __future__ import annotations

import uuid

from community import members
from community.role_names import RoleName
from kernel.access import Actor, Place
from points.errors import OwnHousehold, RecorderNotAllowed
from points.permissions import PointsPermission
from points.rules.compiled import Item


def recorder_role(
    actor: Actor, place: Place, community_id: uuid.UUID, member_id: uuid.UUID, item: Item
) -> str:
    """The role in which the actor records this item for this member.

    For oneself only as a member, where the item lets members claim and somebody else approves; for
    others of the own household not at all; otherwise in a role that the item names.
    """
    allowed = item.recording.recorders
    may = {
        role for role in actor.roles_at(place) if PointsPermission.RECORD_FACT in actor.table[role]
    }
    if actor.members.get(community_id) == member_id:
        # Without an approval the claim would be points by one's own hand.
        roles = may & {RoleName.MEMBER} if item.recording.approval_count else set()
    else:
        if member_id in members.own_circle(community_id, actor.account_id):
            raise OwnHousehold()
        roles = may - {RoleName.MEMBER}
    fitting = sorted(roles & allowed if allowed else roles)
    if not fitting:
        raise RecorderNotAllowed(field="item_code")
    return fitting[0]
