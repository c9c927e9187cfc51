"""At the counter: visits by code, by the shop's standing QR and by card, drawn month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from ops.demo.cards_played import Cards, CardVisit
from ops.demo.requests_played import RequestVisit
from ops.demo.script import Script
from ops.demo.shopping import DemoRedemption, month_redemptions
from ops.demo.stage import Neighbourhood
from ops.demo.visits import SECOND, VISIT, Visit
from points.models import AccountKind, HolderKind, PointsAccount
from redemption import redemptions
from redemption.redemptions import Held

#: What happens at the counter → how often in a thousand.
COURSES: Mapping[str, int] = {
    "redeemed": 830,
    "withdrawn": 60,
    "forgotten": 40,
    "wrong_shop": 25,
    "too_late": 25,
    "twice": 20,
}


def visit_shops(hood: Neighbourhood, script: Script, cards: Cards, month: str) -> None:
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
                _write(hood, script, cards, visit, instant)


def _write(
    hood: Neighbourhood, script: Script, cards: Cards, visit: DemoRedemption, instant: dt.datetime
) -> None:
    """By card, at the shop's standing QR, or with a code on the phone."""
    if visit.way == "card":
        cards.promise(visit.member_index, before=visit.on)
        script.at(instant, CardVisit(hood, script, visit, cards).begin)
    elif visit.way == "shop_qr":
        script.at(instant, RequestVisit(hood, script, visit).begin)
    else:
        script.at(instant, _CodeVisit(hood, script, visit).begin)


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


class _CodeVisit(Visit):
    """Codes shown and redeemed, some refused, taken back, forgotten or cancelled."""

    def begin(self, now: dt.datetime) -> None:
        held = redemptions.issue(
            actor=self.holder(now),
            now=now,
            community_id=self.hood.community_id,
            offer_id=self.offer_id(),
        )
        # Somebody was faster, or a deduction came in between: the refusal is kept, they go home.
        if isinstance(held, Refused) or held.code is None:
            return
        course = self.hood.rng.choices(tuple(COURSES), weights=tuple(COURSES.values()))[0]
        getattr(self, f"_{course}")(held, held.code.token, now)

    def _redeemed(self, held: Held, token: str, now: dt.datetime) -> None:
        self._scan(token, now + 20 * SECOND)
        self.maybe_cancel(held.id, now + 260 * SECOND)

    def _twice(self, _held: Held, token: str, now: dt.datetime) -> None:
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
        self.script.at(now + 75 * SECOND, partial(self.withdraw, held.id))

    def _forgotten(self, _held: Held, _token: str, now: dt.datetime) -> None:
        self.script.at(now + 660 * SECOND, self.sweep)

    def _scan(self, token: str, at: dt.datetime, *, merchant_code: str | None = None) -> None:
        clerk = self.hood.at_counter(merchant_code or self.visit.merchant_code)
        self.script.at(at, lambda now: _redeem(clerk, token, now))

    def _show_again(self, held: Held, now: dt.datetime) -> None:
        shown = redemptions.show_code(
            actor=self.holder(now),
            now=now,
            community_id=self.hood.community_id,
            redemption_id=held.id,
        )
        self._scan(shown.token, now + 10 * SECOND)


def _redeem(clerk: Actor, token: str, now: dt.datetime) -> None:
    redemptions.redeem(actor=clerk, now=now, code=token)
