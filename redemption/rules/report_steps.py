"""Reports 投诉: the words, the legal steps, the clocks, and who must stay out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

#: A report can be filed this long after the redemption ended (or was asked for).
REPORTABLE = dt.timedelta(days=30)
#: Working days for the merchant's reply; the day of filing does not count.
REPLY_WORKING_DAYS = 3
#: Working days for the community's decision, counted from the filing as well.
DECISION_WORKING_DAYS = 10
LONGEST_TEXT = 300
SHORTEST_ANSWER = 20


class ReportKind(StrEnum):
    """拒兑, 加价, 货不对板, 其他."""

    REFUSED = "refused"
    SURCHARGE = "surcharge"
    WRONG_GOODS = "wrong_goods"
    OTHER = "other"


class ReportState(StrEnum):
    """待商户答复, 商户已答复; then 属实, 不属实, 双方已和解, 已撤回."""

    FILED = "filed"
    REPLIED = "replied"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class ReportActKind(StrEnum):
    """What somebody did: the states reached, and the summary that the merchant reads."""

    FILED = "filed"
    SUMMARIZED = "summarized"
    REPLIED = "replied"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class ReportSide(StrEnum):
    """Who has a part in a report: who filed it, the merchant, the community."""

    FILER = "filer"
    MERCHANT = "merchant"
    COMMUNITY = "community"


class Overdue(StrEnum):
    """What should have been done by now."""

    REPLY = "reply"
    DECISION = "decision"


OPEN = frozenset({ReportState.FILED, ReportState.REPLIED})
OUTCOMES = frozenset({ReportState.UPHELD, ReportState.NOT_UPHELD, ReportState.SETTLED})
_ENDS = OUTCOMES | {ReportState.WITHDRAWN}

LEGAL_STEPS: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.FILED: _ENDS | {ReportState.REPLIED},
    ReportState.REPLIED: _ENDS,
    ReportState.UPHELD: frozenset(),
    ReportState.NOT_UPHELD: frozenset(),
    ReportState.SETTLED: frozenset(),
    ReportState.WITHDRAWN: frozenset(),
}


def may_step(before: ReportState, to: ReportState) -> bool:
    """Whether ``to`` is one legal step from ``before``."""
    return to in LEGAL_STEPS[before]


def overdue(
    *, state: str, reply_due_on: dt.date, decide_due_on: dt.date, today: dt.date
) -> Overdue | None:
    """What is late today; the later clock is the graver one."""
    if ReportState(state) in OPEN and today > decide_due_on:
        return Overdue.DECISION
    if state == ReportState.FILED and today > reply_due_on:
        return Overdue.REPLY
    return None


def is_heard(*, state: str, reply_due_on: dt.date, today: dt.date) -> bool:
    """Whether the merchant has replied or has had the time to."""
    return state == ReportState.REPLIED or today > reply_due_on


def must_stay_out(
    *,
    own_accounts: AbstractSet[uuid.UUID],
    filer_account_id: uuid.UUID | None,
    keyed_by: uuid.UUID | None,
    member_id: uuid.UUID,
    own_circle: AbstractSet[uuid.UUID],
    merchant_id: uuid.UUID,
    own_shops: AbstractSet[uuid.UUID],
) -> bool:
    """Whether the person with these accounts may not decide.

    Out are who filed the report or wrote it down, anybody of the holder's household
    (``own_circle``, member ids) and anybody of the shop (``own_shops``, merchant ids).
    """
    return (
        not own_accounts.isdisjoint((filer_account_id, keyed_by))
        or member_id in own_circle
        or merchant_id in own_shops
    )
