"""``flask ops expire``: points that are dead leave the accounts, page by page."""

from __future__ import annotations

import datetime as dt
import sys
import uuid

import click
from flask.cli import with_appcontext

from kernel import clock, unit_of_work
from kernel.points_value import as_text
from ops.monthly import chosen
from points import expiry
from points.expiry import Settled

ACCOUNTS_AT_ONCE = 100


@click.command("expire")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def expire(code: str | None) -> None:
    """Let points die that are due today; safe to run again and to be killed half-way."""
    now = clock.now()
    wrong = 0
    for community in chosen(code):
        settled = expire_in(community.id, community.code, now)
        click.echo(
            f"{community.code}: {as_text(settled.points)} points of {settled.accounts} accounts"
            " have expired"
        )
        for account_id in settled.disagreeing:
            click.echo(
                f"{community.code}: account {account_id} does not add up and was left alone;"
                " see check-ledger",
                err=True,
            )
        wrong += len(settled.disagreeing)
    if wrong:
        raise SystemExit(1)


def expire_in(community_id: uuid.UUID, label: str, now: dt.datetime) -> Settled:
    """Settle every account that is due, each page in a unit of work, with a progress bar."""
    due = expiry.due_count(community_id=community_id, now=now)
    total, after = Settled(), None
    with click.progressbar(length=due, label=label, file=sys.stderr) as bar:
        while True:
            page = unit_of_work.run(
                expiry.settle_page,
                community_id=community_id, now=now, after=after, limit=ACCOUNTS_AT_ONCE,
            )  # fmt: skip
            if page.last is None:
                return total
            total, after = total + page, page.last
            bar.update(page.looked_at)


COMMANDS = [expire]
