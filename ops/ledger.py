"""``flask ops check-ledger``: re-add everything, name each mismatch, stop redemption at one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from kernel import clock, http, unit_of_work
from kernel.access import system_actor
from kernel.database import db
from ops.monthly import chosen
from points import ledger_check
from points.ledger_check import Mismatch
from points.moving import in_transit
from redemption import holds, ledger_parts, stops
from review import sheets


@click.command("check-ledger")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def check_ledger(code: str | None) -> None:
    """Re-add accounts, scores, holds and published sheets; exit 1 when something disagrees.

    A mismatch stops redemption in its community until a person lifts that after a clean check; a
    hold that is stuck is named only.
    """
    actor = system_actor(http.hooks().roles, "check-ledger")
    is_wrong = False
    for community in chosen(code):
        began = clock.now()
        found = mismatches(community.id, began)
        check = unit_of_work.run(
            stops.note_check,
            actor=actor, began=began, now=clock.now(), community_id=community.id, mismatches=found,
        )  # fmt: skip
        for each in found:
            click.echo(f"{community.code}: {_line(each)}", err=True)
        if check.mismatches:
            click.echo(f"{community.code}: redemption is stopped", err=True)
        if not found:
            click.echo(f"{community.code}: the ledger agrees")
        is_wrong = is_wrong or bool(found)
    if is_wrong:
        raise SystemExit(1)


def mismatches(community_id: uuid.UUID, now: dt.datetime) -> list[Mismatch]:
    """Everything that does not add up in one community, as it stood at one instant."""
    read_one_snapshot()
    try:
        return [
            *ledger_check.check(community_id, held_by_account=holds.held_by_account),
            *ledger_parts.differences(community_id, now=now),
            *_sheets(community_id),
            *_elsewhere(community_id),
        ]
    finally:
        db.session.rollback()


def read_one_snapshot() -> None:
    """Let all statements until the end of the transaction see the same instant.

    Somebody redeems between two of them, and each alone would be right and both together wrong.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        # Re-adding years takes longer than any request may.
        db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))


def _sheets(community_id: uuid.UUID) -> Iterator[Mismatch]:
    for month in sheets.unverified(community_id):
        yield Mismatch(
            what="sheet", row_id=community_id, stored="digest", found="differs", detail=month
        )


def _elsewhere(community_id: uuid.UUID) -> Iterator[Mismatch]:
    for what, row_id, here, there in in_transit.across(community_id):
        yield Mismatch(what=what, row_id=row_id, stored=here, found=there, detail="elsewhere")


def _line(each: Mismatch) -> str:
    place = f" {each.detail}" if each.detail else ""
    return f"{each.what} {each.row_id}{place}: stored {each.stored}, found {each.found}"


COMMANDS = [check_ledger]
