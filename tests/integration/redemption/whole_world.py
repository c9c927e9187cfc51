"""A community where points are earned under a real rulebook and spent in a shop.

Unlike ``alliance_world`` nobody gets points from nowhere: the ledger adds up from the first row on.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from community import sign_in_sessions
from community.models import RoleGrant
from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from merchants.models import Offer
from points import counterparts
from points.facts import FactView
from tests.factories.merchants import (
    AllianceMerchantFactory,
    MerchantFactory,
    RedemptionAgreementFactory,
)
from tests.integration.points.world import MONTH, World, empty_world, items
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld, Holder

#: One fact that is worth as much as somebody spends in a whole test.
GRANT = {"code": "GRANT", "name": "奖励", "subject": "environment", "kind": "bonus",
         "award": {"type": "fixed", "points": 1000}}  # fmt: skip
WORK = {"code": "WORK", "name": "劳动", "subject": "environment", "kind": "bonus",
        "award": {"type": "fixed", "points": 5}}  # fmt: skip
NO_CAP = Decimal(90_000)


@dataclass
class WholeWorld:
    """Both halves of one community; every method flushes and commits nothing."""

    code: str
    points: World
    shop: AllianceWorld

    @property
    def community_id(self) -> uuid.UUID:
        return self.points.community_id

    def holder(self) -> Holder:
        """A member without points."""
        return self.shop.holder(balance=0)

    def rich_holder(self, *, grants: int = 1) -> Holder:
        """A member who earned ``grants`` × 1000 points."""
        holder = self.holder()
        for _ in range(grants):
            self.record(holder, "GRANT")
        return holder

    def record(self, holder: Holder, item: str, **given: Any) -> FactView:
        return self.points.record(holder.member_id, item, **given)

    def offer(self, points: Decimal, **terms: Any) -> Offer:
        return self.shop.offer(points=points, **terms)

    def token(self, actor: Actor, now: dt.datetime = NOW) -> str:
        """Sign the actor in; the token is what a request carries."""
        counter = actor.counter
        if counter is not None:
            db.session.add(
                RoleGrant(
                    account_id=actor.account_id, role="merchant_clerk",
                    district_id=self.shop.place.district_id, street_id=self.shop.place.street_id,
                    community_id=counter.community_id, merchant_id=counter.merchant_id,
                    granted_from=JOINED, granted_by=new_id(), granted_at_utc=now,
                )
            )  # fmt: skip
        issued = sign_in_sessions.issue(
            account_id=actor.account_id, is_staff=counter is not None, counter=counter, now=now
        )
        return issued.token


def whole_world(
    *, months: tuple[str, ...] = (clock.previous_month(MONTH), MONTH),
    cap: Decimal = NO_CAP, **balance: Any,
) -> WholeWorld:  # fmt: skip
    """A fresh community; ``balance`` are rules of the rulebook's balance, ``cap`` the shop's."""
    code = f"w{new_id().hex[-12:]}"
    points = empty_world(code)
    version = points.adopt(
        items=[*items("CAP", "FREE", "BAD"), GRANT, WORK],
        balance={"spendable_from": "recorded", "deductions": "below_zero", **balance},
    )
    for month in months:
        points.open_month(month)
    merchant = MerchantFactory(code=f"s{code}")
    where = {"community_id": points.community_id, "merchant_id": merchant.id}
    AllianceMerchantFactory(**where)
    agreement = RedemptionAgreementFactory(**where, monthly_cap=cap)
    counterparts.ensure_merchant(points.community_id, merchant.id)
    db.session.flush()
    shop = AllianceWorld(
        place=points.place, community_id=points.community_id, merchant=merchant,
        agreement=agreement, rulebook_id=version.rulebook_id, grid_id=points.grid_id,
    )  # fmt: skip
    return WholeWorld(code=code, points=points, shop=shop)
