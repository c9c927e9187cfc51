"""Addresses of this site: in templates, and those that came from outside."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, request

LONGEST = 1000
MOST_PAGES = 10_000


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


def safe_back(target: str | None) -> str:
    """``target`` if it is an address inside this site, else the front page.

    Browsers read ``//host``, ``/\\host`` and addresses with control signs as other sites.
    """
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > LONGEST:
        return "/"
    if "\\" in target or any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


def came_from() -> str:
    """The page of this site that a form was sent from, else the front page."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    if parts.netloc != request.host:
        return "/"
    return safe_back(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def page_number() -> int:
    """``?page=``; whatever is not a number of a page is the first."""
    asked = request.args.get("page", "")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and asked > "0" else 1
