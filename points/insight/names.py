"""What people are called in a report: by name for those who may read members, else by a number."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from community.models import Household, Member, UserAccount
from kernel import tenancy
from kernel.database import db
from points.rules.outlier import Party
from points.rules.outliers import PartyKind

#: The end of an id is random; its beginning is the time it was made.
_SHOWN = 8

Names = Mapping[uuid.UUID, str]


def of_accounts(ids: Collection[uuid.UUID]) -> Names:
    """Display names of staff accounts; one statement."""
    rows = db.session.execute(
        sa.select(UserAccount.id, UserAccount.display_name).where(UserAccount.id.in_(ids))
    )
    return {row.id: row.display_name for row in rows}


def of_receivers(community_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Names:
    """Names of members and codes of households; two statements."""
    members = db.session.execute(
        tenancy.columns(Member, community_id, Member.id, Member.name).where(Member.id.in_(ids))
    )
    households = db.session.execute(
        tenancy.columns(Household, community_id, Household.id, Household.code).where(
            Household.id.in_(ids)
        )
    )
    return {
        **{row.id: row.name for row in members},
        **{row.id: f"{row.code} 户" for row in households},
    }


_NUMBERED = {
    PartyKind.ACCOUNT: "账号",
    PartyKind.RECEIVER: "对象",
    PartyKind.HOUSEHOLD: "户",
}


def of_party(names: Names, who: Party) -> str:
    """The name, or a number that stays the same and says nothing."""
    return names.get(who.id) or f"{_NUMBERED[PartyKind(who.kind)]}{who.id.hex[-_SHOWN:]}"


def of_account(names: Names, account_id: uuid.UUID) -> str:
    """The same for an account."""
    return of_party(names, Party(account_id, PartyKind.ACCOUNT))
