"""The pages of choosing: the shops, and one shop's offers as the member can have them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kernel import clock
from kernel.access import Actor
from merchants import public as published
from redemption import receipts, redemptions
from redemption.models import Channel
from redemption.redemptions import Choice, Receipt
from redemption.requests import own_waiting
from web.board import place_reading
from web.board.place_reading import SHOPS_PER_PAGE
from web.board.views import MerchantTeaser, Pages
from web.language import current_language
from web.member import paying, reading
from web.member.paying import Payer, Person, Wallet
from web.member.views import Where


@dataclass(frozen=True, kw_only=True)
class ShopsPage:
    where: Where
    shops: tuple[MerchantTeaser, ...]
    search: str
    pages: Pages
    payer: Payer
    spendable: Decimal


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One offer as the member can have it; ``why_not`` is a sentence, None where it can be had."""

    choice: Choice
    why_not: str | None


@dataclass(frozen=True, kw_only=True)
class ChoicesPage:
    """One shop's offers for somebody; ``waiting`` is their request or code that is open there."""

    where: Where
    merchant_code: str
    merchant_name: str
    is_request: bool
    offers: tuple[Offered, ...]
    payer: Payer
    people: tuple[Person, ...]
    wallets: tuple[Wallet, ...]
    waiting: Receipt | None

    @property
    def spendable(self) -> Decimal:
        """Of the account that pays."""
        chosen = [each for each in self.wallets if each.kind == self.payer.pays] or self.wallets
        return chosen[0].spendable if chosen else Decimal(0)


def shops(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    search: str,
    number: int,
    payer: Payer,
) -> ShopsPage:
    """Every shop whose agreement stands, or those that match."""
    own = actor.member_in(community_id)
    mine = paying.wallets(actor=actor, now=now, community_id=community_id, member_id=own)
    found = place_reading.shops(community_id, clock.business_date(now), search)
    first = (number - 1) * SHOPS_PER_PAGE
    return ShopsPage(
        where=reading.where(community_id),
        shops=found[first : first + SHOPS_PER_PAGE],
        search=search,
        pages=Pages(number=number, count=max(1, -(-len(found) // SHOPS_PER_PAGE))),
        payer=payer,
        spendable=mine[0].spendable if mine else Decimal(0),
    )


def choices(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_code: str,
    is_request: bool,
    payer: Payer,
) -> ChoicesPage:
    """A shop's offers for the payer. MerchantUnknown; NotFound for whom one is no proxy of."""
    shop = published.public_merchant(
        community_id=community_id, code=merchant_code, on=clock.business_date(now)
    ).merchant
    found = redemptions.choices(
        actor=actor, now=now, community_id=community_id, merchant_id=shop.id,
        member_id=payer.member_id, pays=payer.pays,
    )  # fmt: skip
    holder = payer.member_id or actor.member_in(community_id)
    here: dict[str, Any] = {"actor": actor, "now": now, "community_id": community_id}
    if is_request:
        waiting = own_waiting(**here, merchant_id=shop.id, member_id=payer.member_id)
    else:
        waiting = _open_code(receipts.open_holds(**here), shop.id)
    return ChoicesPage(
        where=reading.where(community_id),
        merchant_code=shop.code,
        merchant_name=shop.name,
        is_request=is_request,
        offers=tuple(sorted(map(_offered, found), key=lambda each: each.why_not is not None)),
        payer=payer,
        people=paying.grantors(actor=actor, community_id=community_id),
        wallets=paying.wallets(actor=actor, now=now, community_id=community_id, member_id=holder),
        waiting=waiting,
    )


def _open_code(holds: list[Receipt], merchant_id: uuid.UUID) -> Receipt | None:
    """The newest code for this shop that is neither used nor over."""
    return next(
        (
            each
            for each in reversed(holds)
            if each.merchant_id == merchant_id and each.channel == Channel.CODE
        ),
        None,
    )


def _offered(choice: Choice) -> Offered:
    refused = choice.refused
    return Offered(
        choice=choice, why_not=None if refused is None else refused.sentence(current_language())
    )
