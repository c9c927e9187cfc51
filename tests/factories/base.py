"""Base of every factory: rows are flushed into the running session, never committed."""

from __future__ import annotations

from factory.alchemy import SQLAlchemyModelFactory

from kernel.database import db


class RowFactory(SQLAlchemyModelFactory):
    """Minimal valid rows; whatever a test does not name is the least that the database takes."""

    class Meta:
        abstract = True
        sqlalchemy_session = db.session
        sqlalchemy_session_persistence = "flush"
