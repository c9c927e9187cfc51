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
    """The rows of all tables of one database: emptied, copied, put back."""

    def __init__(self, server: PostgresServer, database: str) -> None:
        self._connection = psycopg.connect(
            host=str(server.folder), dbname=database, user="postgres", autocommit=True
        )
        # No trigger, no check of references: rows go back as they were.
        self._connection.execute("SET session_replication_role = replica")
        self._tables = [table.name for table in Base.metadata.sorted_tables]
        self._numbers = count(1)
        # A few rows are deleted much faster than tables are truncated.
        self._define(
            "empty_all",
            (
                sql.SQL("IF EXISTS (SELECT FROM {0}) THEN DELETE FROM {0}; END IF").format(
                    sql.Identifier(name)
                )
                for name in self._tables
            ),
        )

    def empty(self) -> None:
        self._connection.execute("SELECT pg_temp.empty_all()")

    def photograph(self) -> Callable[[], None]:
        """Copy what stands there now; the answer puts it back into empty tables."""
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
        self._define(f"put_back_{number}", moves)

        def put_back() -> None:
            self._connection.execute(f"SELECT pg_temp.put_back_{number}()")

        return put_back

    def close(self) -> None:
        self._connection.close()

    def _has_rows(self, table: str) -> bool:
        statement = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        [found] = self._connection.execute(statement).fetchall()
        return bool(found[0])

    def _define(self, name: str, statements: Iterable[sql.Composed]) -> None:
        body = sql.SQL("; ").join([*statements, sql.SQL("NULL")])
        self._connection.execute(
            sql.SQL(
                "CREATE FUNCTION {}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {}; END $$"
            ).format(sql.Identifier("pg_temp", name), body)
        )
