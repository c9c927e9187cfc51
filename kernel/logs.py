"""Logs: one JSON line per request and event, never with personal data.

The route's pattern is logged, not the address: an address may hold a code, a name or a token.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request


def configure(*, level: int = logging.INFO) -> None:
    """Send the standard library's and our own log events to stderr as JSON lines."""
    shared: list[Any] = [
        _request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Both print addresses, which may hold codes, names or WeChat secrets.
    for name in ("werkzeug", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Alembic names each of its own parts when it is loaded.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def log_requests(app: Flask) -> None:
    """One line per request: route, status, milliseconds."""
    name = "linli.request"
    logger, log = logging.getLogger(name), structlog.stdlib.get_logger(name)

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _log(response: Response) -> Response:
        if not logger.isEnabledFor(logging.INFO):
            return response
        started = g.get("started")
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule) if request.url_rule else "unmatched",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1) if started else None,
        )
        return response


def _request_id(_logger: Any, _method: str, event: Any) -> Any:
    if has_request_context():
        event["request_id"] = g.get("request_id")
    return event
