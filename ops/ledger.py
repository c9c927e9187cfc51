"""``flask ops check-ledger``: re-add everything and name each mismatch."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from community import places
from points import ledger_check
from points.moving import in_transit
from redemption import holds
from review import sheets


@click.command("check-ledger")
@click.option("--community", "code", help="Short code of one community; all without it.")
@with_appcontext
def check_ledger(code: str | None) -> None:
    """Re-add accounts, scores, holds and published sheets; exit 1 when something disagrees."""
    chosen = [places.community_by_code(code)] if code else places.all_communities()
    wrong = 0
    for community in chosen:
        mismatches = ledger_check.check(community.id, held_by_account=holds.held_by_account)
        unverified = sheets.unverified(community.id)
        for mismatch in mismatches:
            click.echo(f"{community.code}: {mismatch}", err=True)
        for month in unverified:
            click.echo(f"{community.code}: the sheet of {month} differs from its digest", err=True)
        elsewhere = list(in_transit.across(community.id))
        for what, row_id, here, there in elsewhere:
            click.echo(f"{community.code}: {what} {row_id}: {here} here, {there} there", err=True)
        wrong += len(mismatches) + len(unverified) + len(elsewhere)
        if not mismatches and not unverified and not elsewhere:
            click.echo(f"{community.code}: the ledger agrees")
    if wrong:
        raise SystemExit(1)


COMMANDS = [check_ledger]
