"""A process of its own that adds everything up again and again while others write.

Arguments: connection, community, how many reads, how many changes it has to see, how. ``how`` is
"whole" (one statement sees one state of the database) or "pieces" (the same sums, each in a
statement of its own, without a transaction: what a careless report would do). It prints one line
of JSON, and stops at the first sum that is wrong.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

#: What every redemption of this bank costs, in tenths.
PRICE = 25
#: name → the sums of one table, amounts in tenths of a point
SUMS = {
    "accounts": (
        "SELECT coalesce(sum(balance), 0), coalesce(sum(held), 0), coalesce(sum(debt), 0)"
        " FROM points_account WHERE community_id = ? AND kind = 'holder'"
    ),
    "transfers": (
        "SELECT coalesce(sum(CASE WHEN to_kind = 'holder' THEN points ELSE -points END), 0),"
        " coalesce(sum(CASE WHEN kind = 'redemption' THEN points ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN kind = 'cancellation' THEN points ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN kind = 'debt_repayment' THEN points ELSE 0 END), 0)"
        " FROM transfer WHERE community_id = ?"
    ),
    "redemptions": (
        "SELECT coalesce(sum(CASE WHEN state = 'held' THEN points ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN state = 'redeemed' THEN points ELSE 0 END), 0)"
        " FROM redemption WHERE community_id = ?"
    ),
    "cancellations": "SELECT count(*) FROM redemption_cancellation WHERE community_id = ?",
    "entries": "SELECT coalesce(sum(debt_change), 0) FROM entry WHERE community_id = ?",
    "quotas": (
        "SELECT coalesce(sum(used), 0) FROM quota_usage"
        " WHERE community_id = ? AND quota_code LIKE 'takings:%'"
    ),
}
Read = Callable[[str], list[Any]]


def wrong(sums: list[Any]) -> list[str]:
    """Which equations of the books do not hold."""
    (balance, held, debt, moved, redeemed_moved, cancelled_moved, repaid, holds, redeemed,
     cancelled, owed, taken) = [int(each) for each in sums]  # fmt: skip
    equations = {
        "balances are what was moved": balance == moved,
        "what is held is the open holds": held == holds,
        "debts are what entries owe": debt == owed - repaid,
        "what is redeemed was moved": redeemed == redeemed_moved,
        "what is cancelled was moved back": cancelled * PRICE == cancelled_moved,
        "the month's cap counts both": taken == holds + redeemed - cancelled * PRICE,
    }
    return [name for name, holds_good in equations.items() if not holds_good]


def connect(where: str) -> Read:
    """Asks one statement, whose parameters are all the community."""
    if where.endswith(".db"):
        embedded = sqlite3.connect(where, isolation_level=None, timeout=30)
        return lambda sql: list(embedded.execute(sql, ids(sql)).fetchone())
    server = psycopg.connect(where, autocommit=True)

    def read(sql: str) -> list[Any]:
        text = sql.replace("%", "%%").replace("?", "%s")
        return list(server.execute(text, ids(sql)).fetchone() or ())  # type: ignore[arg-type]

    return read


def ids(sql: str) -> tuple[str, ...]:
    return (COMMUNITY,) * sql.count("?")


def main(where: str, reads: int, changes_wanted: int, how: str) -> None:
    read = connect(where)
    aliases = [f"({sql}) AS {name}" for name, sql in SUMS.items()]
    statements = list(SUMS.values()) if how == "pieces" else [f"SELECT * FROM {', '.join(aliases)}"]
    seen, changes, mistakes, began = 0, 0, [], time.monotonic()
    last: list[Any] = []
    while (seen < reads or changes < changes_wanted) and not mistakes:
        sums = [value for sql in statements for value in read(sql)]
        seen += 1
        changes += sums != last
        last = sums
        mistakes += wrong(sums)[:1]
    seconds = round(time.monotonic() - began, 2)
    sys.stdout.write(
        json.dumps({"reads": seen, "changes": changes, "wrong": mistakes, "seconds": seconds})
    )


if __name__ == "__main__":
    where, community, reads, changes, how = sys.argv[1:]
    # The embedded engine keeps ids as 32 hexadecimal digits.
    COMMUNITY = uuid.UUID(community).hex if where.endswith(".db") else community
    main(where, int(reads), int(changes), how)
