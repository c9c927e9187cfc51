"""At the counter: codes shown and redeemed, some refused, taken back, forgotten or cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from kernel import clock, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import Refused
from ops.demo.script import Script
from ops.demo.shopping import DemoRedemption, month_redemptions
from ops.demo.stage import Neighbourhood
from points.models import AccountKind, HolderKind, PointsAccount
from redemption import redemptions
from redemption.models import CancellationReason
from redemption.redemptions import Held

SECOND = dt.timedelta(seconds=1)
#: The longest visit: a hold that runs out and is swept, or a cancellation.
VISIT = dt.timedelta(minutes=15)
#: What happens at the counter → how often in a thousand.
COURSES: Mapping[str, int] = {
    "redeemed": 830,
    "withdrawn": 60,
    "forgotten": 40,
    "wrong_shop": 25,
    "too_late": 25,
    "twice": 20,
}


def visit_shops(hood: Neighbourhood, script: Script, month: str) -> None:
    """Write the visits of a month that has just been opened, after what holders have now."""
    drawn = month_redemptions(
        population=hood.population,
        merchants=hood.stage.alliance.serving(hood.code),
        month=month,
        until=hood.stage.days.today,
        spendable=_spendable(hood),
        rng=hood.rng,
    )
    for visit in drawn:
        if hood.rng.random() < hood.density(month):
            instant = clock.at(visit.on, visit.at) + SECOND * hood.rng.randrange(60)
            if instant + VISIT <= hood.stage.now:
                script.at(instant, partial(_Visit(hood, script, visit).begin))


def _spendable(hood: Neighbourhood) -> dict[int, Decimal]:
    """Member's place in the population → balance."""
    index_of = {member_id: index for index, member_id in enumerate(hood.member_ids)}
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, hood.community_id, PointsAccount.holder_id, PointsAccount.balance
        ).where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.holder_kind == HolderKind.MEMBER,
        )
    )
    return {index_of[row.holder_id]: row.balance for row in rows}


@dataclass(frozen=True)
class _Visit:
    hood: Neighbourhood
    script: Script
    visit: DemoRedemption

    def begin(self, now: dt.datetime) -> None:
        held = redemptions.issue(
            actor=self._holder(now),
            now=now,
            community_id=self.hood.community_id,
            offer_id=self.hood.stage.offer_ids[
                self.hood.code, self.visit.merchant_code, self.visit.offer_code
            ],
        )
        # Somebody was faster, or a deduction came in between: the refusal is kept, they go home.
        if isinstance(held, Refused) or held.code is None:
            return
        course = self.hood.rng.choices(tuple(COURSES), weights=tuple(COURSES.values()))[0]
        getattr(self, f"_{course}")(held, held.code.token, now)

    def _redeemed(self, held: Held, token: str, now: dt.datetime) -> None:
        self._scan(token, now + 20 * SECOND)
        if self.visit.is_cancelled:
            self.script.at(now + 260 * SECOND, partial(self._cancel, held))

    def _twice(self, held: Held, token: str, now: dt.datetime) -> None:
        self._scan(token, now + 20 * SECOND)
        self._scan(token, now + 35 * SECOND)

    def _wrong_shop(self, _held: Held, token: str, now: dt.datetime) -> None:
        others = [m.code for m in self.hood.stage.alliance.serving(self.hood.code)]
        others.remove(self.visit.merchant_code)
        self._scan(token, now + 15 * SECOND, merchant_code=self.hood.rng.choice(others))
        self._scan(token, now + 50 * SECOND)

    def _too_late(self, held: Held, token: str, now: dt.datetime) -> None:
        self._scan(token, now + 80 * SECOND)
        self.script.at(now + 95 * SECOND, partial(self._show_again, held))

    def _withdrawn(self, held: Held, _token: str, now: dt.datetime) -> None:
        self.script.at(now + 75 * SECOND, partial(self._withdraw, held))

    def _forgotten(self, _held: Held, _token: str, now: dt.datetime) -> None:
        self.script.at(now + 660 * SECOND, self._sweep)

    def _scan(self, token: str, at: dt.datetime, *, merchant_code: str | None = None) -> None:
        clerk = self._clerk(merchant_code or self.visit.merchant_code)
        self.script.at(at, lambda now: _redeem(clerk, token, now))

    def _show_again(self, held: Held, now: dt.datetime) -> None:
        shown = redemptions.show_code(
            actor=self._holder(now),
            now=now,
            community_id=self.hood.community_id,
            redemption_id=held.id,
        )
        self._scan(shown.token, now + 10 * SECOND)

    def _withdraw(self, held: Held, now: dt.datetime) -> None:
        redemptions.withdraw(
            actor=self._holder(now),
            now=now,
            community_id=self.hood.community_id,
            redemption_id=held.id,
        )

    def _cancel(self, held: Held, now: dt.datetime) -> None:
        redemptions.cancel(
            actor=self._clerk(self.visit.merchant_code),
            now=now,
            redemption_id=held.id,
            reason=CancellationReason.HOLDER_ASKED,
        )

    def _sweep(self, now: dt.datetime) -> None:
        redemptions.expire_holds(community_id=self.hood.community_id, now=now, limit=20)

    def _holder(self, now: dt.datetime) -> Actor:
        return self.hood.resident(self.visit.member_index, now)

    def _clerk(self, merchant_code: str) -> Actor:
        stage = self.hood.stage
        counter = Place(
            community_id=self.hood.community_id, merchant_id=stage.merchant_ids[merchant_code]
        )
        return stage.actor(f"{merchant_code}-clerk", counter=counter)


def _redeem(clerk: Actor, token: str, now: dt.datetime) -> None:
    redemptions.redeem(actor=clerk, now=now, code=token)
