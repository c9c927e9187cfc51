"""``flask ops serve``, behind ``make run``: the whole product on this machine, until Ctrl-C.

Migrates, seeds once, prints addresses, logins and a fresh token for each role, then runs the
web server, the outbox worker and a WeChat platform sandbox as child processes.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from secrets import token_hex

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from kernel.database import db
from kernel.settings import Environment, Settings
from ops.child_processes import Children, leave_in_order
from wechat.sandbox_pushes import new_aes_key

LAST_PORT = 65_535


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, seed once, print addresses and logins, and serve until Ctrl-C."""
    # The demo and Alembic are large; no other command needs them.
    from flask_migrate import upgrade

    from ops.demo import seed, welcome

    settings: Settings = current_app.config["LINLI"]
    if settings.environment is Environment.PRODUCTION:
        sys.exit("make run seeds demo data; in production run gunicorn (docs/operations.md).")
    port = _port(os.environ.get("PORT", "8000"))
    if _is_taken(port):
        sys.exit(f"Port {port} is in use. Run: PORT={port + 1} make run")
    try:
        is_ours = _is_ours()
    except OperationalError as error:
        sys.exit(f"The database of DATABASE_URL does not answer: {error.orig}")
    if not is_ours:
        sys.exit("The demo database is of an earlier version. Run: make clean-demo && make run")
    leave_in_order(signal.SIGTERM, signal.SIGINT, code=0)
    with Children() as children:
        _agree_on_pushes()
        os.environ["WECHAT_BASE_URL"] = _start_sandbox(children)
        upgrade()
        seed.ensure(echo=click.echo)
        welcome.show(echo=click.echo)
        children.start("-m", "flask", "--app", "app", "ops", "worker")
        sys.exit(children.start_web().wait())


def _port(said: str) -> int:
    """Port 0, which the system chooses, is for tests."""
    if not (said.isascii() and said.isdigit() and int(said) <= LAST_PORT):
        sys.exit(f"PORT is a number from 1 to {LAST_PORT}, not “{said}”. Run: PORT=8001 make run")
    return int(said)


def _is_ours() -> bool:
    """Whether the database is empty or at a revision that the migrations know."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory("migrations").walk_revisions()}
    heads = MigrationContext.configure(db.session.connection()).get_current_heads()
    db.session.remove()
    return set(heads) <= known


def _agree_on_pushes() -> None:
    """What is otherwise typed into WeChat's console and here: sandbox and server share it, so
    that photos are checked in safe mode. Who set something else keeps it.
    """
    os.environ.setdefault("WECHAT_PUSH_TOKEN", token_hex(16))
    os.environ.setdefault("WECHAT_PUSH_AES_KEY", new_aes_key())


def _start_sandbox(children: Children) -> str:
    """Start the WeChat sandbox on a free port and return its base URL."""
    child = children.start("-m", "wechat.sandbox", "--port", "0", pipe=True)
    if child.stdout is None:
        raise RuntimeError("the sandbox has no output")
    return child.stdout.readline().strip()


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


COMMANDS = [serve]
