"""Append-only, enforced by the database on both engines.

PostgreSQL: the owner (``migrator``) grants the role ``app`` only INSERT and SELECT on append-only
tables. SQLite has no roles: triggers refuse UPDATE and DELETE. Alembic's batch mode drops
triggers, so :func:`install` runs after every migration, and :func:`missing` at start-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from sqlalchemy import Table, inspect, text
from sqlalchemy.engine import Connection

from kernel.database import Base

APP_ROLE = "app"


def guarded_tables() -> list[Table]:
    """Tables whose rows are never changed, in a stable order."""
    return [table for table in Base.metadata.sorted_tables if table.info.get("append_only")]


def kept_tables() -> list[Table]:
    """Tables whose rows may change but are never removed."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if not table.info.get("append_only") and not table.info.get("deletable")
    ]


def install(connection: Connection) -> None:
    """Create every guard of the tables that exist; safe to run again."""
    existing = set(inspect(connection).get_table_names())
    if connection.dialect.name == "sqlite":
        for name, statement in _triggers(existing):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            connection.execute(text(statement))
        return
    has_role = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.execute(has_role, {"role": APP_ROLE}).first() is None:
        return
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
    for table in Base.metadata.sorted_tables:
        if table.name not in existing:
            continue
        rights = ["SELECT", "INSERT"]
        if not table.info.get("append_only"):
            rights.append("UPDATE")
        if table.info.get("deletable"):
            rights.append("DELETE")
        connection.execute(text(f'REVOKE ALL ON "{table.name}" FROM {APP_ROLE}'))
        connection.execute(text(f'GRANT {", ".join(rights)} ON "{table.name}" TO {APP_ROLE}'))
    if "alembic_version" in existing:
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))


def missing(connection: Connection) -> list[str]:
    """Names of guards that do not stand for the connected role; empty when all is well."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        present = {row[0] for row in rows}
        wanted = _triggers({table.name for table in Base.metadata.sorted_tables})
        return sorted(name for name, _ in wanted if name not in present)
    allowed = text(
        "SELECT has_table_privilege(current_user, :name, 'UPDATE')"
        " OR has_table_privilege(current_user, :name, 'DELETE')"
    )
    return [
        table.name
        for table in guarded_tables()
        if connection.execute(allowed, {"name": table.name}).scalar_one()
    ]


def _triggers(existing: Set[str]) -> Iterator[tuple[str, str]]:
    refusals = [(table, "UPDATE") for table in guarded_tables()]
    refusals += [(table, "DELETE") for table in guarded_tables() + kept_tables()]
    for table, act in refusals:
        if table.name not in existing:
            continue
        name = f"guard_{table.name}_{act.lower()}"
        yield (
            name,
            f'CREATE TRIGGER {name} BEFORE {act} ON "{table.name}"'
            f" BEGIN SELECT RAISE(ABORT, '{table.name} refuses {act}'); END",
        )
