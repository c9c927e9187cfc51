"""A visit to a shop, by whichever way its holder pays: who comes, who serves, what ends it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial

from kernel.access import Actor
from ops.demo.script import Script
from ops.demo.shopping import DemoRedemption
from ops.demo.stage import Neighbourhood
from redemption import redemptions
from redemption.models import CancellationReason

SECOND = dt.timedelta(seconds=1)
#: The longest visit: a hold that runs out and is swept, or a cancellation.
VISIT = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Visit:
    """One drawn redemption on its way; the ways to pay add what happens at the counter."""

    hood: Neighbourhood
    script: Script
    visit: DemoRedemption

    def offer_id(self) -> uuid.UUID:
        return self.hood.offer_id(self.visit.merchant_code, self.visit.offer_code)

    def holder(self, now: dt.datetime) -> Actor:
        return self.hood.resident(self.visit.member_index, now)

    def clerk(self) -> Actor:
        return self.hood.at_counter(self.visit.merchant_code)

    def maybe_cancel(self, redemption_id: uuid.UUID, at: dt.datetime) -> None:
        """Some change their mind at the counter."""
        if self.visit.is_cancelled:
            self.script.at(at, partial(self._cancel, redemption_id))

    def withdraw(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        redemptions.withdraw(
            actor=self.holder(now),
            now=now,
            community_id=self.hood.community_id,
            redemption_id=redemption_id,
        )

    def sweep(self, now: dt.datetime) -> None:
        """What the sweeper does every few minutes."""
        redemptions.expire_holds(community_id=self.hood.community_id, now=now, limit=20)

    def _cancel(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        redemptions.cancel(
            actor=self.clerk(),
            now=now,
            redemption_id=redemption_id,
            reason=CancellationReason.HOLDER_ASKED,
        )
