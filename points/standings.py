"""Where holders stand 得分与等级: the score over its period, and the tier a sealed month gave.

Tiers read sealed sheets only: nobody loses a right by a line nobody has reviewed. They are
written when a month is sealed, and stay until the next one is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.points_value import ZERO
from points import base_in_force, evaluated_together, evaluation, holders, rulebooks
from points.grants.due import last_day
from points.models import (
    AccountingMonth,
    AccountKind,
    CounterMonth,
    HolderKind,
    MonthlyScore,
    MonthState,
    PointsAccount,
)
from points.rulebooks import RulebookInForce
from points.rules.compiled import ScoreOver, TierEffect
from points.rules.facts import LineWorth
from points.rules.header import BALANCE, SCORE, SCORE_PER_HEAD
from points.rules.score_reading import months_of, score_on, score_per_head
from points.rules.suspending import VetoSpan
from points.rules.tiers import MeasureOver, measures_needed, tier_of

#: Holders whose measures are read at once.
BATCH = 500


@dataclass(kw_only=True)
class _Read:
    """What was read about one account: months in words of ``2026-11``."""

    scores: dict[str, Decimal] = field(default_factory=dict)
    counters: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    lines: list[LineWorth] = field(default_factory=list)
    vetoes: tuple[VetoSpan, ...] = ()
    base: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class _Page:
    community_id: uuid.UUID
    book: RulebookInForce
    month: str
    accounts: Sequence[Any]
    read: Mapping[uuid.UUID, _Read]
    heads: Mapping[uuid.UUID, int]

    @property
    def on(self) -> dt.date:
        return last_day(self.month)


def seal_tiers(*, community_id: uuid.UUID, month: str) -> int:
    """Write the tier of every holder as ``month`` is sealed; returns how many have one.

    A constant number of statements for each BATCH holders. Called in the unit of work that seals.
    """
    given = 0
    for book in rulebooks.all_in_force(community_id, last_day(month)):
        if not book.compiled.tiers:
            continue
        after: uuid.UUID | None = None
        while accounts := _accounts(community_id, book.rulebook_id, after):
            given += _write(_page(community_id, book, month, accounts))
            after = accounts[-1].id
    return given


def _accounts(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, after: uuid.UUID | None
) -> Sequence[Any]:
    statement = tenancy.columns(
        PointsAccount, community_id, PointsAccount.id, PointsAccount.holder_id,
        PointsAccount.balance,
    ).where(
        PointsAccount.kind == AccountKind.HOLDER, PointsAccount.rulebook_id == rulebook_id
    )  # fmt: skip
    if after is not None:
        statement = statement.where(PointsAccount.id > after)
    return db.session.execute(statement.order_by(PointsAccount.id).limit(BATCH)).all()


def _page(
    community_id: uuid.UUID, book: RulebookInForce, month: str, accounts: Sequence[Any]
) -> _Page:
    ids = [row.id for row in accounts]
    needed = measures_needed(book.compiled)
    read: dict[uuid.UUID, _Read] = defaultdict(_Read)
    _read_scores(community_id, ids, month, read)
    if any(each.measure not in (SCORE, SCORE_PER_HEAD, BALANCE) for each in needed):
        _read_counters(community_id, ids, month, read)
    reads_lines = any(each.over is ScoreOver.VALID for each in needed)
    if reads_lines or any(item.veto for item in book.compiled.items):
        _read_lines(community_id, book, ids, month, read)
    if reads_lines:
        for account_id, points in base_in_force.of(community_id, book, ids, last_day(month)):
            read[account_id].base += points
    heads = {}
    if book.compiled.holder == HolderKind.HOUSEHOLD:
        heads = holders.heads(
            community_id, book.compiled.excluded_tags, last_day(month),
            [row.holder_id for row in accounts],
        )  # fmt: skip
    return _Page(
        community_id=community_id, book=book, month=month, accounts=accounts, read=read,
        heads=heads,
    )  # fmt: skip


def _read_scores(
    community_id: uuid.UUID, ids: Sequence[uuid.UUID], month: str, read: dict[uuid.UUID, _Read]
) -> None:
    """Sheets that are sealed, and the one that is being sealed."""
    rows = db.session.execute(
        tenancy.columns(
            MonthlyScore, community_id, MonthlyScore.account_id, MonthlyScore.month,
            MonthlyScore.base, MonthlyScore.bonus, MonthlyScore.deduction,
        )
        .join(
            AccountingMonth,
            sa.and_(
                AccountingMonth.community_id == MonthlyScore.community_id,
                AccountingMonth.month == MonthlyScore.month,
            ),
        )
        .where(
            MonthlyScore.account_id.in_(ids),
            MonthlyScore.month <= month,
            sa.or_(
                AccountingMonth.state == MonthState.SEALED, AccountingMonth.month == month
            ),
        )
    )  # fmt: skip
    for row in rows:
        read[row.account_id].scores[row.month] = row.base + row.bonus - row.deduction


def _read_counters(
    community_id: uuid.UUID, ids: Sequence[uuid.UUID], month: str, read: dict[uuid.UUID, _Read]
) -> None:
    rows = db.session.execute(
        tenancy.columns(
            CounterMonth, community_id, CounterMonth.account_id, CounterMonth.counter,
            CounterMonth.month, CounterMonth.quantity,
        ).where(CounterMonth.account_id.in_(ids), CounterMonth.month <= month)
    )  # fmt: skip
    for row in rows:
        read[row.account_id].counters[row.counter][row.month] = row.quantity


def _read_lines(
    community_id: uuid.UUID,
    book: RulebookInForce,
    ids: Sequence[uuid.UUID],
    month: str,
    read: dict[uuid.UUID, _Read],
) -> None:
    """What is read from facts: records still valid, and vetoes in force.

    Limits may stretch over a household: its other accounts are evaluated with those of the page.
    """
    versions = [each.compiled for each in rulebooks.versions_of(community_id, book.rulebook_id)]
    together = evaluated_together.tied_to(community_id, book.rulebook_id, ids, (), versions)
    facts = evaluation.facts_of(community_id, together)
    owners = {fact.fact_id: fact.holder for fact in facts}
    found = evaluation.dry(versions, facts, last_day(month))
    page = set(ids)
    for line in found.lines:
        if owners[line.fact_id] in page and line.belongs_month <= month:
            read[owners[line.fact_id]].lines.append(line)
    for account_id in page & found.vetoes.keys():
        read[account_id].vetoes = found.vetoes[account_id]


def _write(page: _Page) -> int:
    tags = holders.tags_of(
        page.community_id, page.book.compiled.holder,
        [row.holder_id for row in page.accounts], page.on,
    )  # fmt: skip
    tiers: dict[uuid.UUID, str] = {}
    barred: list[uuid.UUID] = []
    for row in page.accounts:
        tier = tier_of(
            page.book.compiled,
            _measures(page, row),
            tags=tags.get(row.holder_id, frozenset()),
            vetoes=page.read[row.id].vetoes,
            on=page.on,
        )
        if tier is None:
            continue
        tiers[row.id] = tier.name
        if TierEffect.BAR_REDEMPTION in tier.effects:
            barred.append(row.id)
    _store(page, tiers, barred)
    return len(tiers)


def _measures(page: _Page, row: Any) -> dict[MeasureOver, Decimal | Fraction]:
    compiled, read = page.book.compiled, page.read[row.id]
    found: dict[MeasureOver, Decimal | Fraction] = {}
    for needed in measures_needed(compiled):
        if needed.measure == BALANCE or needed.over is None:
            found[needed] = row.balance
            continue
        if needed.measure in (SCORE, SCORE_PER_HEAD):
            score = score_on(
                compiled, page.on, sheets=read.scores, lines=read.lines, base=read.base,
                over=needed.over,
            )  # fmt: skip
            is_per_head = needed.measure == SCORE_PER_HEAD
            heads = page.heads.get(row.holder_id, 1)
            found[needed] = score_per_head(score, heads) if is_per_head else score
            continue
        period = needed.over.period
        months = read.counters.get(needed.measure, {})
        if period is not None:
            months = months_of(compiled, months, page.on, period)
        found[needed] = sum(months.values(), ZERO)
    return found


def _store(page: _Page, tiers: Mapping[uuid.UUID, str], barred: Sequence[uuid.UUID]) -> None:
    """The tier on the month's row, made where the holder has none; who is barred on the account."""
    is_member = page.book.compiled.holder == HolderKind.MEMBER
    ids = [row.id for row in page.accounts]
    rows = [
        {
            "community_id": page.community_id, "id": new_id(), "account_id": row.id,
            "member_id": row.holder_id if is_member else None, "month": page.month,
            "base": ZERO, "bonus": ZERO, "deduction": ZERO, "tier": tiers[row.id],
        }
        for row in page.accounts
        if row.id in tiers
    ]  # fmt: skip
    if rows:
        statement = upsert(MonthlyScore).values(rows)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["community_id", "account_id", "month"],
                set_={"tier": statement.excluded.tier},
            ).execution_options(synchronize_session=False)
        )
    db.session.execute(
        tenancy.update(PointsAccount, page.community_id)
        .where(PointsAccount.id.in_(ids))
        .values(is_barred_by_tier=PointsAccount.id.in_(barred))
        .execution_options(synchronize_session=False)
    )
