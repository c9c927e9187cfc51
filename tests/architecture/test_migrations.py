"""Migrations go up and down and give exactly the models, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from app import create_app
from kernel import guards
from kernel.database import Base
from tests.support.backend import Backend, settings_for
from tests.support.postgresql import APP, OWNER, PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    if request.param == "sqlite":
        return create_app(settings_for(f"sqlite:///{tmp_path / 'fresh.db'}"))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    request.getfixturevalue("postgresql_once")  # makes the roles
    server.drop_database("fresh")
    server.create_database("fresh")
    return create_app(settings_for(server.url("fresh", APP), server.url("fresh", OWNER)))


def _owner(app: Flask) -> sa.Engine:
    return sa.create_engine(app.config["LINLI"].migration_database_url, poolclass=sa.NullPool)


def test_up_equals_the_models_and_down_leaves_nothing(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
        with _owner(empty_app).connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        if empty_app.config["LINLI"].is_sqlite:
            assert _checks(_owner(empty_app)) == _checks(_made_of_the_models())
        downgrade(revision="base")
        with _owner(empty_app).connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        upgrade()


def _made_of_the_models() -> sa.Engine:
    """A database without migrations: Alembic compares no CHECK, so both are read."""
    made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    Base.metadata.create_all(made)
    return made


def _checks(engine: sa.Engine) -> dict[str, set[tuple[str | None, str]]]:
    """Table → its checks, each by name and text."""
    looked = sa.inspect(engine)
    return {
        name: {
            (check["name"], " ".join(check["sqltext"].split()))
            for check in looked.get_check_constraints(name)
        }
        for name in Base.metadata.tables
    }


def test_guards_stand_after_a_migration(backend: Backend) -> None:
    """Of the database that all tests use: it is a migrated one."""
    engine = sa.create_engine(backend.settings.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert guards.missing(connection) == []


def test_there_is_one_head() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory("migrations")
    assert len(script.get_heads()) == 1
