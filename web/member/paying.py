"""For whom one redeems, and whose account pays: the member's own or the household's."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from community import proxies
from kernel import clock
from kernel.access import Actor
from points import accounts, history
from points.errors import HouseholdUnknown, RulebookMissing
from points.models import HolderKind
from web import typed

#: More than a household has people.
MOST_PROXIES = 50


@dataclass(frozen=True, kw_only=True)
class Wallet:
    """One account a member can spend from."""

    kind: HolderKind
    spendable: Decimal
    held: Decimal
    debt: Decimal


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody one may redeem for."""

    member_id: uuid.UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Payer:
    """For whom, and from which account; None is oneself, and the account the community says."""

    member_id: uuid.UUID | None
    pays: HolderKind | None

    def query(self) -> dict[str, str]:
        """How addresses and forms carry it."""
        found = {"for": str(self.member_id) if self.member_id else "", "pays": self.pays or ""}
        return {name: str(value) for name, value in found.items() if value}


def asked(given: dict[str, str]) -> Payer:
    """What an address or a form says; nonsense is nothing said."""
    kinds = (HolderKind.MEMBER, HolderKind.HOUSEHOLD)
    return Payer(
        member_id=typed.as_id(given.get("for")),
        pays=next((kind for kind in kinds if kind.value == given.get("pays")), None),
    )


def wallets(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID
) -> tuple[Wallet, ...]:
    """The accounts the member can spend from, the one that pays unasked first."""
    today = clock.business_date(now)
    found = []
    for kind in (HolderKind.MEMBER, HolderKind.HOUSEHOLD):
        try:
            accounts.existing_to_spend_from(community_id, member_id, today, of=kind)
        except (RulebookMissing, HouseholdUnknown):
            continue
        summary = history.summary(
            actor=actor, now=now, community_id=community_id, member_id=member_id,
            month=clock.month_of(today), of=kind,
        )  # fmt: skip
        found.append(
            Wallet(kind=kind, spendable=summary.spendable, held=summary.held, debt=summary.debt)
        )
    return tuple(found)


def grantors(*, actor: Actor, community_id: uuid.UUID) -> tuple[Person, ...]:
    """The members of the household whose proxy one is."""
    own = actor.member_in(community_id)
    granted = proxies.listed(actor=actor, community_id=community_id, limit=MOST_PROXIES)
    return tuple(
        Person(member_id=each.grantor_id, name=each.grantor_name)
        for each in granted
        if each.proxy_id == own and each.revoked_at_utc is None
    )
