"""Where a merchant's acts take place: the shop, as a place that grants can reach."""

from __future__ import annotations

import dataclasses
import uuid

from community import places
from kernel.access import Actor, Place
from merchants.permissions import MerchantsPermission


def shop(community_id: uuid.UUID, merchant_id: uuid.UUID) -> Place:
    """The merchant in the community, below the street and district it lies in."""
    return dataclasses.replace(places.place_of(community_id), merchant_id=merchant_id)


def require_reader(*, actor: Actor, community_id: uuid.UUID, merchant_id: uuid.UUID | None) -> None:
    """Let whoever reads the whole alliance pass, and those who belong to this shop."""
    place = places.place_of(community_id)
    if actor.may(MerchantsPermission.READ_ALLIANCE, place):
        return
    at = place if merchant_id is None else shop(community_id, merchant_id)
    needed = (
        MerchantsPermission.READ_ALLIANCE
        if merchant_id is None
        else MerchantsPermission.READ_OWN_SHOP
    )
    actor.require(needed, at)
