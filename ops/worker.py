"""``flask ops worker``: drain the outbox. Several may run; a killed one loses nothing."""

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


COMMANDS = [worker]
