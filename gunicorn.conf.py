"""gunicorn: threads, because SQLite likes one process and PostgreSQL waits more than it works."""

from __future__ import annotations

import os

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


def post_worker_init(worker: object) -> None:
    """Refuse to serve when the database would let the ledger be rewritten."""
    from kernel import guards
    from kernel.database import db

    app = worker.wsgi  # type: ignore[attr-defined]
    with app.app_context():
        missing = guards.missing(db.session.connection())
        db.session.remove()
    if missing:
        raise SystemExit(f"append-only guards are missing: {', '.join(missing)}")
