"""Commands a schedule calls: open the month, grant base points, free expired holds."""

from __future__ import annotations

import datetime as dt
import uuid

import click
from flask.cli import with_appcontext

from community import places
from kernel import clock, http, idempotency, unit_of_work
from kernel.access import system_actor
from points import grants, months
from redemption import redemptions

KEPT_KEYS_DAYS = 31
SWEPT_AT_ONCE = 200


@click.command("open-month")
@with_appcontext
def open_month() -> None:
    """Open the running month in every community and grant its base points."""
    now = clock.now()
    month = clock.month_of(clock.business_date(now))
    actor = system_actor(http.hooks().roles, "open-month")
    for community in places.all_communities():
        unit_of_work.run(
            months.open_month, actor=actor, now=now, community_id=community.id, month=month
        )
        granted = unit_of_work.run(
            grants.grant_base, actor=actor, now=now, community_id=community.id, month=month
        )
        click.echo(f"{community.code}: {month} is open, {granted} base grants made")


@click.command("sweep")
@with_appcontext
def sweep() -> None:
    """Free expired holds and forget old idempotency keys."""
    now = clock.now()
    before = now - dt.timedelta(days=KEPT_KEYS_DAYS)
    for community in places.all_communities():
        freed = sweep_holds(community.id, now)
        unit_of_work.run(idempotency.forget, community_id=community.id, before=before)
        click.echo(f"{community.code}: {freed} expired holds freed")


def sweep_holds(community_id: uuid.UUID, now: dt.datetime) -> int:
    """Free all expired holds of a community, SWEPT_AT_ONCE in each unit of work."""
    freed = 0
    while True:
        some = unit_of_work.run(
            redemptions.expire_holds, community_id=community_id, now=now, limit=SWEPT_AT_ONCE
        )
        freed += some
        if some < SWEPT_AT_ONCE:
            return freed


COMMANDS = [open_month, sweep]
