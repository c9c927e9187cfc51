"""Statements of the hot path: built and compiled once, executed with values.

Building a statement, making its cache key and describing its result cost more than the database
needs to answer it. What hot paths execute is therefore compiled at its first use for each engine
and then handed to the driver as text and a tuple of values. Bound parameters are named ``p_…``,
because SQLAlchemy reserves the names of columns in an UPDATE.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from kernel.database import connection_in_use

_NAMED = re.compile(r"%\((\w+)\)s")
#: The words that states, kinds and channels are.
_WORD = re.compile(r"[a-z_.]{1,40}", re.ASCII)
#: Where a connection to PostgreSQL keeps the cursor that plans use again and again.
_CURSOR = "linli_cursor"
Processor = Callable[[Any], Any]


class Rows(list[Any]):
    """What a statement found: named tuples, asked for as SQLAlchemy's results are."""

    def all(self) -> list[Any]:
        return self

    def first(self) -> Any | None:
        return self[0] if self else None

    def one_or_none(self) -> Any | None:
        if len(self) > 1:
            raise MultipleResultsFound()
        return self.first()

    def one(self) -> Any:
        if not self:
            raise NoResultFound()
        return self.one_or_none()

    def scalar_one_or_none(self) -> Any | None:
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        return self.one()[0]


class Prepared:
    """A statement that ``build`` makes once; call it with values to execute it."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._plans: dict[tuple[str, ...], _Plan | Executable] = {}

    def __call__(self, **values: Any) -> Rows:
        """Execute on the session's connection, after what the session has not written yet."""
        connection = connection_in_use()
        dialect = connection.dialect
        plan = self._plans.get((dialect.name, *values))
        if plan is None:
            plan = self._plans[(dialect.name, *values)] = self._planned(dialect, values)
        if isinstance(plan, _Plan):
            return plan.execute(connection, values)
        result = connection.execute(plan, values)
        return Rows(result if result.returns_rows else ())

    def _planned(self, dialect: Dialect, values: Mapping[str, Any]) -> _Plan | Executable:
        """Built anew for each engine: an upsert belongs to its dialect."""
        statement = self._build()
        compiled = statement.compile(dialect=dialect, column_keys=list(values))
        # Lists of values and defaults made in Python are SQLAlchemy's to fill in each time.
        is_plain = not (
            compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch
        )
        return _Plan(statement, compiled, dialect, values) if is_plain else statement


class _Plan:
    """One statement in one engine's words: its text, the values in their order, its columns."""

    def __init__(
        self, statement: Any, compiled: SQLCompiler, dialect: Dialect, values: Mapping[str, Any]
    ) -> None:
        if missing := {name for name, bound in compiled.binds.items() if bound.required} - {
            *values
        }:
            raise TypeError(f"no value for {sorted(missing)}")
        processors = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bound in compiled.binds.items()
        }
        constants = {
            name: process(bound.effective_value)
            if (process := processors[name])
            else bound.effective_value
            for name, bound in compiled.binds.items()
            if name not in values
        }
        self._sql, order = _positional(compiled, constants)
        self._takes: list[tuple[str | None, Processor | None, Any]] = [
            (None, None, constants[name]) if name in constants else (name, processors[name], None)
            for name in order
        ]
        self._columns = list(getattr(statement, "exported_columns", ()))
        # Its attributes are read ten times as fast as those of SQLAlchemy's rows.
        names = [column.key for column in self._columns]
        self._row: Callable[[Sequence[Any]], Any] = cast(Any, namedtuple)(
            "Row", names, rename=True
        )._make
        #: (position, processor) of the columns whose values are not the driver's.
        self._processors: list[tuple[int, Processor]] | None = None

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        parameters: Any = tuple(
            fixed if name is None else (values[name] if process is None else process(values[name]))
            for name, process, fixed in self._takes
        )
        cursor: Any = None
        sql = self._sql
        try:
            cursor = _cursor(connection)
            # Whoever listens (the tenancy check, the counting of statements) hears of it.
            for listener in connection.dispatch.before_cursor_execute:
                sql, parameters = listener(connection, cursor, sql, parameters, None, False)
            cursor.execute(sql, parameters)
            rows = cursor.fetchall() if self._columns else ()
        except connection.dialect.loaded_dbapi.Error as error:
            # Private, and the one place that knows what a lost connection does to transaction,
            # connection and pool, and which error of SQLAlchemy's the driver's is. It closes the
            # cursor, which therefore is not used again.
            connection.info.pop(_CURSOR, None)
            connection._handle_dbapi_exception(error, sql, parameters, cursor, None)
            raise
        return self._named(cursor, connection.dialect, rows) if rows else Rows()

    def _named(self, cursor: Any, dialect: Dialect, rows: Sequence[tuple[Any, ...]]) -> Rows:
        processors = self._processors
        if processors is None:
            processors = self._processors = [
                (position, process)
                for position, column in enumerate(self._columns)
                if (
                    process := column.type.dialect_impl(dialect).result_processor(
                        dialect, cursor.description[position][1]
                    )
                )
            ]
        found, named = Rows(), self._row
        for row in rows:
            values = list(row)
            for position, process in processors:
                values[position] = process(values[position])
            found.append(named(values))
        return found


def _positional(compiled: SQLCompiler, constants: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    """The text with placeholders by position, and the names of the values in their order.

    For PostgreSQL plain constants of the statement stand in its text: a plan that is made once
    for all values can then use partial indexes and knows how few rows a LIMIT asks for.
    """
    if compiled.positional:
        return compiled.string, compiled.positiontup or ()
    names: list[str] = []

    def placed(found: re.Match[str]) -> str:
        constant = constants.get(found[1])
        if type(constant) is int and constant >= 0:
            return str(constant)
        if isinstance(constant, str) and _WORD.fullmatch(constant):
            return f"'{constant}'"
        names.append(found[1])
        return "%s"

    return _NAMED.sub(placed, compiled.string), names


def _cursor(connection: Connection) -> Any:
    """A cursor of the driver; PostgreSQL's is kept, for all rows are fetched at once.

    SQLite's would keep its statement, and with it the file, open behind a closed connection.
    """
    if connection.dialect.name == "sqlite":
        return connection.connection.cursor()
    cursor = connection.info.get(_CURSOR)
    if cursor is None:
        cursor = connection.info[_CURSOR] = connection.connection.cursor()
    return cursor
