"""Statements on tenant tables always name their community; here is where they are built."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import BindParameter, Delete, Select, Update
from sqlalchemy.orm import InstrumentedAttribute

from kernel.database import Base, TenantRow, db
from kernel.errors import NotFound

T = TypeVar("T", bound=TenantRow)

#: The community of a statement that is built once (kernel.prepared).
COMMUNITY: BindParameter[uuid.UUID] = sa.bindparam("p_community_id", type_=sa.Uuid())


def select(table: type[T], community_id: uuid.UUID | BindParameter[uuid.UUID]) -> Select[T]:
    """``SELECT`` of the rows of one community."""
    return sa.select(table).where(_of(table, community_id))


def columns(
    table: type[TenantRow],
    community_id: uuid.UUID | BindParameter[uuid.UUID],
    *wanted: InstrumentedAttribute[Any] | Any,
) -> Select[Any]:
    """``SELECT`` of some columns or expressions over the rows of one community."""
    return sa.select(*wanted).select_from(table).where(_of(table, community_id))


def update(table: type[TenantRow], community_id: uuid.UUID) -> Update:
    """``UPDATE`` of rows of one community."""
    return sa.update(table).where(_of(table, community_id))


def delete(table: type[TenantRow], community_id: uuid.UUID) -> Delete:
    """``DELETE`` of rows of one community; only deletable tables grant it."""
    return sa.delete(table).where(_of(table, community_id))


def get(table: type[T], community_id: uuid.UUID, row_id: uuid.UUID) -> T:
    """The row, or NotFound: rows of other communities do not exist for the caller."""
    row = find(table, community_id, row_id)
    if row is None:
        raise NotFound()
    return row


def find(table: type[T], community_id: uuid.UUID, row_id: uuid.UUID) -> T | None:
    """The row or None."""
    return db.session.get(table, (community_id, row_id))


def locked(
    table: type[T],
    community_id: uuid.UUID,
    row_id: uuid.UUID,
    *,
    shared: bool = False,
    unknown: type[NotFound] = NotFound,
) -> T:
    """The row as it stands now, locked until the unit of work ends; ``unknown`` or NotFound.

    ``shared``: others may hold it so as well, but nobody changes it meanwhile.
    """
    row = db.session.scalars(
        select(table, community_id)
        .where(table.id == row_id)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise unknown()
    return row


def _of(
    table: type[TenantRow], community_id: uuid.UUID | BindParameter[uuid.UUID]
) -> sa.ColumnElement[bool]:
    if isinstance(community_id, BindParameter):
        return _is_of(table, community_id)
    return _known(table, community_id)


def _is_of(
    table: type[TenantRow], community_id: uuid.UUID | BindParameter[uuid.UUID]
) -> sa.ColumnElement[bool]:
    column: InstrumentedAttribute[uuid.UUID] = table.community_id
    return column == community_id


#: Conditions never change, and nearly every statement has one of these.
_known = cast(Callable[..., sa.ColumnElement[bool]], lru_cache(maxsize=4096)(_is_of))


def tenant_tables() -> frozenset[str]:
    """Names of all tenant tables known so far."""
    return frozenset(
        table.name for table in Base.metadata.tables.values() if table.info.get("kind") == "tenant"
    )


def unscoped_tables(statement: str, tables: Iterable[str]) -> list[str]:
    """Tenant tables that ``statement`` names although it never mentions community_id.

    Used by the test listener on every executed statement.
    """
    if "community_id" in statement:
        return []
    words = set(re.findall(r"[a-z_]+", statement.lower()))
    return sorted(words.intersection(tables))
