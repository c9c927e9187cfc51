"""The redemptions and refused scans of a range of days, and what their parties are called; five
statements whatever there is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

import sqlalchemy as sa

from community.models import Household, Membership, UserAccount
from kernel import clock, tenancy
from kernel.database import db
from merchants.models import Merchant
from points.models import HolderKind, PointsAccount, Transfer, TransferKind
from points.rules.outlier import Party
from redemption.models import (
    Channel,
    Redemption,
    RedemptionState,
    RefusalStage,
    RefusedScan,
)
from redemption.reasons import Reason
from redemption.rules.days import Days
from redemption.rules.outliers import Refusals, Visit, Who

#: The end of an id is random; its beginning is the time it was made.
_SHOWN = 8
_USED_AGAIN = (Reason.ALREADY_REDEEMED, Reason.REQUEST_REDEEMED)


def visits(community_id: uuid.UUID, within: Days) -> list[Visit]:
    """Every redemption of these days; ``is_cancelled`` where the points went back since."""
    rows = db.session.execute(
        tenancy.columns(
            Redemption, community_id, Redemption.merchant_id, Redemption.account_id,
            Redemption.resolved_by, Redemption.held_at_utc, Redemption.resolved_at_utc,
            Redemption.channel, Transfer.id.label("back_id"),
        )
        .outerjoin(
            Transfer,
            sa.and_(
                Transfer.community_id == Redemption.community_id,
                Transfer.redemption_id == Redemption.id,
                Transfer.kind == TransferKind.CANCELLATION,
            ),
        )
        .where(
            Redemption.state == RedemptionState.REDEEMED,
            Redemption.resolved_at_utc >= within.begin,
            Redemption.resolved_at_utc < within.end,
        )
    )  # fmt: skip
    return [
        Visit(
            merchant=row.merchant_id,
            holder=row.account_id,
            clerk=row.resolved_by,
            at=row.resolved_at_utc.astimezone(clock.SHANGHAI),
            # Two processes may disagree about the time; nobody redeems before the hold.
            waited=None
            if row.channel == Channel.CARD
            else max(row.resolved_at_utc - row.held_at_utc, dt.timedelta(0)),
            is_cancelled=row.back_id is not None,
        )
        for row in rows
    ]


def refusals(community_id: uuid.UUID, within: Days) -> list[Refusals]:
    """Refused scans by shop, and by holder where the code was known."""
    again = sa.func.sum(sa.case((RefusedScan.reason.in_(_USED_AGAIN), 1), else_=0))
    rows = db.session.execute(
        tenancy.columns(
            RefusedScan, community_id, RefusedScan.merchant_id, Redemption.account_id,
            sa.func.count(RefusedScan.id).label("times"), again.label("again"),
        )
        .outerjoin(
            Redemption,
            sa.and_(
                Redemption.community_id == RefusedScan.community_id,
                Redemption.id == RefusedScan.redemption_id,
            ),
        )
        .where(
            RefusedScan.stage != RefusalStage.ISSUE,
            RefusedScan.at_utc >= within.begin,
            RefusedScan.at_utc < within.end,
        )
        .group_by(RefusedScan.merchant_id, Redemption.account_id)
    )  # fmt: skip
    return [
        Refusals(
            merchant=row.merchant_id, holder=row.account_id, count=row.times,
            used_again=int(row.again),
        )
        for row in rows
    ]  # fmt: skip


def names(
    community_id: uuid.UUID, who: Iterable[Party], *, has_names: bool
) -> dict[uuid.UUID, str]:
    """What each is called: shops by name; clerks by name and holders by the code of their
    household for those who may read members, else by a number that stays and says nothing.
    """
    wanted = set(who)
    ids = {kind: [each.id for each in wanted if each.kind is kind] for kind in Who}
    known = _merchants(ids[Who.MERCHANT])
    if has_names:
        known |= _clerks(ids[Who.CLERK]) | _households(community_id, ids[Who.HOLDER])
    return {each.id: known.get(each.id) or _numbered(each) for each in wanted}


def _merchants(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(sa.select(Merchant.id, Merchant.name).where(Merchant.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _clerks(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(
        sa.select(UserAccount.id, UserAccount.display_name).where(UserAccount.id.in_(ids))
    )
    return {row.id: row.display_name for row in rows}


def _households(community_id: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Account → household code: of the household that holds it, or in which its member lives."""
    household = sa.case(
        (PointsAccount.holder_kind == HolderKind.HOUSEHOLD, PointsAccount.holder_id),
        else_=Membership.household_id,
    )
    rows = db.session.execute(
        tenancy.columns(PointsAccount, community_id, PointsAccount.id, Household.code)
        .outerjoin(
            Membership,
            sa.and_(
                Membership.community_id == PointsAccount.community_id,
                Membership.member_id == PointsAccount.holder_id,
                Membership.valid_to.is_(None),
            ),
        )
        .join(
            Household,
            sa.and_(
                Household.community_id == PointsAccount.community_id, Household.id == household
            ),
        )
        .where(PointsAccount.id.in_(ids))
    )
    return {row.id: f"{row.code} 户" for row in rows}


_NUMBERED = {Who.MERCHANT: "商户", Who.HOLDER: "居民", Who.CLERK: "店员"}


def _numbered(each: Party) -> str:
    return f"{_NUMBERED[Who(each.kind)]}{each.id.hex[-_SHOWN:]}"
