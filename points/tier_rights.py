"""What the tier of a holder opens: read from sealed sheets only, like the tier itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from community import members
from community.models import Membership
from kernel import tenancy
from kernel.database import db
from points import rulebooks
from points.errors import RulebookMissing
from points.models import (
    AccountingMonth,
    AccountKind,
    HolderKind,
    MonthlyScore,
    MonthState,
    PointsAccount,
)
from points.rules.compiled import TierEffect

#: What an offer's audience calls everybody whose tier opens special offers.
OFFER_ACCESS = TierEffect.OFFER_ACCESS.value
#: Before the name of one tier.
TIER = "tier:"
_ITS_MONTH = sa.and_(
    AccountingMonth.community_id == MonthlyScore.community_id,
    AccountingMonth.month == MonthlyScore.month,
)


def words(account: PointsAccount, on: dt.date) -> frozenset[str]:
    """What the holder counts as by tier: ``tier:<name>``, and ``offer_access`` where it opens
    special offers; nothing without a tier. Two statements.

    The tier is the one that the last sealed month gave (points/standings.py), its effects those of
    the rulebook in force on the day, as the member's own page says.
    """
    name = db.session.scalar(
        tenancy.columns(MonthlyScore, account.community_id, MonthlyScore.tier)
        .join(AccountingMonth, _ITS_MONTH)
        .where(MonthlyScore.account_id == account.id, AccountingMonth.state == MonthState.SEALED)
        .order_by(MonthlyScore.month.desc())
        .limit(1)
    )
    if name is None:
        return frozenset()
    effects = _effects(account, name, on)
    opens = {OFFER_ACCESS} if TierEffect.OFFER_ACCESS in effects else set()
    return frozenset({f"{TIER}{name}", *opens})


def _effects(account: PointsAccount, name: str, on: dt.date) -> frozenset[TierEffect]:
    try:
        book = rulebooks.in_force(account.community_id, on, account.holder_kind)
    except RulebookMissing:
        return frozenset()
    found = next((tier for tier in book.compiled.tiers if tier.name == name), None)
    return found.effects if found else frozenset()


def with_priority(
    community_id: uuid.UUID, holders: Collection[tuple[HolderKind, uuid.UUID]], on: dt.date
) -> frozenset[uuid.UUID]:
    """Which of these members and merchants have 优先 by the tier of the last sealed month.

    A member has it by the own tier or by that of the household on the day. Three statements at
    most, however many are asked about.
    """
    names = {
        (book.rulebook_id, tier.name)
        for book in (rulebooks.all_in_force(community_id, on) if holders else ())
        for tier in book.compiled.tiers
        if TierEffect.PRIORITY in tier.effects
    }
    if not names:
        return frozenset()
    of_household = _households(community_id, holders, on)
    accounts = {*holders, *((HolderKind.HOUSEHOLD, each) for each in of_household.values())}
    found = {
        (row.holder_kind, row.holder_id)
        for row in _sealed_tiers(community_id, [each for _, each in accounts])
        if (row.rulebook_id, row.tier) in names
    }
    return frozenset(
        each
        for kind, each in holders
        if (kind, each) in found or (HolderKind.HOUSEHOLD, of_household.get(each)) in found
    )


def _households(
    community_id: uuid.UUID, holders: Collection[tuple[HolderKind, uuid.UUID]], on: dt.date
) -> dict[uuid.UUID, uuid.UUID]:
    """The household of each of these members that has one on the day."""
    rows = db.session.execute(
        tenancy.columns(
            Membership, community_id, Membership.member_id, Membership.household_id
        ).where(
            Membership.member_id.in_(each for kind, each in holders if kind is HolderKind.MEMBER),
            Membership.household_id.is_not(None),
            members.current(Membership, on),
        )
    )
    return {row.member_id: row.household_id for row in rows}


def _sealed_tiers(community_id: uuid.UUID, holder_ids: Collection[uuid.UUID]) -> Any:
    """Rows (rulebook_id, holder_kind, holder_id, tier), each of the account's last sealed month."""
    accounts = tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER, PointsAccount.holder_id.in_(holder_ids)
    )
    last = (
        tenancy.columns(
            MonthlyScore, community_id, MonthlyScore.account_id,
            sa.func.max(MonthlyScore.month).label("month"),
        )
        .join(AccountingMonth, _ITS_MONTH)
        .where(
            MonthlyScore.account_id.in_(accounts), AccountingMonth.state == MonthState.SEALED
        )
        .group_by(MonthlyScore.account_id)
        .subquery()
    )  # fmt: skip
    return db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.rulebook_id, PointsAccount.holder_kind,
            PointsAccount.holder_id, MonthlyScore.tier,
        )
        .join(last, last.c.account_id == PointsAccount.id)
        .join(
            MonthlyScore,
            sa.and_(
                MonthlyScore.community_id == PointsAccount.community_id,
                MonthlyScore.account_id == PointsAccount.id,
                MonthlyScore.month == last.c.month,
            ),
        )
    )  # fmt: skip
