"""Taking back points by rank: what an upheld objection to that very line does, and nothing else.

Nobody else's rank moves by it: ranks were computed once, when the period closed.
"""

from __future__ import annotations

import datetime as dt
import uuid

from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from points import entries, evaluated_together, evaluation, months, rulebooks
from points.entries import By, NewEntry
from points.errors import RankAwardStruck, RankMovesByObjection
from points.models import Authority, EntryCause, LineKind, MonthState, PointsAccount, PointsLine
from points.months import HeldMonths
from points.recorder_roles import require_nobody_near
from points.rules.expiry import reach_of

#: Stands on the line once an objection to it was upheld.
REASON = "struck"


def strike(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, line_id: uuid.UUID, cause: Authority
) -> None:
    """Take the award of the line back; the objection that names the line says why.

    The caller (review) has checked who decides. Raises RankMovesByObjection for any other cause,
    RankAwardStruck, OwnHousehold, NoOpenMonth.
    """
    if cause is not Authority.OBJECTION:
        raise RankMovesByObjection()
    line = tenancy.get(PointsLine, community_id, line_id)
    held = months.hold(community_id, line.belongs_month)
    db.session.refresh(line, with_for_update=True)
    if not line.posted:
        raise RankAwardStruck()
    account = tenancy.get(PointsAccount, community_id, line.account_id)
    require_nobody_near(
        community_id,
        actor,
        member_ids=[line.member_id],
        household_ids=[account.holder_id],
    )
    new = _taking_back(line, account, held)
    line.entitled = line.posted = line.posted + new.points
    line.reason = REASON
    db.session.flush()
    by = By(actor_id=actor.account_id, now=now)
    entries.post(evaluated_together.holder_of(account), new, by)
    audit.record(
        actor=actor, now=now, community_id=community_id, act="rank_award.struck",
        subject_kind="points_line", subject_id=line_id,
    )  # fmt: skip


def _taking_back(line: PointsLine, account: PointsAccount, held: HeldMonths) -> NewEntry:
    if account.rulebook_id is None:
        raise AssertionError("an award stands on a holder's account")
    found = rulebooks.versions_of(line.community_id, account.rulebook_id)
    points = -line.posted
    return NewEntry(
        line_id=line.id,
        kind=LineKind(line.kind),
        points=points,
        month=_sheet(line, held),
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=reach_of([each.compiled for each in found], line.occurred_on),
        cause=EntryCause.OBJECTION,
        occurred_on=line.occurred_on,
        reverses_id=evaluation.reversed_by(line, points),
    )


def _sheet(line: PointsLine, held: HeldMonths) -> str:
    """The sheet it stands on until that is sealed, else the earliest open one."""
    own = held.by_id.get(line.month_id)
    if own is not None and own.state is not MonthState.SEALED:
        return own.month
    return held.open_from(line.belongs_month).month
