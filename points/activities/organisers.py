"""Who runs an activity: the accounts it names, and whoever may run any activity."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from community import places, roles
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points.activities.errors import NotOrganiser, OrganiserNotAllowed
from points.models import Activity, ActivityOrganiser
from points.permissions import PointsPermission


def require(actor: Actor, activity: Activity) -> None:
    """Raises NotFound, Forbidden, NotOrganiser."""
    place = places.place_of(activity.community_id)
    actor.require(PointsPermission.ORGANISE_ACTIVITY, place)
    if actor.may(PointsPermission.RUN_ANY_ACTIVITY, place):
        return
    if actor.account_id not in of(activity):
        raise NotOrganiser()


def of(activity: Activity) -> list[uuid.UUID]:
    """The accounts that run it now."""
    statement = tenancy.columns(
        ActivityOrganiser, activity.community_id, ActivityOrganiser.account_id
    ).where(ActivityOrganiser.activity_id == activity.id, ActivityOrganiser.until_at_utc.is_(None))
    return list(db.session.scalars(statement.order_by(ActivityOrganiser.id)))


def name(
    activity: Activity, wanted: Collection[uuid.UUID], *, actor: Actor, now: dt.datetime
) -> None:
    """Make these accounts the organisers. Raises OrganiserNotAllowed."""
    present = {
        row.account_id: row
        for row in db.session.scalars(
            tenancy.select(ActivityOrganiser, activity.community_id).where(
                ActivityOrganiser.activity_id == activity.id,
                ActivityOrganiser.until_at_utc.is_(None),
            )
        )
    }
    for account_id, row in present.items():
        if account_id not in wanted:
            row.until_at_utc = max(now, row.since_at_utc + dt.timedelta(microseconds=1))
    for account_id in dict.fromkeys(wanted):
        if account_id in present:
            continue
        if account_id != actor.account_id:
            _require_allowed(activity, account_id, actor, clock.business_date(now))
        db.session.add(
            ActivityOrganiser(
                community_id=activity.community_id,
                activity_id=activity.id,
                account_id=account_id,
                since_at_utc=now,
            )
        )
    db.session.flush()


def _require_allowed(activity: Activity, account_id: uuid.UUID, actor: Actor, on: dt.date) -> None:
    place = places.place_of(activity.community_id)
    may = any(
        roles.place_of(grant).covers(place)
        and PointsPermission.ORGANISE_ACTIVITY in actor.table[grant.role]
        for grant in roles.of_account(account_id, on)
    )
    if not may:
        raise OrganiserNotAllowed(field="organiser_ids")
