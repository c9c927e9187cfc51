"""长辈版: the size of text and targets, remembered in a cookie and set by the server (no flash)."""

from __future__ import annotations

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
