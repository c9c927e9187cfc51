"""A fact as it was just written: nothing is read back."""

from __future__ import annotations

import datetime as dt

from points.fact_door import Admitted
from points.fact_views import FactState, FactView, LineView
from points.models import PointsLine
from points.months import Posting
from points.rules.facts import Fact as RuleFact


def first_view(
    admitted: Admitted,
    fact: RuleFact,
    line: PointsLine,
    posting: Posting,
    *,
    now: dt.datetime,
) -> FactView:
    """What :func:`points.fact_views.of` would read of a fact that one account received."""
    receiver = admitted.receivers[0]
    conduct, signature = admitted.conduct, admitted.signature
    return FactView(
        id=fact.fact_id,
        version=1,
        state=FactState.STANDING if fact.approved else FactState.AWAITING_APPROVAL,
        item_code=fact.item,
        item_name=admitted.item.name,
        kind=admitted.item.kind,
        member_id=conduct.member_id,
        member_name=conduct.name,
        occurred_on=fact.occurred_on,
        quantity=fact.quantity,
        level=fact.level,
        decided=fact.decided,
        approvals=len(signature.approved_by),
        approvals_needed=admitted.approvals_needed,
        recorder_role=signature.role,
        recorded_at_utc=now,
        month=posting.month,
        belongs_month=posting.belongs_month,
        deed_id=fact.deed_id,
        activity_id=fact.activity,
        told_on=fact.told_on,
        corrected_on=fact.corrected_on,
        promised=fact.promised,
        holder_kind=receiver.kind,
        holder_id=receiver.holder_id,
        lines=[_line_view(line, posting)],
        total_change=line.posted,
    )


def _line_view(line: PointsLine, posting: Posting) -> LineView:
    return LineView(
        id=line.id,
        slice=line.slice,
        occurred_on=line.occurred_on,
        kind=line.kind,
        entitled=line.entitled,
        posted=line.posted,
        reason=line.reason,
        month=posting.month,
        belongs_month=line.belongs_month,
    )
