"""Recording a deed that an upheld objection found missing on a closed month's sheet.

Whoever decides objections is no recorder of the item, and what was checked in the objection needs
no further approval; everything else about the deed is judged as at any door.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from community import members
from kernel import clock
from kernel.access import Actor
from points import door_errors, fact_views, months
from points.errors import DecidedOutOfRange, OwnHousehold
from points.fact_recording import Claim, EvidenceGiven, item_in_force, take_in
from points.fact_views import FactView
from points.models import Authority, EvidenceKind, MonthState
from points.months import HeldMonths, Posting
from points.rules.awards import Range
from points.rules.compiled import Item
from points.rules.door import check_fact, decision_allowed


def record_upheld(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: str,
    member_id: uuid.UUID,
    item_code: str,
    occurred_on: dt.date,
    quantity: Decimal,
    level: str | None,
    decided: Decimal | None,
    evidence: Sequence[EvidenceGiven],
    reason: str,
) -> FactView:
    """Record the deed on the sheet of ``month``, or after its seal on the open month's.

    The caller (review) has checked who may decide. Raises the refusals of the door about the
    deed itself, DecidedOutOfRange, DuplicateFact, NoOpenMonth, OwnHousehold.
    """
    if member_id in members.own_circle(community_id, actor.account_id):
        raise OwnHousehold()
    book, item = item_in_force(community_id, occurred_on, item_code)
    _require_possible(
        item, occurred_on=occurred_on, now=now, quantity=quantity, level=level, reason=reason
    )
    if isinstance(item.award, Range) and not decision_allowed(item, decided or Decimal(0)):
        raise DecidedOutOfRange(field="decided")
    held = months.hold(community_id, month)
    claim = Claim(
        community_id=community_id,
        book=book,
        item=item,
        who=members.identity(community_id, member_id, occurred_on),
        occurred_on=occurred_on,
        quantity=quantity,
        level=level,
        deed=None,
        evidence=evidence,
        reason=reason,
        role=Authority.OBJECTION,
        decided=decided,
        authority=Authority.OBJECTION,
    )
    posting = _posting(held, month, clock.month_of(occurred_on))
    return fact_views.of(community_id, take_in(claim, held, posting, actor=actor, now=now))


def _require_possible(
    item: Item,
    *,
    occurred_on: dt.date,
    now: dt.datetime,
    quantity: Decimal,
    level: str | None,
    reason: str,
) -> None:
    # Deadline, evidence and recorder were weighed in the objection itself; what has not happened
    # yet is still refused.
    answer = check_fact(
        item,
        occurred_on=occurred_on,
        today=min(clock.business_date(now), occurred_on),
        recorder_role=min(item.recording.recorders, default=""),
        quantity=quantity,
        level=level,
        reason=reason,
        evidence=list(EvidenceKind),
    )
    door_errors.require(answer, level=level)


def _posting(held: HeldMonths, month: str, belongs_month: str) -> Posting:
    """The month itself until it is sealed, then the oldest open one after it."""
    own = next(each for each in held.by_id.values() if each.month == month)
    taken = held.open_from(month) if own.state is MonthState.SEALED else own
    return Posting(month=taken.month, month_id=taken.month_id, belongs_month=belongs_month)
