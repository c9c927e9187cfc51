"""``flask ops …``: what an operator runs. Every command is safe to run twice.

Commands only call the packages' functions, in units of work, with the clock read here.
"""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from ops import (
    batches,
    database_roles,
    erasing,
    expiry,
    first_start,
    leavings,
    ledger,
    monthly,
    serve,
    worker,
)

MODULES = (
    batches,
    database_roles,
    erasing,
    expiry,
    first_start,
    leavings,
    ledger,
    monthly,
    serve,
    worker,
)

group = AppGroup("ops", help="Operator commands; each is safe to run twice.")


def register(app: Flask) -> None:
    """Hang the commands under ``flask ops``."""
    for module in MODULES:
        for command in module.COMMANDS:
            group.add_command(command)
    app.cli.add_command(group)
