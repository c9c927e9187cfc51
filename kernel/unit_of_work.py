"""One write, one transaction: commit what is returned, roll back what is raised.

A unit of work starts a fresh write transaction (BEGIN IMMEDIATE on SQLite), so that a read
transaction is never turned into a writing one, and runs again, at most three times, when the
database says that two of them met (serialization failure, deadlock).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from kernel.database import WRITES, db
from kernel.errors import Conflict, Refused, Unavailable

log = logging.getLogger("linli.unit_of_work")
P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3
_RETRY = ("40001", "40P01")
_UNAVAILABLE = ("08", "57P0", "57014", "55P03", "53")
_running: ContextVar[bool] = ContextVar("unit_of_work_running", default=False)


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call ``work`` in one write transaction and return what it returned, committed.

    Raises whatever ``work`` raises, after rolling back; Unavailable when the database does not
    answer in time; Conflict when a constraint refuses and no rule had said so before.
    """
    if _running.get():
        raise RuntimeError("a unit of work inside a unit of work")
    token = _running.set(True)
    try:
        for attempt in range(1, ATTEMPTS + 1):
            db.session.rollback()
            is_committing = False
            try:
                db.session.connection(execution_options={WRITES: True})
                result = work(*args, **kwargs)
                is_committing = True
                db.session.commit()
            except DBAPIError as error:
                db.session.rollback()
                # What was lost before the commit is not there; a lost commit may be.
                is_lost = error.connection_invalidated and not is_committing
                if attempt < ATTEMPTS and (is_lost or _sqlstate(error).startswith(_RETRY)):
                    continue
                raise as_domain_error(error) from error
            except BaseException:
                db.session.rollback()
                raise
            return result
        raise AssertionError("unreachable")
    finally:
        _running.reset(token)


def in_unit_of_work(function: Callable[P, T]) -> Callable[P, T]:
    """Decorator: the function's writes are one unit of work.

    A returned :class:`Refused` is committed like any other answer and rendered by the caller.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return run(function, *args, **kwargs)

    return wrapper


def as_domain_error(error: DBAPIError) -> Exception:
    """What the caller is told of a database error: 503, 409, or the error itself (a defect)."""
    if isinstance(error, IntegrityError):
        # The class and SQLSTATE only: the text of the error repeats the row's values.
        log.warning("a constraint refused: %s %s", type(error.orig).__name__, _sqlstate(error))
        return Conflict()
    state = _sqlstate(error)
    locked = "database is locked" in str(error.orig)
    # Without a statement nobody could be reached; such an error has no SQLSTATE.
    is_unreached = isinstance(error, OperationalError) and error.statement is None
    is_gone = error.connection_invalidated or is_unreached
    if is_gone or locked or state.startswith(_UNAVAILABLE + _RETRY):
        return Unavailable()
    return error


def is_refused(result: object) -> bool:
    return isinstance(result, Refused)


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
