"""The two engines a test runs on: migrated once per worker, emptied before every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from kernel import tenancy
from kernel.database import Base, db
from kernel.settings import Environment, Settings
from tests.support.postgresql import APP, OWNER, PostgresServer

TEST_SECRET = "test-secret-test-secret-test-secret"


@dataclass
class Backend:
    """An application on one engine and how to empty its database."""

    name: str
    app: Flask
    reset: Callable[[], None]
    settings: Settings

    def close(self) -> None:
        """Close every connection; the engine is not used again."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


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
        with app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copy(template, path)

    return Backend("sqlite", app, reset, settings)


def postgresql_backend(server: PostgresServer) -> Backend:
    server.create_roles()
    server.create_database("linli")
    settings = settings_for(server.url("linli", APP), server.url("linli", OWNER))
    app = migrated_app(settings)
    superuser = sa.create_engine(server.url("linli", "postgres"), poolclass=sa.NullPool)
    names = [table.name for table in Base.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)

    def reset() -> None:
        with app.app_context():
            db.session.remove()
        with superuser.begin() as connection:
            # A few rows are deleted much faster than tables are truncated.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for name in connection.scalars(sa.text(filled)).all():
                connection.execute(sa.text(f'DELETE FROM "{name}"'))

    return Backend("postgresql", app, reset, settings)


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
