"""Alembic's environment: runs as the owner of the tables and restores the guards afterwards."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, event, pool
from sqlalchemy.engine import Connection

from kernel import guards
from kernel.database import Base
from kernel.settings import Settings

settings: Settings = current_app.config["LINLI"]


def run() -> None:
    """Apply migrations in one transaction each, then (re-)create every guard."""
    engine = create_engine(settings.migration_database_url, poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        guards.install(connection)
        connection.commit()
    engine.dispose()


def _sqlite_connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
    # Foreign keys stay off here: batch mode replaces a table by dropping it.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
