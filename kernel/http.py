"""The edge of API and pages: who calls, in which unit of work, how answers and errors look.

A route parses, makes one call in one unit of work, and dumps:

    @blp.post("/counter/redeem")
    @blp.arguments(RedeemCode)
    @blp.response(200, ReceiptSchema)
    @in_unit_of_work
    @idempotent("redeem", replay=redemptions.receipt)
    def redeem(body):
        return redemptions.redeem(actor=actor(), now=clock.now(), **body)

``<community>`` (a short code) in a URL reaches the view as ``community_id``.

The API knows its caller by a bearer token, a page by the cookie :data:`SESSION_COOKIE`, which
holds the same kind of token and is asked by the same statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import NoMoreData, ParseException
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException

from kernel import callers, clock, problems
from kernel.api_blueprints import Api, Blueprint, ProblemSchema
from kernel.callers import (
    PUBLIC,
    SESSION_COOKIE,
    Hooks,
    actor,
    asks_for_json,
    committed,
    hooks,
    in_unit_of_work,
    is_api,
    visitor,
)
from kernel.database import db
from kernel.errors import Invalid, LinliError, NotFound, Unauthenticated
from kernel.ids import new_id
from kernel.repeats import NoCounter, idempotent

__all__ = [
    "API_PREFIX",
    "PUBLIC",
    "SESSION_COOKIE",
    "Api",
    "Application",
    "Blueprint",
    "Hooks",
    "MonthInvalid",
    "NoCounter",
    "ProblemSchema",
    "actor",
    "asks_for_json",
    "committed",
    "configure",
    "hooks",
    "idempotent",
    "in_unit_of_work",
    "is_api",
    "uploaded",
    "visitor",
]

API_PREFIX = "/api/v1"
_READS = ("GET", "HEAD")


class MonthInvalid(Invalid):
    code = "month_invalid"
    zh = "月份请写成 2026-11 这样。"
    en = "Please write the month like 2026-11."


class _Cookies(SecureCookieSessionInterface):
    """Flask's session, without deriving keys where a request brings no cookie to check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ or (
            self.get_cookie_name(app) not in request.cookies
        ):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep where nobody looked into an empty one."""
        if session or session.accessed:
            super().save_session(app, session, response)


class _Json(DefaultJSONProvider):
    """Fields in the order of their schema: sorting them costs a tenth of a page's answer."""

    sort_keys = False


class Application(Flask):
    """Flask, where a reading request whose connection had died is answered over a fresh one."""

    json_provider_class = _Json
    session_interface = _Cookies()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is asynchronous, so none has to be looked at a dozen times a request."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view; what reads is called once more, because it changed nothing."""
        try:
            return super().dispatch_request()
        except DBAPIError as error:
            if not error.connection_invalidated or request.method not in _READS:
                raise
            db.session.rollback()
            return super().dispatch_request()


def configure(app: Flask, hooks: Hooks) -> None:
    """Request ids, sign-in, error rendering."""
    app.extensions["linli"] = hooks
    # Flask resolves the address before anything else, so the id has to be there by then.
    app.url_value_preprocessor(_name_request)
    app.url_value_preprocessor(_resolve_url)
    app.before_request(callers.begin)
    app.after_request(_finish)
    app.register_error_handler(LinliError, _render(problems.of_domain_error))
    app.register_error_handler(HTTPException, _render(problems.of_http_error))
    # gunicorn reads a body where the view asks for it, and raises there what is wrong with it.
    for broken in (NoMoreData, ParseException):
        app.register_error_handler(broken, _render(problems.of_broken_body))
    app.register_error_handler(DBAPIError, _render(problems.of_database_error))
    app.register_error_handler(Exception, _render(problems.of_defect))


def uploaded(file: FileStorage) -> bytes:
    """The bytes of an uploaded file, from its beginning: a unit of work may run again."""
    file.stream.seek(0)
    content: bytes = file.stream.read()
    return content


def _name_request(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    g.request_id = str(new_id())


def _resolve_url(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint is None or not values:
        return
    # Nothing is named with a NUL, and PostgreSQL takes none in a text.
    if any(isinstance(value, str) and "\x00" in value for value in values.values()):
        raise NotFound()
    month = values.get("month")
    if isinstance(month, str) and not clock.MONTH_PATTERN.match(month):
        raise MonthInvalid(field="month")
    if "community" in values and endpoint.split(".")[0] != "board":
        values["community_id"] = hooks().community_id(values.pop("community"))


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if is_api():
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _render(to_problem: Callable[[Any], Response]) -> Callable[[Any], Response]:
    def handler(error: Any) -> Response:
        answer = to_problem(error)
        if asks_for_json():
            return answer
        if isinstance(error, Unauthenticated):
            return hooks().to_sign_in(error.code)
        body = cast(dict[str, Any], answer.get_json(force=True))
        page = hooks().error_page(body["code"], answer.status_code, body["detail"])
        for name in ("Allow", "Retry-After"):
            if name in answer.headers:
                page.headers[name] = answer.headers[name]
        return page

    return handler
