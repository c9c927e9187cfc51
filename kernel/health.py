"""Two addresses for whoever watches the service: does it run, can it serve."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from kernel import guards
from kernel.database import db
from kernel.errors import Unavailable

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/alive")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@blueprint.get("/ready")
def ready() -> dict[str, str]:
    """The database answers and its append-only guards stand."""
    db.session.execute(text("SELECT 1"))
    if guards.missing(db.session.connection()):
        raise Unavailable()
    return {"status": "ready"}
