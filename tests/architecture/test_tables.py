"""The schema distributes by community_id unchanged: rules read from the metadata itself."""

from __future__ import annotations

import pytest
from sqlalchemy import CheckConstraint, Date, DateTime, Table, UniqueConstraint

import app  # noqa: F401 - imports every package, and with it every model
from kernel.database import Base, UtcDateTime

TABLES = list(Base.metadata.sorted_tables)
TENANT = [table for table in TABLES if table.info["kind"] == "tenant"]


def names(tables: list[Table]) -> list[str]:
    return [table.name for table in tables]


def test_every_table_says_what_it_is() -> None:
    assert {table.info["kind"] for table in TABLES} <= {"tenant", "reference", "local"}
    assert len(TENANT) > 20


@pytest.mark.parametrize("table", TENANT, ids=names(TENANT))
def test_a_tenant_table_is_keyed_by_community(table: Table) -> None:
    assert [column.name for column in table.primary_key] == ["community_id", "id"]


@pytest.mark.parametrize("table", TENANT, ids=names(TENANT))
def test_every_unique_of_a_tenant_table_contains_the_community(table: Table) -> None:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert "community_id" in constraint.columns
    for index in table.indexes:
        if index.unique:
            assert "community_id" in index.columns


@pytest.mark.parametrize("table", TENANT, ids=names(TENANT))
def test_a_foreign_key_between_tenant_tables_contains_the_community(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        target = constraint.referred_table
        if target.info["kind"] == "tenant":
            pairs = {(element.parent.name, element.column.name) for element in constraint.elements}
            assert ("community_id", "community_id") in pairs
        else:
            assert target.info["kind"] == "reference", "a tenant row must not need a local row"
        assert constraint.ondelete is None


@pytest.mark.parametrize("table", TABLES, ids=names(TABLES))
def test_a_reference_or_local_table_does_not_lean_on_tenant_rows(table: Table) -> None:
    if table.info["kind"] != "tenant":
        for constraint in table.foreign_key_constraints:
            assert constraint.referred_table.info["kind"] != "tenant"


@pytest.mark.parametrize("table", TABLES, ids=names(TABLES))
def test_units_and_zones_stand_last_in_names(table: Table) -> None:
    for column in table.columns:
        if isinstance(column.type, UtcDateTime):
            assert column.name.endswith("at_utc"), column.name
        else:
            assert not isinstance(column.type, DateTime), f"{column.name}: use UtcDateTime"
        assert column.server_default is None, f"{column.name}: values are made in Python"
        if isinstance(column.type, Date):
            assert not column.name.endswith("at_utc")


@pytest.mark.parametrize("table", TABLES, ids=names(TABLES))
def test_every_check_has_a_name(table: Table) -> None:
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            assert constraint.name


def test_the_ledger_acts_and_refused_scans_are_append_only() -> None:
    guarded = {table.name for table in TABLES if table.info["append_only"]}
    wanted = {"entry", "transfer", "refused_scan", "audit_record", "redemption_cancellation"}
    wanted |= {table.name for table in TABLES if table.name.endswith(("_act", "_signature"))}
    assert wanted <= guarded
