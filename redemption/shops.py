"""The shops somebody works for: nobody decides for the community about these."""

from __future__ import annotations

import uuid

from kernel.access import Actor


def own(actor: Actor) -> frozenset[uuid.UUID]:
    """Merchants the actor is owner or clerk of, anywhere."""
    return frozenset(
        grant.place.merchant_id for grant in actor.grants if grant.place.merchant_id is not None
    )
