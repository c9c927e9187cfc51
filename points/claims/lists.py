"""Lists of claims: one's own, and the deciders' work list with its counts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import places, roles
from community.models import Member
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points.claims import views
from points.claims.views import ClaimView
from points.models import Claim, ClaimState, ScoreItem
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class ClaimFilter:
    """What the work list is narrowed to; None means any. ``q`` is part of a name."""

    state: ClaimState | None = None
    grid_id: uuid.UUID | None = None
    item_code: str | None = None
    q: str | None = None


EVERYTHING = ClaimFilter()


def mine(
    *, actor: Actor, community_id: uuid.UUID, after: uuid.UUID | None = None, limit: int = 20
) -> list[ClaimView]:
    """What the signed-in member claimed, newest first, from the one after ``after``."""
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    statement = views.select(community_id).where(Claim.member_id == actor.member_in(community_id))
    if after is not None:
        statement = statement.where(Claim.id < after)
    return views.rows(statement.order_by(Claim.id.desc()).limit(limit))


def search(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    wanted: ClaimFilter = EVERYTHING,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ClaimView]:
    """Claims for those who decide, oldest first; a grid worker's own grids come before others."""
    actor.require(PointsPermission.READ_CLAIMS, places.place_of(community_id))
    own_first = _own_first(actor, community_id, now)
    statement = _narrowed(views.select(community_id), wanted)
    if after is not None:
        seen = (
            tenancy.columns(Claim, community_id, own_first).where(Claim.id == after)
        ).scalar_subquery()
        statement = statement.where(
            sa.or_(own_first > seen, sa.and_(own_first == seen, Claim.id > after))
        )
    return views.rows(statement.order_by(own_first, Claim.id).limit(limit))


def counts(
    *, actor: Actor, community_id: uuid.UUID, wanted: ClaimFilter = EVERYTHING
) -> Mapping[str, int]:
    """State → how many claims; every state is there. The filter's own state does not count."""
    actor.require(PointsPermission.READ_CLAIMS, places.place_of(community_id))
    narrowed = ClaimFilter(grid_id=wanted.grid_id, item_code=wanted.item_code, q=wanted.q)
    statement = tenancy.columns(Claim, community_id, Claim.state, sa.func.count().label("n"))
    if narrowed.q is not None:
        statement = statement.join(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == Claim.community_id, ScoreItem.id == Claim.score_item_id
            ),
        ).join(
            Member,
            sa.and_(Member.community_id == Claim.community_id, Member.id == Claim.member_id),
        )
    found = db.session.execute(_narrowed(statement, narrowed).group_by(Claim.state))
    return dict.fromkeys(ClaimState, 0) | {row.state: row.n for row in found}


def _narrowed(statement: sa.Select[Any], wanted: ClaimFilter) -> sa.Select[Any]:
    for column, value in (
        (Claim.state, wanted.state),
        (Claim.grid_id, wanted.grid_id),
        (Claim.item_code, wanted.item_code),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.q is not None:
        statement = statement.where(
            sa.or_(
                Member.name.contains(wanted.q, autoescape=True),
                ScoreItem.name.contains(wanted.q, autoescape=True),
                Claim.item_code == wanted.q,
            )
        )
    return statement


def _own_first(actor: Actor, community_id: uuid.UUID, now: dt.datetime) -> sa.ColumnElement[int]:
    """0 for claims of the actor's own grids, 1 for all others."""
    today = clock.business_date(now)
    own = [grid for grid in roles.grids_of(actor.account_id, community_id, today) if grid]
    # Somebody who looks after every grid, or after none, has no own ones to put first.
    return sa.case((Claim.grid_id.in_(own), 0), else_=1) if own else sa.literal(1)
