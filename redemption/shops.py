"""The shops somebody works for: nobody decides for the community about these."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from community import persons
from community.models import RoleGrant
from kernel.access import Actor
from kernel.database import db


def own(actor: Actor) -> frozenset[uuid.UUID]:
    """Merchants the actor is owner or clerk of, anywhere and by any account of the person."""
    held = frozenset(
        grant.place.merchant_id for grant in actor.grants if grant.place.merchant_id is not None
    )
    if actor.person_id is None:
        return held
    others = sa.select(RoleGrant.merchant_id).where(
        RoleGrant.account_id.in_(persons.accounts_of(actor)),
        RoleGrant.merchant_id.is_not(None),
        RoleGrant.ended_at_utc.is_(None),
    )
    return held | frozenset(each for each in db.session.scalars(others) if each is not None)
