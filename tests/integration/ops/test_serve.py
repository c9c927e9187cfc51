"""What ``make run`` refuses before it starts anything."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from app import create_app
from tests.support.backend import settings_for


def serve(database: Path | str) -> str:
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    app = create_app(settings_for(url))
    done = app.test_cli_runner().invoke(args=["ops", "serve"])
    assert done.exit_code == 1
    return done.output + str(done.exception)


def test_a_database_of_another_version_is_named_with_the_line_that_rebuilds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "0")
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('0000')")
    assert "make clean-demo && make run" in serve(path)


def test_a_taken_port_is_named_with_the_line_that_takes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert f"PORT={port + 1} make run" in serve(tmp_path / "new.db")


@pytest.mark.parametrize("port", ["abc", "-1", "99999", "", "８０００"])
def test_a_port_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("PORT", port)
    assert "PORT is a number from 1 to 65535" in serve(tmp_path / "new.db")


def test_a_database_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    told = serve("postgresql+psycopg://app:secret@127.0.0.1:1/linli")
    assert "The database of DATABASE_URL does not answer" in told
    assert "secret" not in told
