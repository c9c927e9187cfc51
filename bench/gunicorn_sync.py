"""Sync workers for ratios: with threads and keep-alive, the figures fall into two groups."""

from __future__ import annotations

import gc

worker_class = "sync"
workers = 4
threads = 1
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: object) -> None:
    """As gunicorn.conf.py does it, on both sides."""
    gc.collect()
    gc.freeze()
