"""Column kinds that several tables of this package share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, ForeignKeyConstraint, Integer
from sqlalchemy.types import TypeDecorator

#: Length of every column that holds a word of a closed list.
WORD = 24
#: Length of an item, base, limit or rulebook code (rulebook.schema.json).
CODE = 80
MONTH = 7

BIG = BigInteger().with_variant(Integer(), "sqlite")


class Quantity(TypeDecorator[Decimal]):
    """A quantity with two decimals (hours, kilograms): integer hundredths in the database."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"a quantity has at most two decimals: {value}")
        return int(hundredths)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)


def one_of(column: str, words: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """CHECK that ``column`` holds one word of a closed list."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def reference(column: str, target: str) -> ForeignKeyConstraint:
    """Foreign key to a row of the same community."""
    return ForeignKeyConstraint(
        ["community_id", column], [f"{target}.community_id", f"{target}.id"]
    )


def month_reference(column: str = "month") -> ForeignKeyConstraint:
    """Foreign key to an accounting month of the same community, by its text."""
    return ForeignKeyConstraint(
        ["community_id", column], ["accounting_month.community_id", "accounting_month.month"]
    )
