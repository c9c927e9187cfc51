"""What each recorder did in a period, as numbers that stand beside each other."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

from points.rules.outliers import Deed, gaps


@dataclass(frozen=True, kw_only=True)
class RecorderSummary:
    """One account; ``percent`` of all recordings, ``median_gap`` between two of its own.

    ``median_days_late`` and ``most_days_late`` count from the day it happened to the day it was
    entered; ``median_to_approval`` from entering to the first agreement, None without any.
    """

    recorder: uuid.UUID
    roles: tuple[str, ...]
    count: int
    percent: int
    people: int
    households: int
    median_gap: dt.timedelta | None
    median_to_approval: dt.timedelta | None
    median_days_late: int
    most_days_late: int
    back_dated: int
    at_night: int
    struck: int


def summaries(deeds: Iterable[Deed]) -> list[RecorderSummary]:
    """Everybody who recorded for others, the busiest first; own claims are left out."""
    by_recorder: dict[uuid.UUID, list[Deed]] = defaultdict(list)
    for deed in deeds:
        if not deed.is_own_claim:
            by_recorder[deed.recorder].append(deed)
    total = sum(map(len, by_recorder.values()))
    found = [_summary(who, own, total) for who, own in by_recorder.items()]
    return sorted(found, key=lambda each: (-each.count, str(each.recorder)))


def _summary(who: uuid.UUID, deeds: Sequence[Deed], total: int) -> RecorderSummary:
    times = gaps(deeds)
    agreed = [min(each.after for each in deed.approvals) for deed in deeds if deed.approvals]
    late = [deed.days_late for deed in deeds]
    return RecorderSummary(
        recorder=who,
        roles=tuple(sorted({deed.role for deed in deeds})),
        count=len(deeds),
        percent=round(100 * len(deeds) / total),
        people=len({deed.receiver for deed in deeds}),
        households=len({deed.household for deed in deeds if deed.household}),
        median_gap=median_low(times) if times else None,
        median_to_approval=median_low(agreed) if agreed else None,
        median_days_late=median_low(late),
        most_days_late=max(late),
        back_dated=sum(deed.is_back_dated for deed in deeds),
        at_night=sum(deed.is_at_night for deed in deeds),
        struck=sum(deed.is_struck for deed in deeds),
    )
