"""Column kinds that several tables of this package share."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint

MONTH = 7
SHA256 = 64
#: A salt of 16 random bytes in hex.
SALT = 32
#: A household's code, or the public code of a member without household.
HOUSEHOLD_CODE = 8
LABEL = 40


def month_reference() -> ForeignKeyConstraint:
    """Foreign key to an accounting month of the same community, by its text."""
    return ForeignKeyConstraint(
        ["community_id", "month"], ["accounting_month.community_id", "accounting_month.month"]
    )
