"""Points: one decimal place, ``Decimal`` in Python, an integer number of tenths in the database.

Rounding is half up to 0.1 and happens only where rulebook-format.md section 4 says so
(:func:`rounded`); everywhere else a value with two decimals is an error, never rounded away.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator

TENTH = Decimal("0.1")
ZERO = Decimal("0.0")
#: No single award, price or cap is larger; keeps every sum far below 2**63 tenths.
MOST = Decimal("100000.0")


def is_exact(value: Decimal) -> bool:
    """Whether ``value`` has at most one decimal place."""
    return value == value.quantize(TENTH)


def to_tenths(value: Decimal) -> int:
    """``8.5`` → ``85``; raises ValueError for a value with more than one decimal place."""
    tenths = value * 10
    if tenths != tenths.to_integral_value():
        raise ValueError(f"not a number of tenths: {value}")
    return int(tenths)


def from_tenths(tenths: int) -> Decimal:
    """``85`` → ``Decimal("8.5")``."""
    return Decimal(tenths).scaleb(-1)


def rounded(value: Decimal) -> Decimal:
    """Half up to one decimal place (rulebook-format.md section 4, Rounding)."""
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)


def as_text(value: Decimal) -> str:
    """For people: ``8``, ``8.5``, ``5,872.5``."""
    return f"{value:,.1f}".removesuffix(".0")


@lru_cache(maxsize=4096)
def as_number(value: Decimal) -> int | float:
    """For JSON: an int where the value is whole, else a float with one decimal place."""
    return int(value) if value == value.to_integral_value() else float(value)


class Points(TypeDecorator[Decimal]):
    """A column of points: integer tenths in the database, ``Decimal`` in Python."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_tenths(Decimal(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return _read(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Straight to what is done: every row that is read holds points."""
        return _read


@lru_cache(maxsize=4096)
def _read(tenths: Any | None) -> Decimal | None:
    """Of an integer, or of the numeric that PostgreSQL makes of a sum; few values come again."""
    return None if tenths is None else from_tenths(int(tenths))
