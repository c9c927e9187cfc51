"""The two engines, the base of every model, and what kind of table each one is.

SQLite (WAL) is the embedded default, PostgreSQL the production engine; the same statements run
on both. Tables are declared *tenant* (rows of one community), *reference* (places, catalogues)
or *local* (accounts, sessions), so that the schema distributes by ``community_id`` unchanged.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, cast

from flask import Flask, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import DateTime, Dialect, Engine, MetaData, Table, Uuid, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from kernel.ids import new_id
from kernel.settings import Settings

SQLITE_BUSY_SECONDS = 30
#: Set on the connection of a unit of work: SQLite then begins IMMEDIATE.
WRITES = "linli_writes"
#: Where a session keeps the connection of its running transaction, and the savepoint it is in.
_CONNECTION = "linli_connection"
#: Where a context that only reads keeps its connection.
_READING = "linli_reading"


class Base(DeclarativeBase):
    """Every model. A subclass is declared through TenantRow, ReferenceRow or LocalRow."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s__%(column_0_N_name)s",
            "uq": "uq_%(table_name)s__%(column_0_N_name)s",
            "ck": "ck_%(table_name)s__%(constraint_name)s",
            "fk": "fk_%(table_name)s__%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Session(FlaskSession):
    """The session of a context; one that only reads shares its connection with it."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        reading: Connection | None = g.get(_READING)
        return super().get_bind(*args, **kwargs) if reading is None else reading

    def commit(self) -> None:
        super().commit()
        end_reading()

    def rollback(self) -> None:
        super().rollback()
        end_reading()

    def close(self) -> None:
        super().close()
        end_reading()


db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC instant; SQLite, which has no zones, stores it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        return _in_utc(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """For PostgreSQL straight to what is done: every row that is read holds instants."""
        if dialect.name == "sqlite":
            return super().result_processor(dialect, coltype)
        return _in_utc


def _in_utc(stamp: dt.datetime | None) -> dt.datetime | None:
    if stamp is None or stamp.tzinfo is dt.UTC:
        return stamp
    return stamp.replace(tzinfo=dt.UTC) if stamp.tzinfo is None else stamp.astimezone(dt.UTC)


class _Declared:
    """What a table is: its kind, and which rights the application role has on its rows."""

    __kind__: ClassVar[str]
    #: The database refuses UPDATE and DELETE (ledger, acts, refused scans).
    __append_only__: ClassVar[bool] = False
    #: Rows may be removed (leases, throttles, expired keys); elsewhere nothing is ever deleted.
    __deletable__: ClassVar[bool] = False


class TenantRow(_Declared):
    """A row of one community: primary key (community_id, id)."""

    __kind__ = "tenant"

    @declared_attr
    def community_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 - declared_attr passes the class
        return mapped_column(Uuid, primary_key=True, sort_order=-2)

    @declared_attr
    def id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-1)


class ReferenceRow(_Declared):
    """A row that every community may read: places, catalogues, calendars, merchants."""

    __kind__ = "reference"

    @declared_attr
    def id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-1)


class LocalRow(_Declared):
    """A row of this installation that belongs to no community: accounts, sessions."""

    __kind__ = "local"

    @declared_attr
    def id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-1)


@event.listens_for(Base, "instrument_class", propagate=True)
def _note_kind(_mapper: Any, cls: Any) -> None:
    table = cls.__table__
    table.info["kind"] = cls.__kind__
    table.info["append_only"] = cls.__append_only__
    table.info["deletable"] = cls.__deletable__


def configure(app: Flask, settings: Settings) -> None:
    """Bind Flask-SQLAlchemy to the engine named in the settings; connects lazily."""
    if settings.is_sqlite:
        folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
        folder.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        settings.database_url, settings.threads
    )
    # What is registered first is called last: when the session has let go of its connection.
    app.teardown_appcontext(end_reading)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """Options for ``create_engine``: pool as large as the threads, bounded waits.

    Values stay out of the texts of errors, which go to the log: they may be names.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": SQLITE_BUSY_SECONDS}}
    return {
        "hide_parameters": True,
        # No ping before each use (a round trip a request): a connection that died is found by the
        # first statement, which is then asked again on a fresh one (kernel/http.py, unit_of_work).
        "pool_size": threads,
        "max_overflow": 2,
        # Instants come in UTC, whatever zone the server lives in: none has to be moved there.
        "connect_args": {
            "options": "-c statement_timeout=5000 -c lock_timeout=5000 -c timezone=UTC"
        },
    }


def prepare(engine: Engine) -> None:
    """Attach the listeners that SQLite needs; nothing to do for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)


def _sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and a
    # read transaction that later writes fails at once, whatever the busy timeout is.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_reading() -> None:
    """Read without a transaction where the engine sees what is committed anyway.

    PostgreSQL reads each statement by itself (READ COMMITTED): BEGIN and ROLLBACK would be two
    round trips for nothing, and making a session costs as much as a statement. On SQLite a
    transaction is what makes statements agree.
    """
    engine = db.engine
    if engine.dialect.name != "postgresql" or _READING in g:
        return
    if not (db.session.registry.has() and db.session().in_transaction()):
        connection = engine.connect()
        setattr(g, _READING, connection.execution_options(isolation_level="AUTOCOMMIT"))


def end_reading(_error: BaseException | None = None) -> None:
    """Give the connection of a context that reads back; nothing where there is none."""
    reading: Connection | None = g.pop(_READING, None)
    if reading is not None:
        reading.close()


def connection_in_use() -> Connection:
    """The connection to execute on, which has been told what the session has not written yet."""
    reading: Connection | None = g.get(_READING)
    if reading is not None and not db.session.registry.has():
        return reading
    session = db.session()
    session.flush()
    if reading is not None:
        return reading
    # A savepoint is set when the session itself is asked for the first time inside it.
    savepoint = session.get_nested_transaction()
    known, inside = session.info.get(_CONNECTION, (None, None))
    is_over = savepoint is not None and not savepoint.is_active
    if known is None or inside is not savepoint or is_over or not known.in_transaction():
        known = session.connection()
        session.info[_CONNECTION] = (known, savepoint)
    return cast(Connection, known)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements without the ORM."""
    return cast(Table, model.__table__)


def upsert(table: type[Base]) -> Any:
    """``INSERT`` of the bound engine's dialect, which knows ``ON CONFLICT``."""
    chosen = sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert
    return chosen(table)
