"""What tells who a former member was: the name, nicknames of children, the WeChat identity.

An account is a person's on the whole platform: it loses its WeChat identity only when nobody
whom it was bound to is left to be erased, and when it holds no role.
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from community import masking, sign_in_sessions
from community.models import (
    HouseholdChild,
    Member,
    MemberBinding,
    MemberErasure,
    RoleGrant,
    UserAccount,
)
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id

#: In the place of a child's nickname.
NO_NICKNAME = "已删除"


def forget_name(member: Member) -> None:
    """Nobody reads the name again: lists and histories say that it was a former member."""
    # No pinyin: former members sort apart from those who have a name, and all alike.
    member.name, member.sort_key = masking.FORMER, masking.FORMER
    member.senior_from = None


def forget_children(member: Member, *, actor: Actor, now: dt.datetime) -> int:
    """End and empty the nicknames of which the member was the guardian; how many."""
    rows = db.session.scalars(
        tenancy.select(HouseholdChild, member.community_id).where(
            HouseholdChild.guardian_id == member.id
        )
    ).all()
    for row in rows:
        if row.ended_at_utc is None:
            row.ended_at_utc, row.ended_by = now, actor.account_id
        row.nickname = NO_NICKNAME
    return len(rows)


def forget_accounts(member: Member, *, now: dt.datetime) -> int:
    """Take the WeChat identity off the accounts that were only this person; how many."""
    bound = tenancy.columns(MemberBinding, member.community_id, MemberBinding.account_id)
    ids = db.session.scalars(bound.where(MemberBinding.member_id == member.id).distinct()).all()
    return sum(_forget(account_id, now) for account_id in sorted(ids))


def _forget(account_id: uuid.UUID, now: dt.datetime) -> int:
    account = db.session.get(UserAccount, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.is_disabled or account.openid is None:
        return 0
    if _is_somebody(account_id) or _holds_a_role(account_id, now):
        return 0
    if account.login_name is None:
        # Some way to sign in must stand in the row: one that nobody has.
        account.openid = f"erased-{new_id().hex}"
        account.display_name = masking.FORMER
        account.is_disabled = True
        sign_in_sessions.end_all(account_id=account_id, now=now)
    else:
        account.openid = None
    account.unionid = None
    return 1


def _is_somebody(account_id: uuid.UUID) -> bool:
    """Whether the account is a member anywhere, or was one who is not erased yet."""
    found = (
        sa.select(MemberBinding.id)
        .join(
            Member,
            sa.and_(
                Member.community_id == MemberBinding.community_id,
                Member.id == MemberBinding.member_id,
            ),
        )
        .outerjoin(
            MemberErasure,
            sa.and_(
                MemberErasure.community_id == MemberBinding.community_id,
                MemberErasure.member_id == MemberBinding.member_id,
            ),
        )
        .where(
            MemberBinding.account_id == account_id,
            MemberErasure.id.is_(None),
            sa.or_(MemberBinding.ended_at_utc.is_(None), Member.left_on.is_not(None)),
        )
        .limit(1)
    )
    return db.session.scalar(found) is not None


def _holds_a_role(account_id: uuid.UUID, now: dt.datetime) -> bool:
    found = sa.select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.ended_at_utc.is_(None),
        sa.or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > clock.business_date(now)),
    )
    return db.session.scalar(found.limit(1)) is not None
