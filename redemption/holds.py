"""Holds: points and quotas set aside for one offer, whichever way the holder comes to the counter.

How they end without being redeemed stands in releases.py. Lock order: redemption rows → holders
by id → quotas.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import proxies
from kernel import clock, tenancy
from kernel.access import Actor, Place
from kernel.database import db, table_of, upsert
from kernel.errors import NotFound, Refused
from kernel.ids import new_id, new_receipt_number
from kernel.prepared import Prepared
from merchants import offers, quotas
from merchants.errors import OfferUnknown
from merchants.offers import Redeemable
from merchants.quotas import Taken
from points import accounts
from points.models import HolderKind, PointsAccount
from redemption import codes, door, receipts, refusals, releases, stops
from redemption.codes import ShownCode
from redemption.door import Limited
from redemption.errors import NoLiveCode, RequestWaits
from redemption.models import Channel, Redemption, RedemptionState, RefusalStage
from redemption.models.redemptions import WAITING
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
    holder = holder_for(actor=actor, now=now, community_id=community_id, member_id=member_id)
    account = accounts.to_spend_from(community_id, holder, clock.business_date(now), of=pays)
    receipt = hold(
        actor=actor, now=now, community_id=community_id, offer_id=offer_id, account=account,
        member_id=holder, channel=Channel.CODE, acted_by=proxy_of(actor, community_id, holder),
    )  # fmt: skip
    if isinstance(receipt, Refused):
        return receipt
    code = codes.issue(
        community_id=community_id, redemption_id=receipt.id, merchant_id=receipt.merchant_id,
        hold_expires_at_utc=receipt.hold_expires_at_utc, now=now,
    )  # fmt: skip
    return Held(id=receipt.id, receipt=receipt, code=code)


def holder_for(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID | None
) -> uuid.UUID:
    """The member the actor redeems for: oneself, or ``member_id`` whose proxy one is; NotFound."""
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, Place(community_id=community_id))
    own = actor.member_in(community_id)
    holder = member_id or own
    today = clock.business_date(now)
    if holder != own and not proxies.may_act_for(actor, community_id, holder, today):
        raise NotFound(field="member_id")
    return holder


def proxy_of(actor: Actor, community_id: uuid.UUID, holder: uuid.UUID) -> uuid.UUID | None:
    """The actor's account where it acts for another member, as ``Redemption.acted_by`` keeps it."""
    return None if holder == actor.member_in(community_id) else actor.account_id


def hold(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    account: PointsAccount,
    member_id: uuid.UUID,
    channel: Channel,
    lasts: dt.timedelta = HOLD,
    acted_by: uuid.UUID | None = None,
    card_id: uuid.UUID | None = None,
    at_merchant: uuid.UUID | None = None,
    extra: Sequence[Limited] = (),
    offered: str | None = None,
) -> Receipt | Refused:
    """Set points and quotas of one holder aside for one offer; who may is asked by the caller.

    ``extra`` are quotas of the channel beside those of the offer; ``offered`` is what a clerk
    scanned or typed. A refusal is kept and returned. Raises OfferUnknown, also where
    ``at_merchant`` is given and the offer is another's.
    """
    free_expired_of(community_id=community_id, account_id=account.id, now=now)
    today = clock.business_date(now)
    wanted = offers.redeemable(
        community_id=community_id, offer_id=offer_id, on=today,
        stopped_if=stops.is_stopped,
    )  # fmt: skip
    if at_merchant is not None and wanted.merchant.id != at_merchant:
        raise OfferUnknown(field="offer_id")
    who = door.Audience(community_id, member_id, today, account)
    refusal = door.refusal(wanted=wanted, account=account, who=who, now=now)
    taken = refusal or _set_aside(account=account, wanted=wanted, extra=extra, now=now)
    if isinstance(taken, Refusal):
        return refusals.keep(
            actor=actor, now=now, community_id=community_id, merchant_id=wanted.merchant.id,
            stage=RefusalStage.REDEEM if offered else RefusalStage.ISSUE,
            refusal=door.at_counter(taken) if offered else taken,
            offered=offered, offer_id=offer_id,
        )  # fmt: skip
    receipt = _insert(
        wanted=wanted, now=now, lasts=lasts, channel=channel, account_id=account.id,
        member_id=member_id, acted_by=acted_by, card_id=card_id,
        quotas_taken=[one.as_json() for one in taken],
    )  # fmt: skip
    if receipt is None:
        _put_back(account=account, points=wanted.offer.points, taken=taken, now=now)
        raise RequestWaits()
    return receipt


def replay_issue(
    *, actor: Actor, community_id: uuid.UUID, result_id: uuid.UUID, now: dt.datetime
) -> Held | Refused:
    """The answer of a repeated request: the hold with the code that lives now, or the refusal.

    RedemptionUnknown or NotFound where the account is not that holder any more, nor a proxy whose
    grant stands: the code that lives now would be another phone's.
    """
    refused = refusals.replayed(community_id=community_id, result_id=result_id)
    if refused is not None:
        return refused
    asked: dict[str, Any] = {"community_id": community_id, "redemption_id": result_id}
    receipt = receipts.receipt(actor=actor, now=now, **asked)
    try:
        code = codes.live(actor=actor, now=now, **asked)
    except NoLiveCode:
        code = None
    return Held(id=result_id, receipt=receipt, code=code)


def free_expired_of(*, community_id: uuid.UUID, account_id: uuid.UUID, now: dt.datetime) -> int:
    """Free the expired holds of one holder; returns how many."""
    return releases.expire_of_account(community_id, account_id, now=now)


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
    *, account: PointsAccount, wanted: Redeemable, extra: Sequence[Limited], now: dt.datetime
) -> list[Taken] | Refusal:
    """Reserve the points, then take each quota; all of it or nothing.

    Quotas are taken by code, as they are given back, so that the two cannot wait for each other;
    the codes sort those of one holder first and what most holders share last.
    """
    offer, points, community_id = wanted.offer, wanted.offer.points, account.community_id
    if not accounts.reserve(
        community_id=community_id, account_id=account.id, points=points, now=now
    ):
        return door.too_many_held(accounts.open_holds(account)) or door.insufficient(
            points=points, spendable=accounts.spendable(account, now)
        )
    taken: list[Taken] = []
    own = door.limits(wanted=wanted, account_id=account.id, now=now)
    for limited in sorted([*own, *extra], key=lambda limited: limited.quota.code):
        one = quotas.take(
            community_id=community_id,
            quota=limited.quota,
            amount=limited.amount,
            first_slot=account.id.int % limited.quota.slots,
        )
        if one is None:
            _put_back(account=account, points=points, taken=taken, now=now)
            return limited.refusal or door.exhausted(offer=offer, limited=limited)
        taken.append(one)
    return taken


def _put_back(
    *, account: PointsAccount, points: Decimal, taken: Sequence[Taken], now: dt.datetime
) -> None:
    quotas.give_back(community_id=account.community_id, taken=taken)
    accounts.release(
        community_id=account.community_id, account_id=account.id, points=points, now=now
    )


_INSERT = Prepared(lambda: sa.insert(table_of(Redemption)))
_INSERT_ONCE = Prepared(
    lambda: (
        upsert(Redemption)
        .on_conflict_do_nothing(
            index_elements=["community_id", "merchant_id", "member_id"], index_where=WAITING
        )
        .returning(Redemption.id)
    )
)


def _insert(
    *, wanted: Redeemable, now: dt.datetime, lasts: dt.timedelta, channel: Channel, **row: Any
) -> Receipt | None:
    """Write the hold; None where another request of the holder came to wait there meanwhile."""
    offer, merchant, agreement = wanted.offer, wanted.merchant, wanted.agreement
    if agreement is None:
        raise AssertionError("the door lets nobody in without an agreement")
    told: dict[str, Any] = {
        "id": new_id(),
        "channel": channel.value,
        "offer_id": offer.id,
        "merchant_id": merchant.id,
        "points": offer.points,
        "receipt_number": new_receipt_number(),
        "state": RedemptionState.HELD.value,
        "held_at_utc": now,
        "hold_expires_at_utc": now + lasts,
    }
    row |= {"community_id": offer.community_id, "agreement_id": agreement.id}
    if channel is Channel.REQUEST:
        if not _INSERT_ONCE(**told, **row):
            return None
    else:
        _INSERT(**told, **row)
    return Receipt(
        **told,
        offer_title=offer.title,
        cash_cents=offer.alliance_price_cents,
        merchant_name=merchant.name,
        merchant_code=merchant.code,
        resolved_at_utc=None,
    )
