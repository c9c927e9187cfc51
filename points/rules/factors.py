"""Step 5: the factor of a deduction, by the earlier occurrences the member was told of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from kernel.points_value import ZERO
from points.rules.compiled import Counts, Escalation, Item
from points.rules.facts import Fact
from points.rules.periods import day_months_later
from points.rules.standing import Standing

#: holder, person, which occurrences (item or group), its name
_Kind = tuple[uuid.UUID, uuid.UUID, Counts, str]


def set_factors(standing: Sequence[Standing]) -> None:
    """Slices keep the factor of the fact, which is that of slice 0."""
    told: dict[_Kind, list[Standing]] = defaultdict(list)
    for each in standing:
        # A bonus is no occurrence of a failing, whatever its group.
        if each.slice == 0 and each.fact.told_on and not each.is_bonus:
            for counts in Counts:
                told[_kind(each, counts)].append(each)
    for each in standing:
        if each.item.escalation:
            like = told[_kind(each, each.item.escalation.counts)]
            each.factor = _factor(each, each.item.escalation, like)


def _kind(each: Standing, counts: Counts) -> _Kind:
    """What counts as the same; an item without a group is alone in its own."""
    name = each.item.code
    if counts is Counts.GROUP and each.item.group is not None:
        name = f"group:{each.item.group}"
    return each.fact.holder, each.fact.whose_conduct, counts, name


def _factor(each: Standing, escalation: Escalation, like: Iterable[Standing]) -> Decimal:
    """n = other deeds told of, with their grace over **before** this day, inside the window."""
    day = each.fact.occurred_on
    earlier = {
        other.fact.deed_id
        for other in like
        if _warned_from(other.fact, escalation) < day and _counts_on(other, escalation, day)
    }
    n = len(earlier - {each.fact.deed_id})
    return escalation.factors[min(n, len(escalation.factors) - 1)]


def _warned_from(fact: Fact, escalation: Escalation) -> dt.date:
    told_on = max(fact.told_on or fact.occurred_on, fact.occurred_on)
    return told_on + dt.timedelta(days=escalation.grace_days)


def _counts_on(other: Standing, escalation: Escalation, day: dt.date) -> bool:
    """Not older than the window: its months, or else the validity of the earlier record."""
    if escalation.within_months is not None:
        return day < day_months_later(other.fact.occurred_on, escalation.within_months)
    ends_before = valid_until(other.item, other.fact, listed_points(other.item, other.fact))
    return ends_before is None or day < ends_before


def listed_points(item: Item, fact: Fact) -> Decimal:
    """The award of the fact before the factor; 0 where only a period's total has one."""
    if item.award is None or item.over is not None:
        return ZERO
    return item.award.worth(fact.quantity, fact.level, fact.decided)


def valid_until(item: Item, fact: Fact, listed: Decimal) -> dt.date | None:
    """The record counts before this day; None: without end.

    From the day it happened, so that late entry never lengthens it; what recurs or vetoes counts
    from its correction, and until then without end.
    """
    if item.validity is None:
        return None
    starts_on = fact.corrected_on if item.recurs or item.veto else fact.occurred_on
    return None if starts_on is None else item.validity.ends_before(starts_on, listed)
