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

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

import flask_smorest
import marshmallow as ma
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, HTTPException

from kernel import clock, idempotency, problems, unit_of_work
from kernel.access import AccessTable, Actor
from kernel.database import db
from kernel.errors import Invalid, LinliError, NotFound, Refused, Unauthenticated
from kernel.ids import new_id

P = ParamSpec("P")
T = TypeVar("T")

API_PREFIX = "/api/v1"
SESSION_COOKIE = "linli_session"
#: Set on views that sign their caller in themselves; wrappers around them carry it on.
_SIGNS_IN = "signs_in"
PUBLIC = "public"
_READS = ("GET", "HEAD")


class MonthInvalid(Invalid):
    code = "month_invalid"
    zh = "月份请写成 2026-11 这样。"
    en = "Please write the month like 2026-11."


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """What the kernel needs from the packages above it; app.py supplies it."""

    authenticate: Callable[[str], Actor]
    roles: AccessTable
    community_id: Callable[[str], uuid.UUID]
    #: endpoint → "public" or the name of what it needs
    endpoints: dict[str, str]
    error_page: Callable[[str, int, str], Response]
    #: where a page sends somebody whom it does not know; takes the error's code
    to_sign_in: Callable[[str], Response]


class Parser(FlaskParser):
    """Unknown fields are refused wherever they stand."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(
        ("json", "form", "query", "json_or_form", "files"), ma.RAISE
    )

    def _get_schema(self, argmap: Any, req: Request) -> ma.Schema:
        """One instance of a schema serves every request; making one copies all its fields."""
        return _instance(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """JSON that is too deep or holds a number of thousands of digits cannot be read either."""
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError):
            raise BadRequest() from None


@cache
def _instance(schema: type[ma.Schema]) -> ma.Schema:
    return schema()


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's blueprint with strict arguments."""

    ARGUMENTS_PARSER = Parser()


class ProblemSchema(ma.Schema):
    """RFC 9457 problem+json."""

    type = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String(metadata={"description": "stable, for programs"})
    detail = ma.fields.String(metadata={"description": "one sentence, in the caller's language"})
    request_id = ma.fields.String()
    errors = ma.fields.List(ma.fields.Dict())


class Api(flask_smorest.Api):
    """flask-smorest with our problems; its own error handler drops headers."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_CONTENT_TYPE = "application/problem+json"

    def _register_error_handlers(self) -> None:
        """Errors are handled by :func:`configure` for API and pages alike."""


class _Cookies(SecureCookieSessionInterface):
    """Flask's session, without deriving keys where a request brings no cookie to check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class Application(Flask):
    """Flask, where a reading request whose connection had died is answered over a fresh one."""

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
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(LinliError, _render(problems.of_domain_error))
    app.register_error_handler(HTTPException, _render(problems.of_http_error))
    app.register_error_handler(DBAPIError, _render(problems.of_database_error))
    app.register_error_handler(Exception, _render(problems.of_defect))


def hooks() -> Hooks:
    return cast(Hooks, current_app.extensions["linli"])


def actor() -> Actor:
    """Who calls; Unauthenticated on a public endpoint called without a token."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unauthenticated()
    return found


def visitor() -> Actor | None:
    """Who looks at a public page, where somebody is signed in there."""
    if "actor" not in g and (token := request.cookies.get(SESSION_COOKIE)):
        try:
            g.actor = hooks().authenticate(token)
        except Unauthenticated:
            return None
    found: Actor | None = g.get("actor")
    return found


def in_unit_of_work(view: Callable[P, T]) -> Callable[P, T | Response]:
    """The view's writes are one unit of work; a Refused is committed, then rendered."""
    run = committed(view)

    @wraps(run)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T | Response:
        result = run(*args, **kwargs)
        return problems.of_refusal(result) if isinstance(result, Refused) else result

    return wrapper


def committed(view: Callable[P, T]) -> Callable[P, T]:
    """The view's writes are one unit of work; a Refused is committed and returned as it is.

    Who calls is asked in the same transaction, which spares the hot path a second one.
    """

    def signed_in(*args: P.args, **kwargs: P.kwargs) -> T:
        _authenticate()
        return view(*args, **kwargs)

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return unit_of_work.run(signed_in, *args, **kwargs)

    setattr(wrapper, _SIGNS_IN, True)
    return wrapper


def idempotent(
    operation: str,
    *,
    replay: Callable[..., Any],
    result_id: Callable[[Any], uuid.UUID] = lambda result: result.id,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same Idempotency-Key and body get the same answer, and one effect.

    A page's form carries the key in its hidden field ``idempotency_key``.
    ``replay(community_id=…, result_id=…)`` renders the answer again; ``result_id`` names the row
    of a first answer (a Refused must carry ``row_id``).
    """

    def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            caller = actor()
            community_id = kwargs.get("community_id") or _counter_community(caller)

            def act() -> tuple[uuid.UUID, Any]:
                result = view(*args, **kwargs)
                row_id = result.row_id if isinstance(result, Refused) else result_id(result)
                if row_id is None:
                    raise RuntimeError(f"{operation}: an answer without a row")
                return row_id, result

            return idempotency.once(
                community_id=community_id,
                actor_id=caller.account_id,
                operation=operation,
                key=idempotency.checked_key(_idempotency_key()),
                body={"path": request.path, "body": args[0] if args else _form()}
                | ({} if "community_id" in kwargs else {"counter": _counter_shop(caller)}),
                now=clock.now(),
                act=act,
                replay=lambda row_id: replay(community_id=community_id, result_id=row_id),
            )

        return wrapper

    return decorator


def uploaded(file: FileStorage) -> bytes:
    """The bytes of an uploaded file, from its beginning: a unit of work may run again."""
    file.stream.seek(0)
    content: bytes = file.stream.read()
    return content


def is_api() -> bool:
    return request.path.startswith("/api/")


def asks_for_json() -> bool:
    """Whether the API is called, or a page's script asks for something to read by itself."""
    return is_api() or request.accept_mimetypes.best == "application/json"


def _counter_community(caller: Actor) -> uuid.UUID:
    if caller.counter is None or caller.counter.community_id is None:
        raise NoCounter()
    return caller.counter.community_id


def _counter_shop(caller: Actor) -> uuid.UUID | None:
    """The shop stands in the request: a clerk who works elsewhere now replays nothing of there."""
    return None if caller.counter is None else caller.counter.merchant_id


def _idempotency_key() -> str | None:
    return request.headers.get("Idempotency-Key") or request.form.get("idempotency_key")


def _form() -> dict[str, list[str]]:
    """What a page's form says, without what only guards it."""
    return {
        name: values
        for name, values in request.form.lists()
        if name not in ("csrf_token", "idempotency_key")
    }


class NoCounter(Invalid):
    code = "no_counter"
    zh = "请先登录到一家店（登录时写明社区和商户）。"
    en = "Please sign in to one shop first (name the community and the merchant)."


def _name_request(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    g.request_id = str(new_id())


def _begin() -> None:
    if request.endpoint is None or hooks().endpoints.get(request.endpoint) == PUBLIC:
        return
    g.token = _bearer() if is_api() else request.cookies.get(SESSION_COOKIE)
    if not g.token:
        raise Unauthenticated()
    if not getattr(current_app.view_functions[request.endpoint], _SIGNS_IN, False):
        _authenticate_reader()


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _authenticate() -> None:
    """Set who calls; nothing on a public endpoint."""
    if "token" in g:
        g.actor = hooks().authenticate(g.token)


def _authenticate_reader() -> None:
    """Set who calls outside a unit of work: the first statement of a request that reads."""
    unit_of_work.begin_reading()
    try:
        _authenticate()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.session.rollback()
        unit_of_work.begin_reading()
        _authenticate()


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
