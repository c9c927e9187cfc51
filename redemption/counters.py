"""The counter a clerk is signed in to, and for whom the clerk may not act there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from community import members
from kernel.access import Actor, Place
from redemption.errors import NoCounter
from redemption.permissions import RedemptionPermission


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The one shop a clerk is signed in to."""

    community_id: uuid.UUID
    merchant_id: uuid.UUID


def counter_of(actor: Actor, permission: RedemptionPermission) -> Counter:
    """The counter of the session, where ``permission`` is held. Raises NoCounter, Forbidden."""
    place = actor.counter
    if place is None or place.community_id is None or place.merchant_id is None:
        raise NoCounter()
    # The grant itself names street and district as well; the session remembers the shop only.
    at = next((each.place for each in actor.grants if _is_for(each.place, place)), place)
    actor.require(permission, at)
    return Counter(community_id=place.community_id, merchant_id=place.merchant_id)


def own_circle(actor: Actor, at: Counter) -> frozenset[uuid.UUID]:
    """The clerk and the clerk's household, also where the clerk is bound by another account.

    A clerk who is nobody here by the only account costs no statement.
    """
    if at.community_id not in actor.members and actor.person_id is None:
        return frozenset()
    return members.own_circle(at.community_id, actor)


def _is_for(granted: Place, shop: Place) -> bool:
    return (granted.community_id, granted.merchant_id) == (shop.community_id, shop.merchant_id)
