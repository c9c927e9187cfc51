"""Security headers of pages: nothing inline, nothing from elsewhere, not in search engines."""

from __future__ import annotations

from flask import Flask, Response, g, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",  # Tabler's own arrows and checks are data: pictures
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Only the merchant's page may ask for the camera.
_NO_CAMERA = "camera=(), microphone=(), geolocation=()"
_CAMERA = "camera=(self), microphone=(), geolocation=()"
_SEARCH_FIELDS = ("household", "surname")


def configure(app: Flask) -> None:
    """Set the headers on every answer outside the API."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    if request.path.startswith("/api/"):
        return response
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    is_counter = request.path.startswith("/counter")
    response.headers["Permissions-Policy"] = _CAMERA if is_counter else _NO_CAMERA
    if "actor" in g:
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.vary.update(("Cookie", "Accept-Language"))
        _say_how_to_keep(response)
    return response


def _say_how_to_keep(response: Response) -> None:
    """A page may be kept by its reader and asked for again by its ETag.

    A search may not, nor a page that knows its reader or carries a form's token.
    """
    is_personal = "actor" in g or "csrf_token" in g
    is_search = any(name in request.args for name in _SEARCH_FIELDS)
    if is_personal or is_search or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.method in ("GET", "HEAD") and not response.headers.getlist("Set-Cookie"):
        response.add_etag()
        response.make_conditional(request)
