"""What the tier of a holder opens: read from sealed sheets only, like the tier itself."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from points import rulebooks
from points.errors import RulebookMissing
from points.models import AccountingMonth, MonthlyScore, MonthState, PointsAccount
from points.rules.compiled import TierEffect

#: What an offer's audience calls everybody whose tier opens special offers.
OFFER_ACCESS = TierEffect.OFFER_ACCESS.value
#: Before the name of one tier.
TIER = "tier:"


def words(account: PointsAccount, on: dt.date) -> frozenset[str]:
    """What the holder counts as by tier: ``tier:<name>``, and ``offer_access`` where it opens
    special offers; nothing without a tier. Two statements.

    The tier is the one that the last sealed month gave (points/standings.py), its effects those of
    the rulebook in force on the day, as the member's own page says.
    """
    name = db.session.scalar(
        tenancy.columns(MonthlyScore, account.community_id, MonthlyScore.tier)
        .join(
            AccountingMonth,
            sa.and_(
                AccountingMonth.community_id == MonthlyScore.community_id,
                AccountingMonth.month == MonthlyScore.month,
            ),
        )
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
