"""The two engines a test runs on: migrated once per worker, emptied before every test.

Most of a test's time goes into its world, so worlds are built once and photographed
(``Backend.remembered``), and neither engine waits for the disk.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from access_table import ROLES
from app import create_app
from kernel import tenancy
from kernel.database import db
from kernel.settings import Environment, Settings
from tests.support.compiled_pages import share_pages
from tests.support.pictures import PostgresPictures
from tests.support.postgresql import APP, OWNER, PostgresServer
from tests.support.sqlite_files import LOG_PAGES, SqliteFiles

World = TypeVar("World")

TEST_SECRET = "test-secret-test-secret-test-secret"


@dataclass
class _Memory:
    """What a function made, the rows it holds, and what puts the database back."""

    made: Any
    rows: list[Any]
    put_back: Callable[[], None]

    def copy(self) -> Any:
        # The access table is told from every other one by being the same object.
        known: dict[int, Any] = {id(ROLES): ROLES}
        for row in self.rows:
            known[id(row)] = db.session.merge(row, load=False)
        return copy.deepcopy(self.made, known)


@dataclass
class Backend:
    """An application on one engine, how to empty its database, and how to fill it again."""

    name: str
    app: Flask
    reset: Callable[[], None]
    _settings: Settings
    #: Takes what the database holds now; the answer puts exactly that back.
    photograph: Callable[[], Callable[[], None]]
    disconnect: Callable[[], None]
    #: Whatever :attr:`reset` left to the next connection.
    arrive: Callable[[], None] = lambda: None
    _remembered: dict[Callable[..., Any], _Memory] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """For whoever connects by themselves: the database holds what it should from now on."""
        self.arrive()
        return self._settings

    def remembered(self, build: Callable[[], World]) -> World:
        """What ``build`` makes in an empty database: built once, then put back row by row.

        ``build`` is the same function each time. Rows that the answer holds are in the session
        afterwards, as they would be after a commit.
        """
        if build not in self._remembered:
            made = build()
            db.session.commit()
            rows = list(db.session)
            db.session.remove()
            self._remembered[build] = _Memory(made, rows, self.photograph())
        else:
            db.session.remove()
            self._remembered[build].put_back()
        return cast(World, self._remembered[build].copy())

    def close(self) -> None:
        """Close every connection; the engine is not used again."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.disconnect()


def settings_for(database_url: str, owner_url: str | None = None) -> Settings:
    return Settings(
        environment=Environment.TEST,
        database_url=database_url,
        migration_database_url=owner_url or database_url,
        secret_key=TEST_SECRET,
        code_key=TEST_SECRET,
    )


def migrated_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.testing = True
    share_pages(app)
    with app.app_context():
        upgrade()
        watch_tenancy(db.engine)
    return app


def sqlite_backend(folder: Path, *, live: Path | None = None, is_durable: bool = False) -> Backend:
    """A file in ``live``, pictures of it in ``folder``, which is also the place of both.

    Unless durable, no commit of this process waits for the disk.
    """
    path = (live or folder) / "linli.db"
    settings = settings_for(f"sqlite:///{path}")
    app = migrated_app(settings)
    with app.app_context():
        if not is_durable:
            sa.event.listen(db.engine, "connect", _do_not_wait)
        files = SqliteFiles(db.engine, path, folder)

    def reset() -> None:
        with app.app_context():
            db.session.remove()
        files.show(files.empty)

    return Backend("sqlite", app, reset, settings, files.photograph, files.close)


def _do_not_wait(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")


def postgresql_backend(server: PostgresServer) -> Backend:
    server.create_roles()
    server.create_database("linli")
    settings = settings_for(server.url("linli", APP), server.url("linli", OWNER))
    app = migrated_app(settings)
    with app.app_context():
        sa.event.listen(db.engine, "connect", _be_patient)
        store = PostgresPictures(server, "linli")
        sa.event.listen(db.engine, "checkout", lambda *_: store.arrive())

    def reset() -> None:
        with app.app_context():
            db.session.remove()
        store.empty()

    return Backend("postgresql", app, reset, settings, store.photograph, store.close, store.arrive)


def _be_patient(connection: Any, _record: Any) -> None:
    """On a machine with much else to do, waiting for a lock is no failure of a test."""
    connection.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")
    connection.commit()


def watch_tenancy(engine: sa.Engine) -> None:
    """Fail on any executed statement that names a tenant table without community_id."""
    tables = tenancy.tenant_tables()

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _check(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        missing = tenancy.unscoped_tables(statement, tables)
        assert not missing, f"no community_id for {missing} in: {statement}"


@contextmanager
def counted_statements(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the statements executed inside the block; transaction control does not count."""
    seen: list[str] = []

    def note(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
