"""长辈版: the size of text and targets, remembered in a cookie and set by the server (no flash)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request

COOKIE = "size"
SIZES = ("standard", "elder", "largest")
A_YEAR = 365 * 24 * 3600


def configure(app: Flask) -> None:
    """``size()`` in templates."""
    app.add_template_global(current_size, "size")


def current_size() -> str:
    """One of SIZES."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in SIZES else SIZES[0]


def safe_back(target: str | None) -> str:
    """``target`` if it is an address inside this site, else the front page.

    Browsers read ``//host``, ``/\\host`` and addresses with control signs as other sites.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target
