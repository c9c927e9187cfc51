"""``flask db …`` is there before Alembic is, which comes with the first call."""

from __future__ import annotations

from pathlib import Path

from app import create_app
from kernel import migrating
from tests.support.backend import settings_for


def test_the_commands_of_migrations_are_listed_and_run(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'new.db'}"))
    runner = app.test_cli_runner()
    listed = app.cli.commands["db"]
    assert "database migrations" in runner.invoke(args=["--help"]).output
    assert app.cli.commands["db"] is listed
    assert "upgrade" in runner.invoke(args=["db", "--help"]).output
    assert app.cli.commands["db"] is not listed
    assert runner.invoke(args=["db", "heads"]).exit_code == 0
    assert app.extensions["migrate"].directory == migrating.FOLDER
