"""Addresses of this site in templates."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, request


def configure(app: Flask) -> None:
    """``here()`` in templates."""
    app.add_template_global(here)


def here(**changes: object) -> str:
    """The address of this page with some query values changed; None removes one.

    The language is remembered in a cookie, so it is not carried along.
    """
    values: dict[str, object] = {**request.args.to_dict(), "lang": None, **changes}
    query = urlencode({name: value for name, value in values.items() if value is not None})
    # One leading slash: "//host" would be another site.
    path = "/" + quote(request.path.lstrip("/"))
    return f"{path}?{query}" if query else path
