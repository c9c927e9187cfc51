"""Alembic's environment: runs as the owner of the tables and restores the guards afterwards."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import DateTime, create_engine, event, pool
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

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
            render_item=_render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        guards.install(connection)
        connection.commit()
    engine.dispose()


def _render_item(kind, item, autogen_context):  # type: ignore[no-untyped-def]
    """Write our column types as what they are in the database: migrations outlive our classes."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item.impl_instance, DateTime):
        return "sa.DateTime(timezone=True)"
    return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'


def _sqlite_connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
    # Foreign keys stay off here: batch mode replaces a table by dropping it.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
