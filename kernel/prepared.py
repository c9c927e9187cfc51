"""Statements of the hot path: built once, executed with values.

Building a statement and its cache key costs more than the database needs to answer it. What
every redemption executes is therefore built at its first use and kept for the process; bound
parameters are named ``p_…``, because SQLAlchemy reserves the names of columns in an UPDATE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.sql import Executable

from kernel.database import db


class Prepared:
    """A statement that ``build`` makes once; call it with values to execute it."""

    def __init__(self, build: Callable[[], Executable]) -> None:
        self._build = build
        self._by_dialect: dict[str, Executable] = {}

    def __call__(self, **values: Any) -> CursorResult[Any]:
        """Execute on the session's connection, after what the session has not written yet."""
        db.session.flush()
        connection = db.session.connection()
        statement = self._by_dialect.get(connection.dialect.name)
        if statement is None:
            # Built anew for each engine: an upsert belongs to its dialect.
            statement = self._by_dialect[connection.dialect.name] = self._build()
        return connection.execute(statement, values)
