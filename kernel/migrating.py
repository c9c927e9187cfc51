"""Migrations for those who migrate: Alembic is imported by them alone.

It is as large as SQLAlchemy's dialects together, and every worker of the web server and every
``flask ops …`` would load it for nothing.
"""

from __future__ import annotations

from typing import Any

import click
from flask import Flask

from kernel.database import db

FOLDER = "migrations"
_EXTENSION, _COMMAND = "migrate", "db"


def configure(app: Flask) -> None:
    """Make ``flask_migrate.upgrade()`` and ``flask db …`` work on this application."""
    app.extensions[_EXTENSION] = _WhenAsked(app)
    app.cli.add_command(_Commands(app))


def _load(app: Flask) -> None:
    """Let Flask-Migrate put itself in our place."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=FOLDER, command=_COMMAND)


class _WhenAsked:
    """Stands where Flask-Migrate keeps its settings, until somebody reads one of them."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        _load(self._app)
        return getattr(self._app.extensions[_EXTENSION], name)


class _Commands(click.Command):
    """``flask db`` in the list of commands; Flask-Migrate's own takes over when it is called."""

    def __init__(self, app: Flask) -> None:
        super().__init__(_COMMAND, help="Perform database migrations.")
        self._app = app

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        _load(self._app)
        return self._app.cli.commands[_COMMAND].make_context(info_name, args, parent, **extra)
