"""Evaluating every holder again, against the lines, limits and running totals that are stored."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import groupby

from kernel import tenancy
from kernel.database import db
from points import evaluation, rulebooks
from points.models import Accumulation, Fact, LimitUsage, PointsAccount, PointsLine
from points.rules import compiled as rules
from points.rules.evaluate import Evaluation
from points.rules.evaluate import evaluation as evaluate

#: what, row, detail, stored, found
Difference = tuple[str, uuid.UUID, str, str, str]


def differences(community_id: uuid.UUID) -> Iterator[Difference]:
    """Where stored lines, limit usage or running totals are not what the facts are worth."""
    versions = _versions(community_id)
    facts = db.session.execute(
        tenancy.columns(Fact, community_id, *evaluation.FACT_COLUMNS).order_by(Fact.account_id)
    )
    usage: dict[tuple[str, uuid.UUID, str], int] = {}
    totals: dict[tuple[uuid.UUID, str, str], str] = {}
    for account_id, rows in groupby(facts, key=lambda row: row.account_id):
        # No construct taken in so far unfolds with time: the day of evaluation does not matter.
        found = evaluate(
            versions[account_id], [evaluation.rule_fact(row) for row in rows], dt.date.max
        )
        yield from _lines(community_id, account_id, found)
        for key, used in found.limits.items():
            usage[key.limit_code, key.whose, key.cell] = used.measure.stored(used.used)
        totals.update(
            {
                (key.holder, key.item, key.cell): f"{total.quantity:.2f}/{total.granted:.1f}"
                for key, total in found.totals.items()
            }
        )
    yield from _usage(community_id, usage)
    yield from _totals(community_id, totals)


def _versions(community_id: uuid.UUID) -> dict[uuid.UUID, list[rules.Rulebook]]:
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.rulebook_id
        ).where(PointsAccount.rulebook_id.is_not(None))
    ).all()
    by_rulebook = {
        rulebook_id: [
            version.compiled for version in rulebooks.versions_of(community_id, rulebook_id)
        ]
        for rulebook_id in {row.rulebook_id for row in rows}
    }
    return {row.id: by_rulebook[row.rulebook_id] for row in rows}


def _lines(
    community_id: uuid.UUID, account_id: uuid.UUID, found: Evaluation
) -> Iterator[Difference]:
    stored = {
        (row.fact_id, row.slice): row
        for row in db.session.execute(
            tenancy.columns(
                PointsLine,
                community_id,
                PointsLine.id,
                PointsLine.fact_id,
                PointsLine.slice,
                PointsLine.entitled,
            ).where(PointsLine.account_id == account_id, PointsLine.fact_id.is_not(None))
        )
    }
    for worth in found.lines:
        line = stored.pop((worth.fact_id, worth.slice), None)
        if line is None:
            yield ("line_missing", worth.fact_id, f"slice {worth.slice}", "-", str(worth.signed))
        elif line.entitled != worth.signed:
            yield ("worth", line.id, "", str(line.entitled), str(worth.signed))
    for line in stored.values():
        yield ("line_without_worth", line.id, "", str(line.entitled), "-")


def _usage(
    community_id: uuid.UUID, found: dict[tuple[str, uuid.UUID, str], int]
) -> Iterator[Difference]:
    for row in db.session.scalars(tenancy.select(LimitUsage, community_id)):
        used = found.pop((row.limit_code, row.whose, row.cell), 0)
        if used != row.used:
            detail = f"{row.limit_code} {row.cell}"
            yield ("limit_usage", row.whose, detail, str(row.used), str(used))
    for (code, whose, cell), used in found.items():
        yield ("limit_usage", whose, f"{code} {cell}", "-", str(used))


def _totals(
    community_id: uuid.UUID, found: dict[tuple[uuid.UUID, str, str], str]
) -> Iterator[Difference]:
    nothing = "0.00/0.0"
    for row in db.session.scalars(tenancy.select(Accumulation, community_id)):
        stored = f"{row.quantity:.2f}/{row.granted:.1f}"
        added = found.pop((row.account_id, row.item_code, row.cell), nothing)
        if stored != added:
            yield ("accumulation", row.account_id, f"{row.item_code} {row.cell}", stored, added)
    for (account_id, item_code, cell), added in found.items():
        if added != nothing:
            yield ("accumulation", account_id, f"{item_code} {cell}", "-", added)
