"""Emptying PostgreSQL and putting pictures of it back, each with one call to the server.

A hundred statements from here would cost more than most tests. Functions and pictures are
temporary objects of one superuser's connection: no other connection sees them, and they are gone
with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

import psycopg
from psycopg import sql

from kernel.database import Base
from tests.support.postgresql import PostgresServer


class PostgresPictures:
    """The rows of all tables of one database: emptied, copied, put back.

    Where no transaction has written since a picture was shown, it is still there: the number of
    the next transaction tells, whoever wrote.
    """

    def __init__(self, server: PostgresServer, database: str) -> None:
        self._connection = psycopg.connect(
            host=str(server.folder), dbname=database, user="postgres", autocommit=True
        )
        # No trigger, no check of references: rows go back as they were.
        self._connection.execute("SET session_replication_role = replica")
        self._tables = [table.name for table in Base.metadata.sorted_tables]
        self._numbers = count()
        # A few rows are deleted much faster than tables are truncated.
        self._empty = [
            sql.SQL("IF EXISTS (SELECT FROM {0}) THEN DELETE FROM {0}; END IF").format(
                sql.Identifier(name)
            )
            for name in self._tables
        ]
        self._shown: tuple[str, str] | None = None
        self._show_empty = self._shows([])
        self._is_to_empty = False

    def empty(self) -> None:
        """Hold nothing from the next connection on, unless a picture is shown before."""
        self._is_to_empty = True

    def arrive(self) -> None:
        """What :meth:`empty` asked for; every connection of the application is preceded by it."""
        if self._is_to_empty:
            self._show(self._show_empty)

    def photograph(self) -> Callable[[], None]:
        """Copy what stands there now; the answer puts exactly that back."""
        self.arrive()
        number = next(self._numbers)
        moves = []
        for name in filter(self._has_rows, self._tables):
            # Names are cut at 63 bytes; the number in front keeps them apart.
            copied = sql.Identifier(f"{number}_{name}"[:63])
            table = sql.Identifier(name)
            self._connection.execute(
                sql.SQL("CREATE TEMPORARY TABLE {} AS TABLE {}").format(copied, table)
            )
            moves.append(sql.SQL("INSERT INTO {} TABLE {}").format(table, copied))
        function = self._shows(moves)
        return lambda: self._show(function)

    def _show(self, function: str) -> None:
        self._is_to_empty = False
        known, unwritten = self._shown or (None, None)
        seen = unwritten if known == function else None
        [[following]] = self._connection.execute(
            f"SELECT pg_temp.{function}(%s)", [seen], prepare=True
        ).fetchall()
        self._shown = function, following

    def close(self) -> None:
        self._connection.close()

    def _has_rows(self, table: str) -> bool:
        statement = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        [found] = self._connection.execute(statement).fetchall()
        return bool(found[0])

    def _shows(self, moves: Iterable[sql.Composed]) -> str:
        """Define what shows a picture; answers the transaction that would be the next to write."""
        name = f"show_{next(self._numbers)}"
        body = sql.SQL("; ").join([*self._empty, *moves, sql.SQL("NULL")])
        self._connection.execute(
            sql.SQL(
                "CREATE FUNCTION {}(seen text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
                " IF pg_snapshot_xmax(pg_current_snapshot())::text = seen THEN RETURN seen; END IF;"
                " {}; RETURN pg_current_xact_id()::text::bigint + 1; END $$"
            ).format(sql.Identifier("pg_temp", name), body)
        )
        return name
