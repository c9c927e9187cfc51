"""Append-only is enforced by the database, for every guarded table, on both engines."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kernel import guards
from kernel.database import Base, db
from tests.support.backend import Backend


def test_no_guard_is_missing(session: None) -> None:
    assert guards.missing(db.session.connection()) == []


def test_a_dropped_guard_is_noticed(backend: Backend) -> None:
    owner = sa.create_engine(backend.settings.migration_database_url, poolclass=sa.NullPool)
    with owner.begin() as connection:
        if backend.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER guard_entry_update"))
        else:
            connection.execute(sa.text("GRANT UPDATE ON entry TO app"))
    with backend.app.app_context():
        assert guards.missing(db.session.connection()) != []
        db.session.remove()
    with owner.begin() as connection:
        guards.install(connection)
    with backend.app.app_context():
        assert guards.missing(db.session.connection()) == []
        db.session.remove()


@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_guarded_rows_cannot_be_changed(backend: Backend, act: str) -> None:
    with backend.app.app_context():
        tables = guards.guarded_tables()
        assert tables
        for table in tables:
            assert _is_refused(backend, table.name, act), f"{table.name} allows {act}"


def test_rows_that_are_kept_cannot_be_deleted(backend: Backend) -> None:
    with backend.app.app_context():
        for table in guards.kept_tables():
            assert _is_refused(backend, table.name, "DELETE"), f"{table.name} allows DELETE"


def _key(table: str) -> str:
    """A column every row has; tenant tables are asked by community."""
    columns = Base.metadata.tables[table].columns
    return "community_id" if "community_id" in columns else "id"


def _is_refused(backend: Backend, table: str, act: str) -> bool:
    """On SQLite a trigger fires per row, so its presence is what an empty table can show."""
    if backend.name == "sqlite":
        name = f"guard_{table}_{act.lower()}"
        found = db.session.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"),
            {"name": name},
        ).scalar_one_or_none()
        db.session.rollback()
        return found is not None and f"BEFORE {act}" in found and "RAISE(ABORT" in found
    statement = (
        f"UPDATE {table} SET id = id WHERE {_key(table)} IS NULL"
        if act == "UPDATE"
        else f"DELETE FROM {table} WHERE id IS NULL OR 'community_id' = ''"
    )
    try:
        db.session.execute(sa.text(statement))
    except DBAPIError as error:
        return "permission denied" in str(error)
    finally:
        db.session.rollback()
    return False
