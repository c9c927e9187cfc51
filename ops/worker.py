"""``flask ops worker``: drain the outbox. Several may run; a killed one loses nothing.

``flask ops given-up`` names what failed too often, such as points on their way elsewhere.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Mapping

import click
from flask import current_app
from flask.cli import with_appcontext

from community import places
from kernel import clock, outbox, unit_of_work
from kernel.database import db

log = logging.getLogger("linli.worker")
PAUSE_SECONDS = 1.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Drain what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Run the handlers of due outbox messages until told to stop."""
    stopping = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stopping.set())
    handlers: Mapping[str, outbox.Handler] = current_app.extensions["outbox_handlers"]
    while not stopping.is_set():
        handled = drain(handlers)
        if handled == 0:
            if once:
                return
            stopping.wait(PAUSE_SECONDS)


def drain(handlers: Mapping[str, outbox.Handler]) -> int:
    """Lease one batch per community and handle it; returns how many messages were tried."""
    tried = 0
    for community in places.all_communities():
        messages = unit_of_work.run(outbox.lease, community_id=community.id, now=clock.now())
        for message in messages:
            _handle(message, handlers)
        tried += len(messages)
    db.session.remove()
    return tried


def _handle(message: outbox.Message, handlers: Mapping[str, outbox.Handler]) -> None:
    try:
        # An unknown topic raises KeyError: it is postponed, visible in last_error, not lost.
        handlers[message.topic](message)
    except Exception as error:  # one handler's failure must not stop the others
        db.session.rollback()
        log.warning("outbox message postponed: %s %s", message.topic, type(error).__name__)
        unit_of_work.run(outbox.postpone, message=message, now=clock.now(), error=error)
    else:
        unit_of_work.run(outbox.finish, message=message, now=clock.now())


@click.command("given-up")
@click.option("--retry", is_flag=True, help="Try every one of them again.")
@with_appcontext
def given_up(retry: bool) -> None:
    """Name the messages that failed too often; exit 1 while there are some."""
    left = 0
    for community in places.all_communities():
        for message in outbox.given_up(community_id=community.id):
            left += 1
            error = message.last_error or "its worker was killed"
            click.echo(f"{community.code}: {message.topic} {message.id}: {error}", err=True)
        if retry:
            revived = unit_of_work.run(outbox.revive, community_id=community.id, now=clock.now())
            click.echo(f"{community.code}: {revived} messages are tried again")
    if left and not retry:
        raise SystemExit(1)


COMMANDS = [worker, given_up]
