"""After every act: what the lines of a holder are worth now, and the difference posted.

The fast path posts one new bonus that fits whole into all its limits without reading any other
fact. Everything else locks the holder's account and evaluates all facts of the holder
(rulebook-format.md sections 5 and 6).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kernel import clock
from kernel.database import db
from kernel.points_value import ZERO
from points import balances, entries, evaluation, limits, rulebooks
from points.balances import Moved
from points.entries import By, Holder, NewEntry
from points.models import EntryCause, LineKind, MonthState, PointsLine
from points.months import HeldMonths
from points.rules import compiled as rules
from points.rules.facts import Fact as RuleFact
from points.rules.facts import LineWorth
from points.rules.fast import FastPath, fast_path, total_needed


@dataclass(frozen=True, kw_only=True)
class Act:
    """The act that made posting necessary."""

    by: By
    cause: EntryCause
    #: The line acted on; what other lines gain or lose by it is a rearrangement.
    line_id: uuid.UUID
    months: HeldMonths
    #: The closed month whose own review or objection acts, if any.
    reviewed_month_id: uuid.UUID | None = None


class _DoesNotFit(Exception):
    """Undoes the savepoint: the fast path does not apply after all."""


def after_approval(
    holder: Holder, fact: RuleFact, line: PointsLine, version: rules.Rulebook, act: Act
) -> None:
    """Post a fact that has just come to stand: fast where that is exact, else in full."""
    if not _posted_fast(holder, fact, line, version, act):
        evaluate(holder, act)


def evaluate(holder: Holder, act: Act) -> None:
    """Evaluate all facts of the holder and post every difference; gains come first."""
    balances.lock(community_id=holder.community_id, account_id=holder.account_id)
    versions = rulebooks.versions_of(holder.community_id, holder.rulebook_id)
    found = evaluation.of_holder(
        community_id=holder.community_id,
        account_id=holder.account_id,
        versions=[version.compiled for version in versions],
        as_of=clock.business_date(act.by.now),
    )
    lines = evaluation.lines(holder.community_id, holder.account_id)
    changes = [
        (lines[worth.fact_id, worth.slice], worth)
        for worth in found.lines
        if (worth.fact_id, worth.slice) in lines
    ]
    for line, worth in sorted(changes, key=lambda change: change[0].posted - change[1].signed):
        _settle(holder, line, worth, act)
    db.session.flush()
    limits.rewrite(holder.community_id, holder.account_id, found.limits)
    limits.rewrite_totals(holder.community_id, holder.account_id, found.totals)


def _settle(holder: Holder, line: PointsLine, worth: LineWorth, act: Act) -> None:
    line.entitled = worth.signed
    line.reason = worth.reason
    difference = worth.signed - line.posted
    if not difference:
        return
    new = NewEntry(
        line_id=line.id,
        kind=LineKind(line.kind),
        points=difference,
        month=_sheet(line, act),
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        cause=act.cause if line.id == act.line_id else EntryCause.REARRANGED,
        occurred_on=line.occurred_on,
        reverses_id=evaluation.reversed_by(line, difference),
    )
    entries.post(holder, new, act.by)
    line.posted = worth.signed


def _sheet(line: PointsLine, act: Act) -> str:
    """The line's month while it is open or under its own review, else the earliest open one."""
    held = act.months.by_id.get(line.month_id)
    reviewed = act.reviewed_month_id == line.month_id
    # A sealed sheet never moves, not even for an objection of its own month.
    takes = {MonthState.OPEN} if not reviewed else set(MonthState) - {MonthState.SEALED}
    if held is not None and held.state in takes:
        return held.month
    return act.months.open_from(line.belongs_month).month


def _posted_fast(
    holder: Holder, fact: RuleFact, line: PointsLine, version: rules.Rulebook, act: Act
) -> bool:
    key = total_needed(version, fact)
    so_far = None
    if key is not None:
        # The account comes before the running total in the order of locks.
        balances.lock(community_id=holder.community_id, account_id=holder.account_id)
        so_far = limits.total(holder.community_id, key)
    plan = fast_path(version, fact, so_far)
    if plan is None:
        return False
    try:
        with db.session.begin_nested():
            _take(holder, line, plan, act)
    except _DoesNotFit:
        return False
    return True


def _take(holder: Holder, line: PointsLine, plan: FastPath, act: Act) -> None:
    points = plan.line.signed
    moved = points if line.counts_in_balance else ZERO
    ids = {"community_id": holder.community_id, "account_id": holder.account_id}
    if not balances.award(**ids, points=moved):
        raise _DoesNotFit
    if not all(limits.claim(holder.community_id, claim) for claim in plan.claims):
        raise _DoesNotFit
    if plan.total_key is not None and plan.total is not None:
        limits.store_total(holder.community_id, plan.total_key, plan.total)
    line.entitled = line.posted = points
    line.reason = plan.line.reason
    if not points:
        return
    new = NewEntry(
        line_id=line.id,
        kind=LineKind(line.kind),
        points=points,
        month=_sheet(line, act),
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        cause=act.cause,
        occurred_on=line.occurred_on,
    )
    entries.write(holder, new, act.by, Moved(moved=moved, debt_change=ZERO))
