"""Recording a deed that an upheld objection found missing on a closed month's sheet.

Whoever decides objections is no recorder of the item, and what was checked in the objection needs
no further approval; everything else about the deed is judged as at any door.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from kernel import clock
from kernel.access import Actor
from points import fact_door, fact_views, months
from points.beneficiaries import Subject
from points.errors import DecidedOutOfRange
from points.fact_door import Asked, EvidenceGiven, Signature
from points.fact_recording import take_in
from points.fact_views import FactView
from points.models import Authority, MonthState
from points.months import HeldMonths, Posting
from points.recorder_roles import require_nobody_near
from points.rules.awards import Range
from points.rules.door import decision_allowed


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
    require_nobody_near(community_id, actor, member_ids=[member_id])
    asked = Asked(
        community_id=community_id,
        subject=Subject(member_id=member_id),
        item_code=item_code,
        occurred_on=occurred_on,
        quantity=quantity,
        level=level,
        decided=decided,
        evidence=evidence,
        reason=reason,
    )
    book, item = fact_door.item_in_force(asked)
    signature = Signature(
        recorded_by=actor.account_id, role=Authority.OBJECTION, authority=Authority.OBJECTION
    )
    # Deadline, evidence and recorder were weighed in the objection itself.
    admitted = fact_door.admit(
        asked, book, item, signature, today=clock.business_date(now), is_judged=False
    )
    if isinstance(item.award, Range) and not decision_allowed(item, decided or Decimal(0)):
        raise DecidedOutOfRange(field="decided")
    held = months.hold(community_id, month)
    posting = _posting(held, month, clock.month_of(occurred_on))
    first, *_ = take_in(admitted, held, posting, actor=actor, now=now)
    return fact_views.of(community_id, first)


def _posting(held: HeldMonths, month: str, belongs_month: str) -> Posting:
    """The month itself until it is sealed, then the oldest open one after it."""
    own = next(each for each in held.by_id.values() if each.month == month)
    taken = held.open_from(month) if own.state is MonthState.SEALED else own
    return Posting(month=taken.month, month_id=taken.month_id, belongs_month=belongs_month)
