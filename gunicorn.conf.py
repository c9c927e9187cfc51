"""gunicorn: threads, because SQLite likes one process and PostgreSQL waits more than it works."""

from __future__ import annotations

import gc
import os
import time
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
# SQLite with several writing processes is fast but unfair; the demo is one process.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("LINLI_THREADS", "8"))
timeout = 30
graceful_timeout = 10
control_socket_disable = True
accesslog = None
loglevel = "warning"


def on_starting(server: object) -> None:
    """Read the code once; each worker, also one that replaces another, makes its own application.

    A killed worker is back in a fraction of a second, and all of them share the memory of the code.
    Nothing is connected and no id is drawn before the fork. New code needs a restart, not a HUP.
    """
    import app  # noqa: F401 - kept for the workers

    gc.collect()
    gc.freeze()


def post_worker_init(worker: object) -> None:
    """Refuse to serve when the database would let the ledger be rewritten."""
    missing = _missing_guards(worker)
    if missing:
        raise SystemExit(f"append-only guards are missing: {', '.join(missing)}")
    # What was made while loading stays for good: the garbage collector need not walk through it
    # again and again, which would stop a request for a tenth of a second now and then.
    gc.collect()
    gc.freeze()


def _missing_guards(worker: Any) -> list[str]:
    """Asked until PostgreSQL answers: gunicorn ends altogether when a worker cannot start, and
    a worker may have to be replaced while the database is being restarted.
    """
    from sqlalchemy.exc import OperationalError

    from kernel import guards
    from kernel.database import db

    with worker.wsgi.app_context():
        is_embedded = db.engine.dialect.name == "sqlite"
        while worker.alive:
            try:
                return guards.missing(db.session.connection())
            except OperationalError as error:
                if is_embedded:
                    raise
                worker.log.warning("waiting for the database: %s", type(error.orig).__name__)
            finally:
                db.session.remove()
            worker.notify()
            time.sleep(0.5)
    return []
