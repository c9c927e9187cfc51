"""What the counter's pages show beside the step itself."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from community import accounts, places
from kernel.access import Actor
from kernel.ids import new_id
from merchants import alliance
from redemption import counters, receipts, redemptions, reports, requests, reversals
from redemption.counter_lists import Today
from redemption.counters import Counter
from redemption.errors import RedemptionUnknown
from redemption.models import ReportState
from redemption.permissions import RedemptionPermission
from redemption.receipts import Receipt
from redemption.reversals import ReversalView
from redemption.rules.times import seconds_left

#: Reports and wishes of one shop that are looked through, the newest.
MOST_COUNTED = 50


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The counter one is signed in to, who stands there, and its totals."""

    at: Counter
    community: str
    community_code: str
    telephone: str
    shop: str
    shop_code: str
    clerk: str
    today: Today


@dataclass(frozen=True, kw_only=True)
class WaitingRequest:
    """A request of the standing code; ``key`` is new each time it is drawn."""

    receipt: Receipt
    seconds_left: int
    key: str


def desk(*, actor: Actor, now: dt.datetime) -> Desk:
    """Raises NoCounter where the session is signed in to no shop."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    community = places.community(at.community_id)
    merchant = alliance.detail(community_id=at.community_id, merchant_id=at.merchant_id).merchant
    return Desk(
        at=at,
        community=community.name,
        community_code=community.code,
        telephone=community.phone,
        shop=merchant.name,
        shop_code=merchant.code,
        clerk=accounts.get(actor.account_id).display_name,
        today=redemptions.today(actor=actor, now=now),
    )


def waiting(*, actor: Actor, now: dt.datetime) -> list[WaitingRequest]:
    """The requests that wait, oldest first."""
    return [
        WaitingRequest(
            receipt=receipt,
            seconds_left=seconds_left(until=receipt.hold_expires_at_utc, now=now),
            key=str(new_id()),
        )
        for receipt in requests.waiting(actor=actor, now=now)
    ]


def receipt(*, actor: Actor, redemption_id: uuid.UUID) -> Receipt:
    """One redemption of the counter of the session; RedemptionUnknown for another shop's."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    found = receipts.by_id(at.community_id, redemption_id)
    if found.merchant_id != at.merchant_id:
        raise RedemptionUnknown()
    return found


def may_reply(actor: Actor) -> bool:
    """Whether this account answers reports for the shop: its owner does, a clerk does not."""
    place = actor.counter
    return place is not None and any(
        RedemptionPermission.REPLY_REPORT in actor.table[grant.role]
        for grant in actor.grants
        if grant.place.merchant_id == place.merchant_id
    )


def reports_to_answer(*, actor: Actor, now: dt.datetime) -> int:
    """How many reports wait for the shop's reply."""
    open_ones = reports.at_counter(actor=actor, now=now, is_open=True, limit=MOST_COUNTED)
    return sum(each.state == ReportState.FILED for each in open_ones)


def reversal_of(*, actor: Actor, redemption_id: uuid.UUID) -> ReversalView | None:
    """What became of this shop's latest wishes to give points back, for one redemption."""
    asked = reversals.at_counter(actor=actor, limit=MOST_COUNTED)
    return next((each for each in asked if each.redemption_id == redemption_id), None)
