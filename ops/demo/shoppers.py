"""Who buys something for the stories told afterwards: quiet people who can afford it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kernel.errors import Refused
from ops.demo.stage import Neighbourhood
from ops.demo.visits import SECOND
from redemption import redemptions, requests
from redemption.models import DeclineReason

#: So many people are tried: somebody may lack points, or have had the offer often enough.
MOST_TRIED = 12


@dataclass(frozen=True, kw_only=True)
class Bought:
    """A redemption and whose it is, by the place in the population."""

    redemption_id: uuid.UUID
    index: int


@dataclass
class Shoppers:
    """Nobody buys twice, so each story has a person of its own."""

    hood: Neighbourhood
    _taken: set[int] = field(default_factory=set)

    def by_code(self, shop: str, offer: str, now: dt.datetime) -> Bought | None:
        """Shown and scanned."""

        def pay(index: int) -> uuid.UUID | None:
            held = redemptions.issue(
                actor=self.hood.resident(index, now),
                now=now,
                community_id=self.hood.community_id,
                offer_id=self.hood.offer_id(shop, offer),
            )
            if isinstance(held, Refused) or held.code is None:
                return None
            redemptions.redeem(
                actor=self.hood.at_counter(shop), now=now + 20 * SECOND, code=held.code.token
            )
            return held.id

        return self._somebody(pay)

    def by_request(
        self, shop: str, offer: str, now: dt.datetime, declined: DeclineReason | None = None
    ) -> Bought | None:
        """Asked for at the standing QR, and accepted or declined."""

        def pay(index: int) -> uuid.UUID | None:
            asked = requests.ask(
                actor=self.hood.resident(index, now),
                now=now,
                community_id=self.hood.community_id,
                merchant_id=self.hood.stage.merchant_ids[shop],
                offer_id=self.hood.offer_id(shop, offer),
            )
            if isinstance(asked, Refused):
                return None
            clerk, later = self.hood.at_counter(shop), now + 30 * SECOND
            if declined is None:
                requests.accept(actor=clerk, now=later, redemption_id=asked.id)
            else:
                requests.decline(actor=clerk, now=later, redemption_id=asked.id, reason=declined)
            return asked.id

        return self._somebody(pay)

    def quiet(self) -> Iterator[int]:
        """Adults with a phone and without an office, those first who never take part."""
        people = [
            each
            for each in self.hood.population.people
            if each.has_phone and each.cast_login is None and each.senior_from_year is None
        ]
        for person in sorted(people, key=lambda each: (each.activity, each.index)):
            if person.index not in self._taken:
                yield person.index

    def _somebody(self, pay: Callable[[int], uuid.UUID | None]) -> Bought | None:
        for tried, index in enumerate(list(self.quiet())):
            if tried == MOST_TRIED:
                break
            self._taken.add(index)
            paid = pay(index)
            if paid is not None:
                return Bought(redemption_id=paid, index=index)
        return None
