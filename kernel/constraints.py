"""Constraints that tables of several packages share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

#: Length of every column that holds a word of a closed list.
WORD = 24


def one_of(column: str, words: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """CHECK that ``column`` holds one word of a closed list."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def reference(column: str, target: str) -> ForeignKeyConstraint:
    """Foreign key to a row of the same community."""
    return ForeignKeyConstraint(
        ["community_id", column], [f"{target}.community_id", f"{target}.id"]
    )


def period(start: str, end: str) -> CheckConstraint:
    """CHECK that [start, end) is not empty; an open end is null."""
    return CheckConstraint(f"{end} IS NULL OR {end} > {start}", name=f"{end}_after_{start}")
