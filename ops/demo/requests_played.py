"""At a shop's standing QR: requests accepted, declined, taken back or left waiting."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import partial

from kernel.errors import Refused
from ops.demo.visits import SECOND, Visit
from redemption import requests
from redemption.models import DeclineReason
from redemption.rules.times import REQUEST_HOLD

#: What becomes of a request → how often in a thousand.
COURSES: Mapping[str, int] = {
    "accepted": 740,
    "declined": 120,
    "timed_out": 80,
    "withdrawn": 60,
}
DECLINES: Mapping[DeclineReason, int] = {
    DeclineReason.SOLD_OUT: 5,
    DeclineReason.CANNOT_PROVIDE: 3,
    DeclineReason.CLOSING: 2,
    DeclineReason.NOT_HERE: 1,
}


class RequestVisit(Visit):
    """Somebody scans the sheet at the till and waits for the clerk."""

    def begin(self, now: dt.datetime) -> None:
        asked = requests.ask(
            actor=self.holder(now),
            now=now,
            community_id=self.hood.community_id,
            merchant_id=self.hood.stage.merchant_ids[self.visit.merchant_code],
            offer_id=self.offer_id(),
        )
        # Somebody was faster, or a deduction came in between: the refusal is kept, they go home.
        if isinstance(asked, Refused):
            return
        course = self.hood.rng.choices(tuple(COURSES), weights=tuple(COURSES.values()))[0]
        getattr(self, f"_{course}")(asked.id, now)

    def _accepted(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        self.script.at(now + 25 * SECOND, partial(self._accept, redemption_id))
        self.maybe_cancel(redemption_id, now + 260 * SECOND)

    def _declined(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        self.script.at(now + 40 * SECOND, partial(self._decline, redemption_id))

    def _timed_out(self, _redemption_id: uuid.UUID, now: dt.datetime) -> None:
        self.script.at(now + REQUEST_HOLD + 60 * SECOND, self.sweep)

    def _withdrawn(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        self.script.at(now + 55 * SECOND, partial(self.withdraw, redemption_id))

    def _accept(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        requests.accept(actor=self.clerk(), now=now, redemption_id=redemption_id)

    def _decline(self, redemption_id: uuid.UUID, now: dt.datetime) -> None:
        reason = self.hood.rng.choices(tuple(DECLINES), weights=tuple(DECLINES.values()))[0]
        requests.decline(actor=self.clerk(), now=now, redemption_id=redemption_id, reason=reason)
