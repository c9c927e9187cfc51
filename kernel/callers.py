"""Who calls: by a bearer token in the API, by a cookie on a page, in which unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from kernel import problems, unit_of_work
from kernel.access import AccessTable, Actor
from kernel.database import begin_reading, db
from kernel.errors import Refused, Unauthenticated

P = ParamSpec("P")
T = TypeVar("T")

SESSION_COOKIE = "linli_session"
PUBLIC = "public"
#: Set on views that sign their caller in themselves; wrappers around them carry it on.
_SIGNS_IN = "signs_in"


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


def is_api() -> bool:
    return request.path.startswith("/api/")


def asks_for_json() -> bool:
    """Whether the API is called, or a page's script asks for something to read by itself."""
    return is_api() or request.accept_mimetypes.best == "application/json"


def begin() -> None:
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
    begin_reading()
    try:
        _authenticate()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.session.rollback()
        begin_reading()
        _authenticate()
