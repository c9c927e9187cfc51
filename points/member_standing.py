"""Where one member stands: score over the rulebook's period, tier, counters, what is suspended."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.points_value import ZERO
from points import history, rulebooks
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
from points.rules.periods import Period
from points.rules.score_reading import clamped, months_of


@dataclass(frozen=True, kw_only=True)
class CounterStanding:
    """What was gathered in one counter: this month, this year of the rulebook, in all."""

    code: str
    name: str
    unit: str
    month: Decimal
    year: Decimal
    ever: Decimal


@dataclass(frozen=True, kw_only=True)
class MemberStanding:
    """``score`` is over ``over`` up to today, open months included, between floor and ceiling.

    Over ``valid`` it is None: what counts then is read when a month is sealed. ``tier`` is the one
    that the last sealed month gave, with its effects.
    """

    member_id: uuid.UUID
    over: str
    score: Decimal | None
    tier: str | None
    tier_month: str | None
    tier_effects: tuple[str, ...]
    is_redemption_barred: bool
    barred_before: dt.date | None
    counters: tuple[CounterStanding, ...]


def standing(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID
) -> MemberStanding:
    """The member's standing today; five statements. Raises RulebookMissing, NotFound."""
    history.require_reader(actor, community_id, member_id)
    today = clock.business_date(now)
    book = rulebooks.in_force(community_id, today)
    account = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.is_barred_by_tier,
            PointsAccount.barred_before,
        ).where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.rulebook_id == book.rulebook_id,
            PointsAccount.holder_kind == HolderKind.MEMBER,
            PointsAccount.holder_id == member_id,
        )
    ).one_or_none()  # fmt: skip
    scores, tiers = _months(community_id, account.id) if account else ({}, {})
    tier_month = max(tiers, default=None)
    tier = tiers.get(tier_month) if tier_month else None
    barred_before = account.barred_before if account else None
    is_vetoed = barred_before is not None and today < barred_before
    return MemberStanding(
        member_id=member_id,
        over=book.compiled.score.over,
        score=_score(book, scores, today),
        tier=tier,
        tier_month=tier_month if tier else None,
        tier_effects=_effects(book, tier),
        is_redemption_barred=is_vetoed or bool(account and account.is_barred_by_tier),
        barred_before=barred_before if is_vetoed else None,
        counters=_counters(community_id, book, account.id if account else None, today),
    )


def _months(
    community_id: uuid.UUID, account_id: uuid.UUID
) -> tuple[dict[str, Decimal], dict[str, str | None]]:
    """Score of every month, and the tier of every sealed one."""
    rows = db.session.execute(
        tenancy.columns(
            MonthlyScore, community_id, MonthlyScore.month, MonthlyScore.base, MonthlyScore.bonus,
            MonthlyScore.deduction, MonthlyScore.tier,
        ).where(MonthlyScore.account_id == account_id)
    ).all()  # fmt: skip
    sealed = set(
        db.session.scalars(
            tenancy.columns(AccountingMonth, community_id, AccountingMonth.month).where(
                AccountingMonth.state == MonthState.SEALED
            )
        )
    )
    scores = {row.month: row.base + row.bonus - row.deduction for row in rows}
    return scores, {row.month: row.tier for row in rows if row.month in sealed}


def _score(book: RulebookInForce, scores: dict[str, Decimal], today: dt.date) -> Decimal | None:
    period = book.compiled.score.over.period
    if period is None:
        return None
    within = months_of(book.compiled, scores, today, period)
    return clamped(book.compiled, sum(within.values(), ZERO))


def _effects(book: RulebookInForce, tier: str | None) -> tuple[str, ...]:
    found = next((each for each in book.compiled.tiers if each.name == tier), None)
    return tuple(sorted(found.effects)) if found else ()


def _counters(
    community_id: uuid.UUID, book: RulebookInForce, account_id: uuid.UUID | None, today: dt.date
) -> tuple[CounterStanding, ...]:
    if not book.compiled.counters:
        return ()
    gathered: dict[str, dict[str, Decimal]] = {each.code: {} for each in book.compiled.counters}
    if account_id is not None:
        for row in db.session.execute(
            tenancy.columns(
                CounterMonth, community_id, CounterMonth.counter, CounterMonth.month,
                CounterMonth.quantity,
            ).where(CounterMonth.account_id == account_id)
        ):  # fmt: skip
            gathered.setdefault(row.counter, {})[row.month] = row.quantity
    return tuple(
        CounterStanding(
            code=each.code,
            name=each.name,
            unit=each.unit,
            **{
                period.value: sum(
                    months_of(book.compiled, gathered[each.code], today, period).values(), ZERO
                )
                for period in (Period.MONTH, Period.YEAR, Period.EVER)
            },
        )
        for each in book.compiled.counters
    )
