"""Salted row hashes and one digest over them: a row can be blacked out and the paper verifies.

A row's hash covers what the paper prints of it (nothing more, or a listed row could not be
checked without showing its rank) and 16 random bytes, so that a blacked-out row cannot be found
by trying scores. The digest covers the header and the hashes **sorted as text**: the place of a
blacked-out hash tells nothing about its rank.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import TENTH
from review.rules.disclosure import Disclosure

FORMAT = "linli-sheet/1"


@dataclass(frozen=True, kw_only=True)
class PrintedRow:
    """A row as printed. What its disclosure does not show is None, for the hash as well."""

    household_code: str
    score: Decimal
    rank: int | None
    label: str | None
    grid_number: int | None
    salt: str


@dataclass(frozen=True, kw_only=True)
class BlackedRow:
    """A row that was blacked out, or is only counted: nothing but its hash."""

    row_sha256: str


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the digest covers besides the rows."""

    community: str
    month: str
    #: Whose sheet of the month it is: the rulebook's code.
    rulebook: str
    number: int


def new_salt() -> str:
    """Sixteen random bytes in hex."""
    return secrets.token_hex(16)


def printed(
    *,
    disclosure: Disclosure,
    household_code: str,
    score: Decimal,
    rank: int,
    label: str,
    grid_number: int | None,
    salt: str,
) -> PrintedRow:
    """The printed form that is hashed; a counted row is hashed like a listed one."""
    is_ranked = disclosure is Disclosure.RANKED
    return PrintedRow(
        household_code=household_code,
        score=score,
        rank=rank if is_ranked else None,
        label=label if is_ranked else None,
        grid_number=grid_number if is_ranked else None,
        salt=salt,
    )


def row_hash(row: PrintedRow) -> str:
    """Hex SHA-256 of the canonical JSON of the row, salt first."""
    return _sha256(
        [
            row.salt,
            row.household_code,
            str(row.score.quantize(TENTH)),
            row.rank,
            row.label,
            row.grid_number,
        ]
    )


def digest(header: Header, row_hashes: Iterable[str]) -> str:
    """Hex SHA-256 over the header and the sorted row hashes."""
    named = (header.community, header.month, header.rulebook, header.number)
    return _sha256([FORMAT, *named, sorted(row_hashes)])


def verify(*, header: Header, rows: Iterable[PrintedRow | BlackedRow], expected: str) -> bool:
    """Whether these rows, some of them blacked out, are the whole sheet ``expected`` is of."""
    hashes = [row_hash(row) if isinstance(row, PrintedRow) else row.row_sha256 for row in rows]
    return hmac.compare_digest(digest(header, hashes), expected)


def _sha256(content: list[object]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
