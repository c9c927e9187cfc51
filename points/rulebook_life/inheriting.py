"""Reading what a place inherits, for those who may read rulebooks there."""

from __future__ import annotations

import datetime as dt
import uuid

from community import places
from kernel.access import Actor
from points.models import IssuerLevel
from points.permissions import PointsPermission
from points.rulebook_life import guarding, issuers, outside
from points.rulebook_life.guarding import Inherited
from points.rulebook_life.issuers import Issuer
from points.rulebook_life.outside import Outside


def of_issuer(*, actor: Actor, issuer: Issuer, today: dt.date) -> Inherited:
    """What stands at a district or street on ``today``; a street inherits its district's."""
    actor.require(PointsPermission.READ_RULEBOOK, issuer.place)
    bodies = [issuer]
    if issuer.level is IssuerLevel.STREET:
        bodies.insert(0, issuers.district(issuer.district_id))
    return guarding.of_issuers(bodies, today)


def of_community(
    *, actor: Actor, community_id: uuid.UUID, today: dt.date
) -> tuple[Inherited, list[Outside]]:
    """What a community inherits, and which of its rulebooks do not keep it."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    return guarding.of_community(community_id, today), outside.of_community(community_id, today)
