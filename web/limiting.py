"""How often one address may search: enough for people, too slow for lists of names.

Limits that protect points live in the database; these only protect the public search.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SEARCHES_PER_MINUTE = 30
_SEARCH_FIELDS = ("q", "household", "surname")


class _ViewsOnly(Limiter):
    """Limits stand on views alone, so nothing has to be searched for before every request."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = _ViewsOnly(get_remote_address, strategy="fixed-window", headers_enabled=True)

#: Put on every page that searches; reading without searching is not counted.
search_limited = limiter.shared_limit(
    f"{SEARCHES_PER_MINUTE} per minute",
    scope="search",
    exempt_when=lambda: not any(request.args.get(name) for name in _SEARCH_FIELDS),
)


def configure(app: Flask) -> None:
    """Counts where the settings say; several processes need Redis or Valkey."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["LINLI"].rate_limit_storage)
    limiter.init_app(app)


def limit_search(app: Flask, endpoint: str) -> None:
    """Put a search of another package under the same count as the pages'."""
    view: Any = app.view_functions[endpoint]
    app.view_functions[endpoint] = search_limited(view)
