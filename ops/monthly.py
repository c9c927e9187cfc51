"""Commands a schedule calls: open the month, grant base points, points by rank, free holds."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Sequence

import click
from flask.cli import with_appcontext

from community import places
from community.models import Community
from kernel import clock, http, idempotency, unit_of_work
from kernel.access import Actor, system_actor
from ops import private_files
from points import grants, month_begun, months
from points.errors import RulebookMissing
from points.grants import rank_awards
from points.models import MonthState
from redemption import redemptions

KEPT_KEYS_DAYS = 31
SWEPT_AT_ONCE = 200


@click.command("open-month")
@with_appcontext
def open_month() -> None:
    """Open the running month, grant its base points, charge again what was not put right."""
    now = clock.now()
    month = clock.month_of(clock.business_date(now))
    actor = system_actor(http.hooks().roles, "open-month")
    for community in places.all_communities():
        unit_of_work.run(
            months.open_month, actor=actor, now=now, community_id=community.id, month=month
        )
        try:
            granted = grant_to(community.id, month, actor=actor, now=now)
        except RulebookMissing:
            click.echo(f"{community.code}: {month} is open, no rulebook is in force")
            continue
        begun = begin(community.id, month, actor=actor, now=now)
        click.echo(
            f"{community.code}: {month} is open, {granted} base grants made,"
            f" {begun} accounts charged again or looked at"
        )


def begin(community_id: uuid.UUID, month: str, *, actor: Actor, now: dt.datetime) -> int:
    """Unfold what continues into the month, each page in a unit of work of its own."""
    expected = unit_of_work.run(month_begun.expected, community_id=community_id, month=month)
    evaluated, after = 0, None
    with click.progressbar(length=expected, label=month, file=sys.stderr) as bar:
        while True:
            page = unit_of_work.run(
                month_begun.begin_month,
                actor=actor, now=now, community_id=community_id, month=month, after=after,
            )  # fmt: skip
            evaluated += page.evaluated
            bar.update(page.evaluated)
            if page.next is None:
                return evaluated
            after = page.next


@click.command("award-ranks")
@click.option("--month", required=True, help="A frozen month such as 2026-10.")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def award_ranks(month: str, code: str | None) -> None:
    """Pay points by rank of periods that ended with MONTH; the freeze does it, too. Safe twice."""
    now = clock.now()
    require_month(month)
    actor = system_actor(http.hooks().roles, "award-ranks")
    for community in chosen(code):
        row = unit_of_work.run(months.find, community.id, month)
        if row is None or row.state == MonthState.OPEN:
            click.echo(f"{community.code}: {month} is not frozen")
            continue
        made = unit_of_work.run(
            rank_awards.award_ranks, actor=actor, now=now, community_id=community.id, month=month
        )
        click.echo(f"{community.code}: {made} awards by rank made for {month}")


def require_month(month: str) -> None:
    """What is no month is a usage error."""
    if not clock.MONTH_PATTERN.match(month):
        raise click.BadParameter(f"{month} is not a month such as 2026-11", param_hint="--month")


@click.command("grant-base")
@click.option("--month", help="An open month such as 2026-11; the running one without it.")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def grant_base(month: str | None, code: str | None) -> None:
    """Grant the base points that are due; safe to run again and to be killed half-way."""
    now = clock.now()
    month = month or clock.month_of(clock.business_date(now))
    require_month(month)
    actor = system_actor(http.hooks().roles, "grant-base")
    for community in chosen(code):
        try:
            granted = grant_to(community.id, month, actor=actor, now=now)
        except RulebookMissing:
            click.echo(f"{community.code}: no rulebook is in force in {month}")
            continue
        click.echo(f"{community.code}: {granted} base grants made in {month}")


def grant_to(community_id: uuid.UUID, month: str, *, actor: Actor, now: dt.datetime) -> int:
    """Grant what is due, each page in a unit of work of its own, with a progress bar."""
    expected = unit_of_work.run(grants.expected, community_id=community_id, month=month, now=now)
    granted, page = 0, None
    with click.progressbar(length=expected, label=month, file=sys.stderr) as bar:
        while True:
            done = unit_of_work.run(
                grants.grant_page,
                community_id=community_id, month=month, now=now, actor=actor, page=page,
            )  # fmt: skip
            granted += done.granted
            bar.update(done.looked_at)
            if done.next is None:
                return granted
            page = done.next


def chosen(code: str | None) -> Sequence[Community]:
    """The community of that short code, or all."""
    return [places.community_by_code(code)] if code else places.all_communities()


@click.command("sweep")
@with_appcontext
def sweep() -> None:
    """Free expired holds, forget old idempotency keys, remove files that nothing keeps."""
    now = clock.now()
    before = now - dt.timedelta(days=KEPT_KEYS_DAYS)
    for community in places.all_communities():
        freed = sweep_holds(community.id, now)
        unit_of_work.run(idempotency.forget, community_id=community.id, before=before)
        swept = private_files.sweep(community.id, now)
        click.echo(
            f"{community.code}: {freed} expired holds freed, {swept.erased} photos erased,"
            f" {swept.orphans} orphaned files removed"
        )


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


COMMANDS = [open_month, grant_base, award_ranks, sweep]
