"""The two engines a test runs on: migrated once per worker, emptied before every test."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from psycopg import sql

from access_table import ROLES
from app import create_app
from kernel import tenancy
from kernel.database import Base, db
from kernel.settings import Environment, Settings
from tests.support.postgresql import APP, OWNER, PostgresServer

World = TypeVar("World")

TEST_SECRET = "test-secret-test-secret-test-secret"


@dataclass
class Backend:
    """An application on one engine, how to empty its database, and how to fill it again."""

    name: str
    app: Flask
    reset: Callable[[], None]
    settings: Settings
    #: Takes what the database holds now; the answer puts exactly that back.
    photograph: Callable[[], Callable[[], None]]
    disconnect: Callable[[], None] = lambda: None
    _remembered: dict[Callable[..., Any], tuple[Any, Callable[[], None]]] = field(
        default_factory=dict
    )

    def remembered(self, build: Callable[[], World]) -> World:
        """What ``build`` makes in an empty database: built once, then put back row by row.

        The answer must hold no rows of a session, only values.
        """
        if build not in self._remembered:
            made = build()
            db.session.commit()
            db.session.remove()
            self._remembered[build] = (made, self.photograph())
        else:
            db.session.remove()
            self._remembered[build][1]()
        # The access table is told from every other one by being the same object.
        return copy.deepcopy(self._remembered[build][0], {id(ROLES): ROLES})

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
    with app.app_context():
        upgrade()
        watch_tenancy(db.engine)
    return app


def sqlite_backend(folder: Path) -> Backend:
    path = folder / "linli.db"
    settings = settings_for(f"sqlite:///{path}")
    app = migrated_app(settings)
    template = folder / "template.db"
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    shutil.copy(path, template)

    def reset() -> None:
        _let_go(app, path)
        shutil.copy(template, path)

    def photograph() -> Callable[[], None]:
        picture = Path(tempfile.mkstemp(dir=folder, suffix=".db")[1])
        with app.app_context():
            # The last connection that closes writes the log into the file.
            db.engine.dispose()
        shutil.copy(path, picture)

        def put_back() -> None:
            _let_go(app, path)
            shutil.copy(picture, path)

        return put_back

    return Backend("sqlite", app, reset, settings, photograph)


def _let_go(app: Flask, path: Path) -> None:
    with app.app_context():
        db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def postgresql_backend(server: PostgresServer) -> Backend:
    server.create_roles()
    server.create_database("linli")
    settings = settings_for(server.url("linli", APP), server.url("linli", OWNER))
    app = migrated_app(settings)
    # One connection for all resets: its plan over a hundred tables is made once.
    superuser = psycopg.connect(
        host=str(server.folder), dbname="linli", user="postgres", prepare_threshold=0
    )
    superuser.execute("SET session_replication_role = replica")
    superuser.commit()
    names = [table.name for table in Base.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)

    def reset() -> None:
        with app.app_context():
            db.session.remove()
        with superuser.transaction():
            # A few rows are deleted much faster than tables are truncated.
            for (name,) in superuser.execute(filled).fetchall():
                superuser.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))

    def photograph() -> Callable[[], None]:
        picture = {}
        with superuser.transaction():
            for (name,) in superuser.execute(filled).fetchall():
                with superuser.cursor().copy(_copy("COPY {} TO STDOUT", name)) as rows:
                    picture[name] = b"".join(bytes(block) for block in rows)

        def put_back() -> None:
            with superuser.transaction():
                for name, rows in picture.items():
                    with superuser.cursor().copy(_copy("COPY {} FROM STDIN", name)) as table:
                        table.write(rows)

        return put_back

    return Backend("postgresql", app, reset, settings, photograph, superuser.close)


def _copy(statement: LiteralString, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))


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
