"""``flask ops settle-left``: the points of those who left go where the community has chosen."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from kernel import clock, http, unit_of_work
from kernel.access import system_actor
from kernel.errors import LinliError
from kernel.points_value import ZERO, as_text
from ops.monthly import chosen
from points.moving import settling

AT_ONCE = 100


@click.command("settle-left")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def settle_left(code: str | None) -> None:
    """Settle what is due; safe to run again and to be killed half-way."""
    now, wrong = clock.now(), 0
    actor = system_actor(http.hooks().roles, "settle-left")
    for community in chosen(code):
        total, people, after = ZERO, 0, None
        with click.progressbar(length=0, label=community.code, file=sys.stderr) as bar:
            while ids := settling.due(
                community_id=community.id, now=now, after=after, limit=AT_ONCE
            ):
                for each in ids:
                    try:
                        total += unit_of_work.run(
                            settling.settle, actor=actor, now=now, community_id=community.id,
                            left_balance_id=each,
                        )  # fmt: skip
                        people += 1
                    except LinliError as error:
                        wrong += 1
                        click.echo(f"{community.code}: {each}: {error.sentence('zh')}", err=True)
                    bar.update(1)
                after = ids[-1]
        click.echo(f"{community.code}: {as_text(total)} points of {people} who left")
    if wrong:
        raise SystemExit(1)


COMMANDS = [settle_left]
