"""After every act: what the lines of a holder are worth now, and the difference posted.

The fast path posts one new bonus that fits whole into all its limits without reading any other
fact. Everything else locks the holder's account (its household's, where a limit stretches over a
household) and evaluates all facts (rulebook-format.md sections 5 and 6).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel import clock
from kernel.database import db
from kernel.points_value import ZERO
from points import (
    balances,
    crediting,
    entries,
    evaluated_together,
    evaluation,
    limits,
    line_slices,
    rulebooks,
)
from points.balances import Moved
from points.entries import By, Holder, NewEntry
from points.line_slices import LineKey
from points.models import EntryCause, LineKind, MonthState, PointsLine
from points.months import HeldMonths
from points.rules import compiled as rules
from points.rules import expiry
from points.rules.evaluate import Evaluation
from points.rules.facts import Fact as RuleFact
from points.rules.facts import LineWorth
from points.rules.fast import FastPath, fast_path, total_needed


@dataclass(frozen=True, kw_only=True)
class Act:
    """The act that made posting necessary."""

    by: By
    cause: EntryCause
    #: The facts acted on; what other lines gain or lose by it is a rearrangement.
    fact_ids: frozenset[uuid.UUID]
    months: HeldMonths
    #: The closed month whose own review or objection acts, if any.
    reviewed_month_id: uuid.UUID | None = None


class _DoesNotFit(Exception):
    """Undoes the savepoint: the fast path does not apply after all."""


def after_approval(
    holder: Holder, fact: RuleFact, line: PointsLine, version: rules.Rulebook, act: Act
) -> None:
    """Post a fact that has just come to stand: fast where that is exact, else in full."""
    if take_fast(holder, fact, line, version):
        write_fast(holder, line, version, act)
    else:
        evaluate([holder], act)


def take_fast(holder: Holder, fact: RuleFact, line: PointsLine, version: rules.Rulebook) -> bool:
    """Take balance and room for the fact where that is exact, and set what the line is worth.

    False, and nothing is changed, where the holder has to be evaluated.
    """
    stretches = evaluated_together.stretches_over_household(version, fact.item)
    if not stretches and total_needed(version, fact) is None:
        # Where nothing is read first, what cannot be fast costs no statement.
        plan = fast_path(version, fact)
        if plan is None:
            return False
        if not plan.claims and not plan.counters:
            return _take_award(holder, line, plan, version)
    try:
        with db.session.begin_nested():
            _take(holder, fact, line, version)
    except _DoesNotFit:
        line.entitled = line.posted = ZERO
        return False
    return True


def write_fast(holder: Holder, line: PointsLine, version: rules.Rulebook, act: Act) -> None:
    """Write the entry of a line that :func:`take_fast` has taken room for."""
    if not line.posted:
        return
    new = _entry(line, act, act.cause, line.posted, versions=[version])
    moved = line.posted if line.counts_in_balance and not new.reach.awaits_seal else ZERO
    entries.write(holder, new, act.by, Moved(moved=moved, debt_change=ZERO))


def _take(holder: Holder, fact: RuleFact, line: PointsLine, version: rules.Rulebook) -> None:
    """In the order of locks: household, account, rows of limits. Raises _DoesNotFit."""
    community_id = holder.community_id
    if fact.household and evaluated_together.stretches_over_household(version, fact.item):
        evaluated_together.hold_household(community_id, fact.household)
    so_far = None
    key = total_needed(version, fact)
    if key is not None:
        # The account comes before the running total in the order of locks.
        balances.lock(community_id=community_id, account_id=holder.account_id)
        so_far = limits.total(community_id, key)
    plan = fast_path(version, fact, so_far)
    if plan is None or not _take_award(holder, line, plan, version):
        raise _DoesNotFit
    for claim in plan.claims:
        if not limits.claim(community_id, holder.rulebook_id, claim):
            raise _DoesNotFit
    if plan.total_key is not None and plan.total is not None:
        limits.store_total(community_id, plan.total_key, plan.total)
    for counter, quantity in plan.counters.items():
        limits.count(community_id, counter, quantity)


def _take_award(holder: Holder, line: PointsLine, plan: FastPath, version: rules.Rulebook) -> bool:
    """False where a debt or a veto makes a full evaluation necessary."""
    points = plan.line.signed
    reach = expiry.reach(version, line.occurred_on)
    moved = points if line.counts_in_balance and not reach.awaits_seal else ZERO
    ids = {"community_id": holder.community_id, "account_id": holder.account_id}
    if not crediting.award(**ids, points=moved, expires_on=reach.expires_on if moved else None):
        return False
    line.entitled = line.posted = points
    line.reason = plan.line.reason
    return True


def evaluate(holders: Sequence[Holder], act: Act) -> Decimal:
    """Evaluate all facts of the holders, and of all they share limits with; post differences.

    Returns what was posted in total, over all of them.
    """
    community_id, rulebook_id = holders[0].community_id, holders[0].rulebook_id
    versions = [each.compiled for each in rulebooks.versions_of(community_id, rulebook_id)]
    locked = evaluated_together.lock(
        community_id, rulebook_id, [holder.account_id for holder in holders], versions
    )
    account_ids = [account.id for account in locked]
    facts = evaluation.facts_of(community_id, account_ids)
    newest = max((held.month for held in act.months.by_id.values()), default="")
    as_of = evaluation.as_of(clock.business_date(act.by.now), newest)
    found = evaluation.dry(versions, facts, as_of)
    lines = evaluation.lines(community_id, account_ids)
    fresh = line_slices.unfold(lines, found.lines, act.months)
    worths = line_slices.worths(lines, found.lines)
    total = ZERO
    for account in locked:
        total += _post_differences(
            evaluated_together.holder_of(account),
            lines,
            worths,
            fresh,
            act,
            versions=versions,
        )
    db.session.flush()
    whose = {*account_ids, *(fact.household for fact in facts if fact.household)}
    _store(community_id, rulebook_id, found, account_ids, whose)
    evaluated_together.note_evaluated(community_id, locked, found)
    return total


def _store(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    found: Evaluation,
    account_ids: Sequence[uuid.UUID],
    whose: set[uuid.UUID],
) -> None:
    """Write back what the evaluation used of limits, running totals and counters."""
    limits.rewrite(community_id, rulebook_id, whose, found.limits)
    limits.rewrite_totals(community_id, account_ids, found.totals)
    limits.rewrite_counters(community_id, account_ids, found.counters)


def _post_differences(
    holder: Holder,
    lines: Mapping[LineKey, PointsLine],
    worths: Mapping[LineKey, LineWorth | None],
    fresh: frozenset[LineKey],
    act: Act,
    *,
    versions: Sequence[rules.Rulebook],
) -> Decimal:
    """Post every difference of one account, and add them up.

    Gains come first, so that no debt comes and goes.
    """
    own = [key for key, line in lines.items() if line.account_id == holder.account_id]
    own.sort(key=lambda key: (lines[key].posted - _signed(worths[key]), key))
    news = []
    for key in own:
        line, worth = lines[key], worths[key]
        line.entitled = _signed(worth)
        line.reason = worth.reason if worth else line_slices.TAKEN_BACK
        difference = line.entitled - line.posted
        if difference:
            cause = _cause(key, act, is_fresh=key in fresh)
            reverses_id = evaluation.reversed_by(line, difference)
            news.append(
                _entry(line, act, cause, difference, versions=versions, reverses_id=reverses_id)
            )
            line.posted = line.entitled
    entries.post_together(holder, news, act.by)
    return sum((new.points for new in news), ZERO)


def _signed(worth: LineWorth | None) -> Decimal:
    return worth.signed if worth else ZERO


def _cause(key: LineKey, act: Act, *, is_fresh: bool) -> EntryCause:
    if key[0] in act.fact_ids:
        return act.cause
    return EntryCause.MONTH_BEGUN if is_fresh and key[1] else EntryCause.REARRANGED


def _entry(
    line: PointsLine,
    act: Act,
    cause: EntryCause,
    points: Decimal,
    *,
    versions: Sequence[rules.Rulebook],
    reverses_id: uuid.UUID | None = None,
) -> NewEntry:
    return NewEntry(
        line_id=line.id,
        kind=LineKind(line.kind),
        points=points,
        month=_sheet(line, act),
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=expiry.reach_of(versions, line.occurred_on),
        cause=cause,
        occurred_on=line.occurred_on,
        reverses_id=reverses_id,
    )


def _sheet(line: PointsLine, act: Act) -> str:
    """The line's month while it is open or under its own review, else the earliest open one."""
    held = act.months.by_id.get(line.month_id)
    reviewed = act.reviewed_month_id == line.month_id
    # A sealed sheet never moves, not even for an objection of its own month.
    takes = {MonthState.OPEN} if not reviewed else set(MonthState) - {MonthState.SEALED}
    if held is not None and held.state in takes:
        return held.month
    return act.months.open_from(line.belongs_month).month
