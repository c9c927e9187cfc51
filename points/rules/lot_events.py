"""What happens to the lots of one account, in the order it happened. Amounts are positive."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO


@dataclass(frozen=True, kw_only=True)
class Credit:
    """Points came. ``lot`` is the entry or transfer that brought them, ``line`` its line.

    ``left_out`` (0 or less): what stays expired where the line is given again.
    """

    lot: uuid.UUID
    line: uuid.UUID | None
    points: Decimal
    dated_on: dt.date
    expires_on: dt.date | None
    left_out: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Spend:
    """Points went, earliest expiry first, on a day. ``key`` names what may give them back."""

    points: Decimal
    key: uuid.UUID | None = None
    on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """A bonus was taken back; ``left_out`` of it had expired before and was not taken again."""

    line: uuid.UUID
    points: Decimal
    left_out: Decimal = ZERO
    on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class SealedSheet:
    """The entries of one sheet came together; they changed the balance by ``moved`` (signed).

    ``credits`` and ``revoked`` are what the entries say; deductions, debts and the floor at zero
    explain the rest of ``moved``.
    """

    credits: tuple[Credit, ...]
    revoked: tuple[Revoke, ...]
    moved: Decimal
    on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Return:
    """What ``key`` spent came back, as a whole and once."""

    key: uuid.UUID
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Expire:
    """Points of one lot died."""

    lot: uuid.UUID
    points: Decimal
    on: dt.date | None = None


Event = Credit | Spend | Revoke | SealedSheet | Return | Expire
