"""What limits, running totals and counters should hold, against the rows that hold it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from kernel import tenancy
from kernel.database import db
from points.models import Accumulation, CounterMonth, LimitUsage
from points.rules.evaluate import Evaluation

#: what, row, detail, stored, found
Difference = tuple[str, uuid.UUID, str, str, str]
#: account, what is totalled, cell
_Key = tuple[uuid.UUID, str, str]
_NO_TOTAL, _NO_COUNT = "0.00/0.0", "0.00"


@dataclass
class Totals:
    """What evaluating everybody again found."""

    usage: dict[tuple[uuid.UUID, str, uuid.UUID, str], int] = field(default_factory=dict)
    totals: dict[_Key, str] = field(default_factory=dict)
    counters: dict[_Key, str] = field(default_factory=dict)

    def add(self, rulebook_id: uuid.UUID, found: Evaluation) -> None:
        """Take in one group of holders of a rulebook."""
        for cell, used in found.limits.items():
            stored = used.measure.stored(used.used)
            self.usage[rulebook_id, cell.limit_code, cell.whose, cell.cell] = stored
        for key, total in found.totals.items():
            text = f"{total.quantity:.2f}/{total.granted:.1f}"
            self.totals[key.holder, key.item, key.cell] = text
        for counted, quantity in found.counters.items():
            self.counters[counted.holder, counted.counter, counted.month] = f"{quantity:.2f}"


def differences(community_id: uuid.UUID, found: Totals) -> Iterator[Difference]:
    """Where a stored row is not what was found, or is missing."""
    yield from _usage(community_id, dict(found.usage))
    totals = {
        (row.account_id, row.item_code, row.cell): f"{row.quantity:.2f}/{row.granted:.1f}"
        for row in db.session.scalars(tenancy.select(Accumulation, community_id))
    }
    yield from _compared("accumulation", totals, found.totals, _NO_TOTAL)
    counters = {
        (row.account_id, row.counter, row.month): f"{row.quantity:.2f}"
        for row in db.session.scalars(tenancy.select(CounterMonth, community_id))
    }
    yield from _compared("counter", counters, found.counters, _NO_COUNT)


def _usage(
    community_id: uuid.UUID, found: dict[tuple[uuid.UUID, str, uuid.UUID, str], int]
) -> Iterator[Difference]:
    for row in db.session.scalars(tenancy.select(LimitUsage, community_id)):
        used = found.pop((row.rulebook_id, row.limit_code, row.whose, row.cell), 0)
        if used != row.used:
            detail = f"{row.limit_code} {row.cell}"
            yield ("limit_usage", row.whose, detail, str(row.used), str(used))
    for (_, code, whose, cell), used in found.items():
        yield ("limit_usage", whose, f"{code} {cell}", "-", str(used))


def _compared(
    what: str, stored: dict[_Key, str], found: dict[_Key, str], nothing: str
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | found.keys()):
        account_id, name, cell = key
        if stored.get(key, nothing) != found.get(key, nothing):
            yield (
                what,
                account_id,
                f"{name} {cell}",
                stored.get(key, "-"),
                found.get(key, nothing),
            )
