"""``flask ops serve``, behind ``make run``: the whole product on this machine, until Ctrl-C.

Migrates, seeds once, prints addresses, logins and a fresh token for each role, then runs the
web server, the outbox worker and a WeChat platform sandbox as child processes.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from kernel.settings import Environment, Settings

STOP_SECONDS = 15


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, seed once, print addresses and logins, and serve until Ctrl-C."""
    from ops.demo import seed, welcome

    settings: Settings = current_app.config["LINLI"]
    if settings.environment is Environment.PRODUCTION:
        sys.exit("make run seeds demo data; in production run gunicorn (docs/operations.md).")
    port = int(os.environ.get("PORT", "8000"))
    if _is_taken(port):
        sys.exit(f"Port {port} is in use. Run: PORT={port + 1} make run")
    with Children() as children:
        os.environ["WECHAT_BASE_URL"] = children.start_sandbox()
        upgrade()
        seed.ensure(echo=click.echo)
        welcome.show(echo=click.echo)
        children.start("-m", "flask", "--app", "app", "ops", "worker")
        server = children.start(
            "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:create_app()"
        )
        sys.exit(server.wait())


class Children:
    """Child processes that end with this one, however it ends."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Children:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        return self

    def __exit__(self, *_: object) -> None:
        # A second Ctrl-C must not interrupt the children's orderly end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in reversed(self._running):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._running:
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()

    def start(self, *arguments: str, pipe: bool = False) -> subprocess.Popen[str]:
        """Run ``python …`` in its own group, so that Ctrl-C reaches only us."""
        child = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, *arguments],
            start_new_session=True,
            stdout=subprocess.PIPE if pipe else None,
            text=True,
        )
        self._running.append(child)
        return child

    def start_sandbox(self) -> str:
        """Start the WeChat sandbox on a free port and return its base URL."""
        child = self.start("-m", "wechat.sandbox", "--port", "0", pipe=True)
        if child.stdout is None:
            raise RuntimeError("the sandbox has no output")
        return child.stdout.readline().strip()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


COMMANDS = [serve]
