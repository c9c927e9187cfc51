"""Whether redemption is suspended for a person 停兑换, whichever account would pay."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from points.models import AccountKind, HolderKind, PointsAccount, Rulebook, RulebookVersion


def on_account(account: PointsAccount, on: dt.date) -> bool:
    """Whether the tier of the last sealed month or a veto on record suspends redemption."""
    vetoed = account.barred_before is not None and on < account.barred_before
    return account.is_barred_by_tier or vetoed


def on_member(community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date) -> bool:
    """Whether a members' rulebook in force on the day suspends redemption for this member.

    The format bars the holder, not a purse: whoever is barred as a member redeems nothing for the
    household either, whose account is another holder's and stays open to the others at home. An
    account under a rulebook that is not in force any more bars nobody. One statement.
    """
    in_force = (
        tenancy.columns(RulebookVersion, community_id, RulebookVersion.rulebook_id)
        .join(
            Rulebook,
            sa.and_(
                Rulebook.community_id == RulebookVersion.community_id,
                Rulebook.id == RulebookVersion.rulebook_id,
            ),
        )
        .where(
            Rulebook.holder == HolderKind.MEMBER,
            RulebookVersion.effective_from <= on,
            sa.or_(RulebookVersion.effective_to.is_(None), RulebookVersion.effective_to > on),
        )
    )
    found = tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.holder_kind == HolderKind.MEMBER,
        PointsAccount.holder_id == member_id,
        PointsAccount.rulebook_id.in_(in_force),
        sa.or_(PointsAccount.is_barred_by_tier, PointsAccount.barred_before > on),
    )
    return db.session.scalar(found.limit(1)) is not None
