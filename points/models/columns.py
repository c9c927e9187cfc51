"""Column kinds that several tables of this package share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, ForeignKeyConstraint, Integer
from sqlalchemy.types import TypeDecorator

#: Length of an item, base, limit or rulebook code (rulebook.schema.json).
CODE = 80
MONTH = 7
#: Length of a tier's name.
TIER = 400

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


def month_reference(column: str = "month") -> ForeignKeyConstraint:
    """Foreign key to an accounting month of the same community, by its text."""
    return ForeignKeyConstraint(
        ["community_id", column], ["accounting_month.community_id", "accounting_month.month"]
    )
