"""Forms of pages are answered only where this site made them (Flask-WTF).

The API needs none of this: its bearer token is not sent by browsers of their own accord.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect

from kernel import problems
from kernel.http import asks_for_json, is_api
from web.address import came_from
from web.error_pages import error_page

CODE = "form_outdated"
STATUS = 400
_protection = CSRFProtect()
#: WeChat signs what it pushes to us.
_SIGNED_OTHERWISE = ("wechat_push",)


def configure(app: Flask) -> None:
    """Check every POST of a page; a page may stand open as long as its cookie lives."""
    app.config.update(
        SESSION_COOKIE_NAME="linli_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.config["LINLI"].public_base_url.startswith("https://"),
        WTF_CSRF_CHECK_DEFAULT=False,
        # A clerk's page is open all day.
        WTF_CSRF_TIME_LIMIT=None,
        # Some phones send no referrer; token and SameSite do without it.
        WTF_CSRF_SSL_STRICT=False,
    )
    _protection.init_app(app)
    app.before_request(_check)
    app.register_error_handler(CSRFError, _refuse)


def _check() -> None:
    if request.endpoint is None or is_api() or request.blueprint in _SIGNED_OTHERWISE:
        return
    if request.method in ("POST", "PUT", "PATCH", "DELETE"):
        _protection.protect()


def _refuse(_error: CSRFError) -> Response:
    sentence = _("这一页开得太久，或浏览器没有存 Cookie。没有改动任何数据，请回到这一页再办一次。")
    if asks_for_json():
        return problems.problem(STATUS, CODE, sentence)
    return error_page(CODE, STATUS, sentence, back=came_from())
