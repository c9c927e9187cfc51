"""``flask ops erase-leavers``: what is personal about those who left goes when its time is over."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import with_appcontext

from community import erasures
from community.models import Community, MemberErasure
from kernel import clock, http, unit_of_work
from kernel.access import system_actor
from ops.monthly import chosen

AT_ONCE = 100


@click.command("erase-leavers")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def erase_leavers(code: str | None) -> None:
    """Erase what is due, one member in a unit of work; safe to run again and to be killed.

    Who still waits for a decision is left to a later night and counted by what is open.
    """
    for community in chosen(code):
        waiting = Counter[str]()
        erased = _erase_in(community, waiting)
        click.echo(f"{community.code}: personal information of {erased} who left was erased")
        for what, people in sorted(waiting.items()):
            click.echo(f"{community.code}: {people} wait, because {what}")


def _erase_in(community: Community, waiting: Counter[str]) -> int:
    now, erased = clock.now(), 0
    actor = system_actor(http.hooks().roles, "erase-leavers")
    due = {
        "community_id": community.id, "now": now,
        "kept_days": current_app.config["LINLI"].leavers_kept_days,
    }  # fmt: skip
    after: uuid.UUID | None = None
    length = erasures.due_count(**due)
    with click.progressbar(length=length, label=community.code, file=sys.stderr) as bar:
        while ids := erasures.due(**due, after=after, limit=AT_ONCE):
            for each in ids:
                answer: MemberErasure | Sequence[erasures.StillOpen] = unit_of_work.run(
                    erasures.when_due, actor=actor, member_id=each, **due
                )
                if isinstance(answer, MemberErasure):
                    erased += 1
                else:
                    waiting.update(each.en for each in answer)
                bar.update(1)
            after = ids[-1]
    return erased


COMMANDS = [erase_leavers]
