"""What keeps a holder from a code: conditions in the order they are told, then the limits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from community import members
from kernel import clock
from kernel.points_value import as_text, to_tenths
from merchants import quotas
from merchants.models import Offer, OfferState
from merchants.offers import Redeemable
from merchants.quotas import Quota
from merchants.rules import offers as rules
from points import accounts, bars, tier_rights
from points.models import HolderKind, PointsAccount
from points.tier_rights import OFFER_ACCESS, TIER
from redemption.reasons import AGAIN, Reason
from redemption.refusals import Refusal

#: A word of an offer's audience beside member kinds and tags.
SENIOR = "senior"


@dataclass(frozen=True, kw_only=True)
class Limited:
    """How much of which quota one redemption takes.

    ``refusal`` is told when it is used up; without it the kind of the quota says what is told.
    """

    quota: Quota
    amount: int
    refusal: Refusal | None = None


class Audience:
    """Whom a member counts as on a day; looked up when the first offer asks, and once.

    ``account`` is the one that pays: what its tier opens is for whoever pays from it.
    """

    def __init__(
        self,
        community_id: uuid.UUID,
        member_id: uuid.UUID,
        on: dt.date,
        account: PointsAccount | None = None,
    ) -> None:
        self._who = (community_id, member_id)
        self._on = on
        self._account = account

    def is_meant(self, offer: Offer) -> bool:
        """Whether the offer is for everybody or for one of the words that fit the member."""
        wanted = set(offer.audience)
        return (
            not wanted
            or (SENIOR in wanted and self._is_senior)
            or bool(wanted & self._words)
            or (_asks_for_a_tier(wanted) and bool(wanted & self._tier_words))
        )

    @cached_property
    def is_barred_at_home(self) -> bool:
        """Whether the household's account pays and whoever redeems is barred as a member."""
        pays = self._account
        is_home = pays is not None and pays.holder_kind == HolderKind.HOUSEHOLD
        return is_home and bars.on_member(*self._who, self._on)

    @cached_property
    def _is_senior(self) -> bool:
        senior_from = members.get(*self._who).senior_from
        return senior_from is not None and senior_from <= self._on.year

    @cached_property
    def _words(self) -> frozenset[str]:
        return members.identity(*self._who, self._on).tags

    @cached_property
    def _tier_words(self) -> frozenset[str]:
        return tier_rights.words(self._account, self._on) if self._account else frozenset()


def _asks_for_a_tier(words: set[str]) -> bool:
    return any(word == OFFER_ACCESS or word.startswith(TIER) for word in words)


def refusal(
    *, wanted: Redeemable, account: PointsAccount | None, who: Audience, now: dt.datetime
) -> Refusal | None:
    """The first condition that does not hold now; writes nothing.

    Without an account nothing can bar its holder.
    """
    offer, today = wanted.offer, clock.business_date(now)
    closed = _closed(wanted, account, who, today)
    if closed is not None:
        return Refusal(reason=closed)
    if offer.state != OfferState.ACCEPTED or not rules.is_valid(
        offer.valid_from, offer.valid_to, today
    ):
        return Refusal(reason=Reason.OFFER_NOT_AVAILABLE)
    if not rules.is_open(offer, now):
        hours = rules.hours_text(offer)
        return Refusal(
            reason=Reason.OUTSIDE_HOURS, facts={"hours_zh": hours.zh, "hours_en": hours.en}
        )
    if not who.is_meant(offer):
        return Refusal(reason=Reason.NOT_IN_AUDIENCE)
    return None


def _closed(
    wanted: Redeemable, account: PointsAccount | None, who: Audience, today: dt.date
) -> Reason | None:
    """What stands in the way of any offer: in the community, on the account, of the shop."""
    if wanted.is_stopped:
        return Reason.REDEMPTION_STOPPED
    if account is not None and (bars.on_account(account, today) or who.is_barred_at_home):
        return Reason.REDEMPTION_BARRED
    return Reason.AGREEMENT_NOT_ACTIVE if wanted.agreement is None else None


def limits(*, wanted: Redeemable, account_id: uuid.UUID, now: dt.datetime) -> Iterator[Limited]:
    """The quotas of one redemption, the row that most holders share last."""
    offer, today = wanted.offer, clock.business_date(now)
    for quota in (quotas.holder_limit(offer, account_id, today), quotas.stock(offer, today)):
        if quota is not None:
            yield Limited(quota=quota, amount=1)
    if wanted.agreement is not None:
        cap = quotas.month_cap(offer.merchant_id, wanted.agreement.monthly_cap, today)
        yield Limited(quota=cap, amount=to_tenths(offer.points))


def exhausted(*, offer: Offer, limited: Limited) -> Refusal:
    """Why a quota could not be taken."""
    if limited.quota.kind == "month_cap":
        cap = as_text(quotas.as_points(limited.quota.cap))
        return Refusal(reason=Reason.MONTH_FULL, facts={"limit": "month_cap", "cap": cap})
    if limited.quota.kind == "stock":
        return Refusal(reason=Reason.SOLD_OUT, facts=_again(offer.stock_period))
    facts = {"limit": "per_holder", "times": limited.quota.cap, **_again(offer.per_holder_period)}
    return Refusal(reason=Reason.LIMIT_REACHED, facts=facts)


def too_many_held(open_holds: int) -> Refusal | None:
    """Whether so many holds are open that another one has to wait."""
    if open_holds < accounts.MOST_HOLDS:
        return None
    return Refusal(reason=Reason.TOO_MANY_HELD, facts={"holds": open_holds})


def insufficient(*, points: Decimal, spendable: Decimal) -> Refusal:
    """How much is missing."""
    missing = max(points - spendable, Decimal("0.1"))
    return Refusal(reason=Reason.INSUFFICIENT_POINTS, facts={"missing": as_text(missing)})


def at_counter(refusal: Refusal) -> Refusal:
    """The refusal as a clerk may read it: nothing that tells the holder's balance."""
    lacks = refusal.reason is Reason.INSUFFICIENT_POINTS
    return Refusal(reason=Reason.CARD_POINTS_LACK) if lacks else refusal


def _again(per: str | None) -> dict[str, str]:
    zh, en = AGAIN[per]
    return {"again_zh": zh, "again_en": en}
