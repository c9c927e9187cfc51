"""Real processes over a durable PostgreSQL: the web server, the database, both to be killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.server import Web
from tests.support.backend import Backend, postgresql_backend, sqlite_backend
from tests.support.postgresql import PostgresServer

WORKERS = 3


@pytest.fixture(scope="session")
def durable_server() -> Iterator[PostgresServer]:
    """A server that writes to the disk before it answers, as in production."""
    with PostgresServer(settings=()) as server:
        yield server


@pytest.fixture(scope="session")
def durable(durable_server: PostgresServer) -> Iterator[Backend]:
    backend = postgresql_backend(durable_server)
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def web(durable: Backend) -> Iterator[Web]:
    with Web(durable.settings, workers=WORKERS) as running:
        yield running


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    backend = sqlite_backend(tmp_path_factory.mktemp("durable"), is_durable=True)
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def embedded_web(embedded: Backend) -> Iterator[Web]:
    """Two processes on one file: not how it is run, and it must hold all the same."""
    with Web(embedded.settings, workers=2) as running:
        yield running
