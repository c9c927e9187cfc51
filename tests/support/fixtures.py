"""Fixtures of the whole suite. Integration tests run on SQLite and on PostgreSQL.

A plugin that tests/conftest.py loads where tests run.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from access_table import ROLES
from community import passwords, places
from kernel.access import Actor, Grant, Place
from kernel.database import db
from kernel.ids import new_id
from tests.factories import all_factories
from tests.support.backend import Backend, counted_statements, postgresql_backend, sqlite_backend
from tests.support.postgresql import PostgresServer
from tests.support.soak import IS_SOAK
from web.limiting import limiter

MEMORY = Path("/dev/shm")  # noqa: S108 - what is used in it is a folder of our own

#: A commit is red or green whoever runs it; the soak draws other examples (docs/adr/0020).
settings.register_profile("suite", derandomize=True, database=None)
settings.register_profile("soak", database=None, print_blob=True)
settings.load_profile("soak" if IS_SOAK else "suite")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A real hash takes as long as a hundred tests; tests of passwords take the real one back."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """In memory where the machine has a folder for that: thousands of copies busy no disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as live:
        backend = sqlite_backend(tmp_path_factory.mktemp("sqlite"), live=Path(live))
        yield backend
        backend.close()


@pytest.fixture(scope="session")
def postgresql_once(postgres_server: PostgresServer) -> Iterator[Backend]:
    backend = postgresql_backend(postgres_server)
    yield backend
    backend.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """The migrated, empty application on one of the two engines."""
    found: Backend = request.getfixturevalue(f"{request.param}_once")
    found.reset()
    places.forget()
    # What earlier tests searched for within the minute is nothing to this one.
    limiter.reset()
    return found


@pytest.fixture
def app(backend: Backend) -> Flask:
    return backend.app


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The session inside an application context; commit before calling the client."""
    with app.app_context():
        yield db.session
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def factories(session: Any) -> SimpleNamespace:
    return all_factories()


@pytest.fixture
def now() -> dt.datetime:
    """A Saturday noon in Shanghai: 2026-11-21 12:00."""
    return dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def actor_for() -> Callable[..., Actor]:
    """Make an actor with one role at a place, without rows in the database."""

    def make(
        role: str, place: Place, *, members: Mapping[uuid.UUID, uuid.UUID] | None = None
    ) -> Actor:
        return Actor(
            account_id=new_id(),
            grants=(Grant(role=role, place=place),),
            table=ROLES,
            members=members or {},
        )

    return make


@pytest.fixture
def count_statements(session: Any) -> Callable[[], Any]:
    """``with count_statements() as seen: …`` collects the SQL statements of the block."""
    return lambda: counted_statements(db.engine)
