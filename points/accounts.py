"""Points accounts of holders: finding or making them, and the holds of redemption.

The three acts of a redemption are one statement each in the common case:

    reserve   a code is issued      held += points, if what is spendable covers them and fewer
                                    than MOST_HOLDS are open
    capture   it is redeemed        balance −= points, held −= points
    release   it is given back      held −= points; a debt is repaid from it first
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from community import members
from kernel import clock, tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.points_value import ZERO
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from kernel.unattached import Unattached
from points import balances, lot_ledger, transfers
from points.balances import MOST_HOLDS, capture, reserve
from points.errors import HouseholdUnknown, RulebookMissing
from points.models import AccountKind, HolderKind, PointsAccount, Rulebook, RulebookVersion

__all__ = [
    "MOST_HOLDS",
    "capture",
    "existing_to_spend_from",
    "for_holder",
    "for_member",
    "open_holds",
    "release",
    "reserve",
    "spendable",
    "spendable_of",
    "to_spend_from",
]


def for_member(
    community_id: uuid.UUID, member_id: uuid.UUID, rulebook_id: uuid.UUID | None = None
) -> PointsAccount:
    """The member's account, made when it is first needed.

    Without ``rulebook_id`` it is that of the community's first adopted rulebook for members;
    RulebookMissing when there is none.
    """
    return for_holder(
        community_id=community_id,
        rulebook_id=rulebook_id or _spending_rulebook(community_id, HolderKind.MEMBER)[0],
        holder_kind=HolderKind.MEMBER,
        holder_id=member_id,
    )


def to_spend_from(
    community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date, *, of: HolderKind | None = None
) -> PointsAccount:
    """The account a member spends from: the own one, else that of the household they live in.

    ``of`` chooses where a community keeps both. Raises RulebookMissing where nobody has adopted
    one for it, HouseholdUnknown for a member without a household. It is to be looked at only.
    """
    spends_from = _spends_from(community_id, member_id, on, of)
    known = _LOOKED_AT(**{f"p_{name}": value for name, value in spends_from.items()}).first()
    return for_holder(**spends_from) if known is None else _ACCOUNT.of(known)


def existing_to_spend_from(
    community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date, *, of: HolderKind | None = None
) -> PointsAccount | None:
    """:func:`to_spend_from` for those who only look: None where it was never needed yet."""
    fresh = _of_holder(**_spends_from(community_id, member_id, on, of))
    return db.session.scalars(fresh).one_or_none()


def for_holder(
    *,
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    holder_kind: HolderKind,
    holder_id: uuid.UUID,
) -> PointsAccount:
    """The holder's account under one rulebook, made when it is first needed."""
    fresh = _of_holder(community_id, rulebook_id, holder_kind, holder_id)
    found = db.session.scalars(fresh).one_or_none()
    if found is not None:
        return found
    db.session.execute(
        upsert(PointsAccount)
        .values(
            community_id=community_id,
            id=new_id(),
            kind=AccountKind.HOLDER,
            holder_kind=holder_kind,
            holder_id=holder_id,
            rulebook_id=rulebook_id,
        )
        .on_conflict_do_nothing()
    )
    return db.session.scalars(fresh).one()


def release(
    *, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal, now: dt.datetime
) -> None:
    """Free held ``points``; what a debt takes of them is written as a repayment.

    Raises HoldMissing when less than ``points`` is held.
    """
    repaid = balances.release(community_id=community_id, account_id=account_id, points=points)
    if repaid:
        transfers.debt_repayment(
            community_id=community_id, account_id=account_id, points=repaid, now=now
        )


def open_holds(account: PointsAccount) -> int:
    """How many holds stand on the account now, those that have run out and are not freed too."""
    own = _OPEN_HOLDS(p_community_id=account.community_id, p_account_id=account.id)
    found: int = own.scalar_one()
    return found


_IS_OWN = PointsAccount.id == sa.bindparam("p_account_id", type_=sa.Uuid())
_OPEN_HOLDS = Prepared(
    lambda: tenancy.columns(PointsAccount, COMMUNITY, PointsAccount.open_holds).where(_IS_OWN)
)


def spendable(account: PointsAccount, now: dt.datetime, *, freed: Decimal = ZERO) -> Decimal:
    """What can be held now: of balance − held what is above ``spend_above``, and not dead.

    ``freed`` are held points that the holder's next act frees first; a debt takes its part of them.
    """
    row = _SPENDABLE(
        p_community_id=account.community_id, p_account_id=account.id,
        p_today=clock.business_date(now),
    ).one()  # fmt: skip
    seen = SimpleNamespace(**row._asdict())
    seen.held -= freed
    seen.balance -= min(row.debt, freed)
    return spendable_of(account.community_id, seen, now)


_SPENDABLE = Prepared(
    lambda: tenancy.columns(
        PointsAccount, COMMUNITY, PointsAccount.id, PointsAccount.rulebook_id,
        PointsAccount.balance, PointsAccount.held, PointsAccount.debt, PointsAccount.next_expiry_on,
        balances.spend_above(sa.bindparam("p_today", type_=sa.Date())).label("stays"),
    ).where(_IS_OWN)
)  # fmt: skip


def spendable_of(community_id: uuid.UUID, row: Any, now: dt.datetime) -> Decimal:
    """:func:`spendable` of a row read already: id, rulebook_id, balance, held, next_expiry_on and
    ``stays`` (balances.spend_above). The lots are replayed only where something is due.
    """
    today = clock.business_date(now)
    left: Decimal = row.balance - row.held - (row.stays or ZERO)
    if row.next_expiry_on is not None and row.next_expiry_on <= today:
        lots = lot_ledger.of_accounts(community_id, {row.id: row.rulebook_id})[row.id]
        left -= sum((points for _, points in lots.expiring(today, row.held)), ZERO)
    return max(left, ZERO)


def _spends_from(
    community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date, of: HolderKind | None
) -> dict[str, Any]:
    """The holder a member spends as, and under which rulebook: what :func:`for_holder` takes."""
    rulebook_id, kind = _spending_rulebook(community_id, of)
    holder_id = member_id
    if kind is HolderKind.HOUSEHOLD:
        household_id = members.identity(community_id, member_id, on).household_id
        if household_id is None:
            raise HouseholdUnknown(field="member_id")
        holder_id = household_id
    return {
        "community_id": community_id,
        "rulebook_id": rulebook_id,
        "holder_kind": kind,
        "holder_id": holder_id,
    }


def _of_holder(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    holder_kind: HolderKind,
    holder_id: uuid.UUID,
) -> sa.Select[PointsAccount]:
    statement = tenancy.select(PointsAccount, community_id).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.rulebook_id == rulebook_id,
        PointsAccount.holder_kind == holder_kind,
        PointsAccount.holder_id == holder_id,
    )
    return statement.execution_options(populate_existing=True)


def _spending_rulebook(
    community_id: uuid.UUID, of: HolderKind | None
) -> tuple[uuid.UUID, HolderKind]:
    """The first adopted rulebook of this kind; of both kinds that of members."""
    found = _spending(of)(p_community_id=community_id).first()
    if found is None:
        raise RulebookMissing()
    return found.id, HolderKind(found.holder)


@cache
def _spending(of: HolderKind | None) -> Prepared:
    wanted = [of] if of is not None else [HolderKind.MEMBER, HolderKind.HOUSEHOLD]
    community_id = COMMUNITY
    return Prepared(
        lambda: (
            tenancy.columns(Rulebook, community_id, Rulebook.id, Rulebook.holder)
            .where(
                sa.or_(*(Rulebook.holder == kind.value for kind in wanted)),
                sa.exists(
                    tenancy.columns(RulebookVersion, community_id, RulebookVersion.id).where(
                        RulebookVersion.rulebook_id == Rulebook.id,
                        RulebookVersion.adopted_on.is_not(None),
                    )
                ),
            )
            .order_by(Rulebook.holder == HolderKind.HOUSEHOLD.value, Rulebook.id)
            .limit(1)
        )
    )


_ACCOUNT = Unattached(PointsAccount)
_LOOKED_AT = Prepared(
    lambda: tenancy.columns(PointsAccount, COMMUNITY, *_ACCOUNT.columns).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.rulebook_id == sa.bindparam("p_rulebook_id"),
        PointsAccount.holder_kind == sa.bindparam("p_holder_kind"),
        PointsAccount.holder_id == sa.bindparam("p_holder_id"),
    )
)
