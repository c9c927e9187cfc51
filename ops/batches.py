"""``flask ops upload-batch``: a table of opening balances or entries, put before a second person.

Nothing moves here: what an operator brings is confirmed by somebody of the community's bodies
(``POST …/batches/<id>/confirmation``) and appears on the notice.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from kernel import clock, http, unit_of_work
from kernel.access import system_actor
from kernel.errors import InvalidRows, LinliError
from kernel.points_value import as_text
from ops.monthly import chosen
from points.batches import uploading
from points.batches.errors import BatchTwice
from points.batches.uploading import Uploaded
from points.models import BatchKind


@click.command("upload-batch")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", "code", required=True, help="Short code of the community.")
@click.option("--kind", type=click.Choice([kind.value for kind in BatchKind]), required=True)
@click.option("--rulebook", "rulebook_code", help="Code of the rulebook, where several hold.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what it would do, keep nothing.")
@with_appcontext
def upload_batch(
    table: Path, code: str, kind: str, rulebook_code: str | None, is_dry_run: bool
) -> None:
    """Upload TABLE (Excel or CSV), whole or nothing, to be confirmed by a second person."""
    community = chosen(code)[0]
    try:
        done = unit_of_work.run(
            uploading.upload,
            actor=system_actor(http.hooks().roles, "upload-batch"),
            now=clock.now(),
            community_id=community.id,
            kind=BatchKind(kind),
            content=table.read_bytes(),
            filename=table.name,
            rulebook_code=rulebook_code,
            is_dry_run=is_dry_run,
        )
    except BatchTwice:
        click.echo(f"{community.code}: the same table was uploaded before; nothing was changed")
        return
    except LinliError as error:
        _name(error)
        raise SystemExit(1) from None
    click.echo(f"{community.code}: {_said(done)}")


def _said(done: Uploaded) -> str:
    moved = (
        f"{done.row_count} rows, {as_text(done.added)} points added, {as_text(done.taken)} taken,"
        f" balances {as_text(done.before)} → {as_text(done.after)}"
    )
    if done.is_dry_run:
        return f"dry run: {moved}"
    return f"{moved}; batch {done.id} waits for a second person of another body"


def _name(error: LinliError) -> None:
    """Say what is wrong, cell by cell where it is a cell."""
    click.echo(error.sentence("en"), err=True)
    if isinstance(error, InvalidRows):
        for row in error.rows:
            click.echo(f"row {row.row}, {row.column or '-'}: {row.en} ({row.code})", err=True)


COMMANDS = (upload_batch,)
