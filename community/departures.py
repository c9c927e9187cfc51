"""What packages above do when somebody is no member any more: free holds, settle the balance."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from community import places
from community.member_errors import HeirElsewhere, TargetWrong
from community.models import LeaveReason, Membership
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Who left, when and why; who of the household and which community may get the points."""

    community_id: uuid.UUID
    member_id: uuid.UUID
    left_on: dt.date
    reason: LeaveReason
    #: The account the member was bound to, if any: a new member elsewhere is found by it.
    person_id: uuid.UUID | None = None
    heir_id: uuid.UUID | None = None
    to_community_id: uuid.UUID | None = None


#: Called in the same transaction, in the order of registration.
DepartureHandler = Callable[[Departure, Actor, dt.datetime], None]
_handlers: list[DepartureHandler] = []


def when_left(handler: DepartureHandler) -> None:
    """Register what a package above does then; app.py calls it, again is harmless."""
    if handler not in _handlers:
        _handlers.append(handler)


def tell(departure: Departure, actor: Actor, now: dt.datetime) -> None:
    """Tell everybody who registered."""
    for handler in _handlers:
        handler(departure, actor, now)


def target_of(
    community_id: uuid.UUID, to_community: str | None, reason: LeaveReason
) -> uuid.UUID | None:
    """The community somebody moves to, by its code. Raises TargetWrong, NotFound."""
    if to_community is None:
        return None
    target = places.community_by_code(to_community).id
    if target == community_id or reason is not LeaveReason.MOVED_WITHIN:
        raise TargetWrong(field="to_community")
    return target


def require_heir(community_id: uuid.UUID, left: Membership, heir_id: uuid.UUID | None) -> None:
    """Raises HeirElsewhere unless the heir lives in the household that is left."""
    if heir_id is None:
        return
    found = tenancy.columns(Membership, community_id, Membership.id).where(
        Membership.member_id == heir_id,
        Membership.household_id == left.household_id,
        Membership.valid_to.is_(None),
    )
    if heir_id == left.member_id or db.session.scalar(found) is None:
        raise HeirElsewhere(field="heir_id")
