"""Evaluating every holder again, against the lines, limits and running totals that are stored."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from points import evaluation, ledger_totals, rulebooks
from points.evaluation import LineKey
from points.ledger_totals import Difference, Totals
from points.models import AccountingMonth, Fact, PointsAccount, PointsLine
from points.rules import compiled as rules
from points.rules.evaluate import Evaluation
from points.rules.facts import Fact as RuleFact
from points.rules.versions import needs_household

#: What the check reads of each line.
_Lines = dict[LineKey, sa.Row[Any]]
#: account → vetoes that could suspend something, and the day before which redemption is barred
_Vetoes = dict[uuid.UUID, tuple[int, dt.date | None]]


def differences(community_id: uuid.UUID, today: dt.date) -> Iterator[Difference]:
    """Where stored lines, limits, totals, counters or vetoes are not what the facts are worth."""
    totals = Totals()
    as_of = evaluation.as_of(today, _newest_month(community_id, today))
    for rulebook_id in _rulebooks(community_id):
        versions = [each.compiled for each in rulebooks.versions_of(community_id, rulebook_id)]
        lines = _lines(community_id, rulebook_id)
        vetoes = _vetoes(community_id, rulebook_id)
        for facts in _groups(_facts(community_id, rulebook_id), versions):
            found = _evaluated(facts, versions, as_of, lines)
            totals.add(rulebook_id, found)
            yield from _line_differences(found, lines)
            yield from _veto_differences(found, facts, vetoes)
        for line in lines.values():
            # A slice that a correction took back stays on record, worth nothing.
            if line.slice == 0 or line.entitled:
                yield ("line_without_worth", line.id, "", str(line.entitled), "-")
    yield from ledger_totals.differences(community_id, totals)


def _newest_month(community_id: uuid.UUID, today: dt.date) -> str:
    newest: str | None = db.session.execute(
        tenancy.columns(AccountingMonth, community_id, sa.func.max(AccountingMonth.month))
    ).scalar_one()
    return newest or clock.month_of(today)


def _rulebooks(community_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            tenancy.columns(PointsAccount, community_id, PointsAccount.rulebook_id)
            .where(PointsAccount.rulebook_id.is_not(None))
            .distinct()
            .order_by(PointsAccount.rulebook_id)
        )
    )


def _of_rulebook(table: Any, rulebook_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Joins a row of an account to it, and asks for the rulebook's accounts."""
    return sa.and_(
        PointsAccount.community_id == table.community_id,
        PointsAccount.id == table.account_id,
        PointsAccount.rulebook_id == rulebook_id,
    )


def _facts(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> list[RuleFact]:
    rows = db.session.execute(
        tenancy.columns(Fact, community_id, *evaluation.FACT_COLUMNS)
        .join(PointsAccount, _of_rulebook(Fact, rulebook_id))
        .order_by(Fact.account_id)
    )
    return [evaluation.rule_fact(row) for row in rows]


def _lines(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> _Lines:
    rows = db.session.execute(
        tenancy.columns(
            PointsLine,
            community_id,
            PointsLine.id,
            PointsLine.fact_id,
            PointsLine.slice,
            PointsLine.entitled,
        )
        .join(PointsAccount, _of_rulebook(PointsLine, rulebook_id))
        .where(PointsLine.fact_id.is_not(None))
    )
    return {(row.fact_id, row.slice): row for row in rows}


def _vetoes(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> _Vetoes:
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.open_vetoes,
            PointsAccount.barred_before,
        ).where(PointsAccount.rulebook_id == rulebook_id)
    )  # fmt: skip
    return {row.id: (row.open_vetoes, row.barred_before) for row in rows}


def _groups(
    facts: Sequence[RuleFact], versions: Sequence[rules.Rulebook]
) -> Iterator[list[RuleFact]]:
    """Facts that are evaluated together: a holder's, or all that households tie together."""
    tie: dict[uuid.UUID, uuid.UUID] = {}

    def root(of: uuid.UUID) -> uuid.UUID:
        while tie.setdefault(of, of) != of:
            of = tie[of]
        return of

    if needs_household(versions):
        for fact in facts:
            if fact.household is not None:
                tie[root(fact.holder)] = root(fact.household)
    groups: dict[uuid.UUID, list[RuleFact]] = {}
    for fact in facts:
        groups.setdefault(root(fact.holder), []).append(fact)
    yield from groups.values()


def _evaluated(
    facts: Sequence[RuleFact],
    versions: Sequence[rules.Rulebook],
    as_of: dt.date,
    lines: _Lines,
) -> Evaluation:
    found = evaluation.dry(versions, facts, as_of)
    if any(worth.slice and (worth.fact_id, worth.slice) not in lines for worth in found.lines):
        # Charged as this month begins, and nobody has acted or begun the month for them yet.
        return evaluation.dry(versions, facts, as_of.replace(day=1) - dt.timedelta(days=1))
    return found


def _line_differences(found: Evaluation, lines: _Lines) -> Iterator[Difference]:
    for worth in found.lines:
        line = lines.pop((worth.fact_id, worth.slice), None)
        if line is None:
            yield ("line_missing", worth.fact_id, f"slice {worth.slice}", "-", str(worth.signed))
        elif line.entitled != worth.signed:
            yield ("worth", line.id, "", str(line.entitled), str(worth.signed))


def _veto_differences(
    found: Evaluation, facts: Sequence[RuleFact], stored: _Vetoes
) -> Iterator[Difference]:
    for account_id in sorted({fact.holder for fact in facts}):
        noted, barred = stored.get(account_id, (0, None))
        now, bars = found.open_vetoes(account_id), found.barred_before(account_id)
        if noted != now:
            yield ("open_vetoes", account_id, "", str(noted), str(now))
        if barred != bars:
            yield ("barred_before", account_id, "", str(barred or "-"), str(bars or "-"))
