"""Holds: points and quotas set aside for ten minutes, taken back, or left to expire.

Lock order: redemption rows → holders by id → quotas.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from community import proxies
from community.departures import Departure
from kernel import clock, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import NotFound, Refused
from kernel.ids import new_id, new_receipt_number
from merchants import offers, quotas
from merchants.offers import Redeemable
from merchants.quotas import Taken
from points import accounts
from points.models import HolderKind, PointsAccount
from redemption import codes, door, receipts, refusals
from redemption.codes import ShownCode
from redemption.errors import NotHeld
from redemption.models import Redemption, RedemptionState, RefusalStage
from redemption.permissions import RedemptionPermission
from redemption.receipts import Receipt
from redemption.refusals import Refusal
from redemption.rules.times import HOLD


@dataclass(frozen=True, kw_only=True)
class Held:
    """A new hold with its first code; ``code`` is None when a repeated request comes too late."""

    id: uuid.UUID
    receipt: Receipt
    code: ShownCode | None


def issue(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    pays: HolderKind | None = None,
) -> Held | Refused:
    """Hold points for an offer and issue the first code: one's own, or as a proxy the grantor's.

    ``pays`` chooses the member's or the household's account where the community keeps both. A
    refusal is returned and kept. Raises OfferUnknown, RulebookMissing, HouseholdUnknown; NotFound
    for a member whose proxy the actor is not.
    """
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, Place(community_id=community_id))
    own = actor.member_in(community_id)
    holder = member_id or own
    today = clock.business_date(now)
    if holder != own and not proxies.may_act_for(actor, community_id, holder, today):
        raise NotFound(field="member_id")
    account = accounts.to_spend_from(community_id, holder, today, of=pays)
    if free_expired_of(community_id=community_id, account_id=account.id, now=now):
        db.session.refresh(account)
    wanted = offers.redeemable(community_id=community_id, offer_id=offer_id, on=today)
    refusal = door.refusal(wanted=wanted, account=account, member_id=holder, now=now)
    taken = refusal or _set_aside(account=account, wanted=wanted, now=now)
    if isinstance(taken, Refusal):
        return refusals.keep(
            actor=actor, now=now, community_id=community_id, merchant_id=wanted.merchant.id,
            stage=RefusalStage.ISSUE, refusal=taken, offer_id=offer_id,
        )  # fmt: skip
    receipt = _insert(
        community_id=community_id, account_id=account.id, member_id=holder, wanted=wanted,
        taken=taken, now=now, acted_by=actor.account_id if holder != own else None,
    )  # fmt: skip
    code = codes.issue(
        community_id=community_id, redemption_id=receipt.id, merchant_id=wanted.merchant.id,
        hold_expires_at_utc=receipt.hold_expires_at_utc, now=now,
    )  # fmt: skip
    return Held(id=receipt.id, receipt=receipt, code=code)


def replay_issue(
    *, actor: Actor, community_id: uuid.UUID, result_id: uuid.UUID, now: dt.datetime
) -> Held | Refused:
    """The answer of a repeated request: the hold with the code that lives now, or the refusal.

    RedemptionUnknown or NotFound where the account is not that holder any more: the code that
    lives now would be another phone's.
    """
    refused = refusals.replayed(community_id=community_id, result_id=result_id)
    if refused is not None:
        return refused
    return Held(
        id=result_id,
        receipt=receipts.receipt(actor=actor, community_id=community_id, redemption_id=result_id),
        code=codes.newest_live(community_id=community_id, redemption_id=result_id, now=now),
    )


def withdraw(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> Receipt:
    """Take one's own hold back; doing it twice changes nothing. RedemptionUnknown, NotHeld."""
    own = receipts.receipt(actor=actor, community_id=community_id, redemption_id=redemption_id)
    freed = _resolve(
        community_id,
        Redemption.id == redemption_id,
        state=RedemptionState.WITHDRAWN,
        resolved_by=actor.account_id,
        now=now,
    )
    if freed:
        _give_back(community_id, freed, now)
    elif own.state != RedemptionState.WITHDRAWN:
        raise NotHeld(state=own.state)
    return receipts.by_id(community_id, redemption_id)


def free_expired_of(*, community_id: uuid.UUID, account_id: uuid.UUID, now: dt.datetime) -> int:
    """Free the expired holds of one holder; returns how many."""
    return _expire(community_id, Redemption.account_id == account_id, now=now)


def free_of_departed(departure: Departure, actor: Actor, now: dt.datetime) -> None:
    """Take every hold of somebody who left back; app.py registers it for that moment."""
    freed = _resolve(
        departure.community_id,
        Redemption.member_id == departure.member_id,
        state=RedemptionState.WITHDRAWN,
        resolved_by=actor.account_id,
        now=now,
    )
    _give_back(departure.community_id, freed, now)


def expire_holds(*, community_id: uuid.UUID, now: dt.datetime, limit: int) -> int:
    """Free up to ``limit`` expired holds of a community, oldest first; returns how many.

    Rows that somebody else is resolving at this moment are left to them.
    """
    due = list(
        db.session.scalars(
            tenancy.columns(Redemption, community_id, Redemption.id)
            .where(Redemption.state == RedemptionState.HELD, Redemption.hold_expires_at_utc <= now)
            .order_by(Redemption.hold_expires_at_utc, Redemption.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    return _expire(community_id, Redemption.id.in_(due), now=now) if due else 0


def held_by_account(community_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """The sum of each account's open holds, expired ones included until they are freed.

    What the ledger check compares the accounts' held points with.
    """
    rows = db.session.execute(
        tenancy.columns(
            Redemption, community_id, Redemption.account_id, sa.func.sum(Redemption.points)
        )
        .where(Redemption.state == RedemptionState.HELD)
        .group_by(Redemption.account_id)
    )
    return {row.account_id: row[1] for row in rows}


def _set_aside(
    *, account: PointsAccount, wanted: Redeemable, now: dt.datetime
) -> list[Taken] | Refusal:
    """Reserve the points, then take each quota, the busiest last; all of it or nothing."""
    offer, points, community_id = wanted.offer, wanted.offer.points, account.community_id
    if not accounts.reserve(
        community_id=community_id, account_id=account.id, points=points, now=now
    ):
        return door.insufficient(account=account, points=points, now=now)
    taken: list[Taken] = []
    for limited in door.limits(wanted=wanted, account_id=account.id, now=now):
        one = quotas.take(
            community_id=community_id,
            quota=limited.quota,
            amount=limited.amount,
            first_slot=account.id.int % limited.quota.slots,
        )
        if one is None:
            quotas.give_back(community_id=community_id, taken=taken)
            accounts.release(
                community_id=community_id, account_id=account.id, points=points, now=now
            )
            return door.exhausted(offer=offer, limited=limited)
        taken.append(one)
    return taken


def _insert(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    member_id: uuid.UUID,
    wanted: Redeemable,
    taken: Sequence[Taken],
    now: dt.datetime,
    acted_by: uuid.UUID | None,
) -> Receipt:
    offer, merchant, agreement = wanted.offer, wanted.merchant, wanted.agreement
    if agreement is None:
        raise AssertionError("the door lets nobody in without an agreement")
    values: dict[str, Any] = {
        "id": new_id(),
        "offer_id": offer.id,
        "merchant_id": merchant.id,
        "points": offer.points,
        "receipt_number": new_receipt_number(),
        "state": RedemptionState.HELD.value,
        "held_at_utc": now,
        "hold_expires_at_utc": now + HOLD,
    }
    db.session.execute(
        sa.insert(Redemption),
        values
        | {
            "community_id": community_id,
            "account_id": account_id,
            "member_id": member_id,
            "acted_by": acted_by,
            "agreement_id": agreement.id,
            "quotas_taken": [one.as_json() for one in taken],
        },
    )
    return Receipt(
        **values,
        offer_title=offer.title,
        cash_cents=offer.alliance_price_cents,
        merchant_name=merchant.name,
        merchant_code=merchant.code,
        resolved_at_utc=None,
    )


def _expire(community_id: uuid.UUID, whose: sa.ColumnElement[bool], *, now: dt.datetime) -> int:
    freed = _resolve(
        community_id,
        whose & (Redemption.hold_expires_at_utc <= now),
        state=RedemptionState.EXPIRED,
        resolved_by=None,
        now=now,
    )
    _give_back(community_id, freed, now)
    return len(freed)


def _resolve(
    community_id: uuid.UUID,
    which: sa.ColumnElement[bool],
    *,
    state: RedemptionState,
    resolved_by: uuid.UUID | None,
    now: dt.datetime,
) -> Sequence[Row[Any]]:
    """Resolve what is still held, once; returns what must be given back."""
    return db.session.execute(
        tenancy.update(Redemption, community_id)
        .where(which, Redemption.state == RedemptionState.HELD)
        .values(state=state, resolved_at_utc=now, resolved_by=resolved_by)
        .returning(Redemption.account_id, Redemption.points, Redemption.quotas_taken)
        .execution_options(synchronize_session=False)
    ).all()


def _give_back(community_id: uuid.UUID, freed: Sequence[Row[Any]], now: dt.datetime) -> None:
    for row in sorted(freed, key=lambda row: row.account_id):
        accounts.release(
            community_id=community_id, account_id=row.account_id, points=row.points, now=now
        )
    quotas.give_back(
        community_id=community_id,
        taken=[one for row in freed for one in quotas.from_json(row.quotas_taken)],
    )
