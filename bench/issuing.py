"""issue_vs_floor: holding points for an offer and issuing its first code."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import points_community, prepare, ratios
from bench.load import request_bytes
from bench.points_community import PointsCommunity
from bench.prepare import SHOPS, Shop, bulk
from bench.ratios import Compared
from bench.servers import Ports
from community import models as people
from community import sign_in_sessions
from kernel import clock, unit_of_work
from kernel.database import db
from kernel.ids import new_id
from kernel.one_time_codes import new_token
from merchants import quotas
from merchants.models import Offer, RedemptionAgreement
from points.models import PointsAccount
from tests.support.postgresql import PostgresServer

#: So many that none of them ever has ten holds open.
HOLDERS = 6_000


@dataclass(frozen=True)
class Issuing:
    """Members with points and a session each, and shops to go to."""

    place: PointsCommunity
    tokens: tuple[str, ...]
    shops: tuple[Shop, ...]


def results(app: Flask, ports: Ports, server: PostgresServer) -> dict[str, dict[str, Any]]:
    """The key of issuing; limits of the offer and of the merchant's month included."""
    found = prepared(clock.now())
    compared = Compared(
        name="issue_vs_floor",
        goal=">= 0.60",
        floor=lambda: requests(found, "/issue"),
        product=lambda: requests(found, f"/api/v1/communities/{found.place.code}/redemptions"),
        expected=b" 201 ",
    )
    return {compared.name: ratios.measured(compared, ports, server)}


def requests(found: Issuing, path: str) -> Iterator[bytes]:
    """Every holder in turn, each at another shop than the one before."""
    bodies = [json.dumps({"offer_id": str(shop.offer_id)}).encode() for shop in found.shops]
    for number, token in enumerate(cycle(found.tokens)):
        yield request_bytes(
            "POST", path, body=bodies[number % len(bodies)],
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())},
        )  # fmt: skip


def prepared(now: dt.datetime) -> Issuing:
    """Make it all; commits."""
    place = points_community.found(now, code="issuers", members=HOLDERS)
    shops = tuple(
        prepare.shop(place.community_id, number, now, of="issuers") for number in range(SHOPS)
    )
    db.session.execute(
        sa.update(PointsAccount)
        .where(PointsAccount.community_id == place.community_id, PointsAccount.kind == "holder")
        .values(balance=Decimal(90_000))
    )
    tokens = _bound(place, now)
    db.session.commit()
    for shop in shops:
        unit_of_work.run(_open_quotas, place.community_id, shop, clock.business_date(now))
    return Issuing(place, tokens, shops)


def _bound(place: PointsCommunity, now: dt.datetime) -> tuple[str, ...]:
    accounts = [new_id() for _ in place.members]
    tokens = tuple(new_token(256) for _ in place.members)
    bulk(
        people.UserAccount,
        [
            {"id": each, "display_name": "居民", "created_at_utc": now, "openid": str(each)}
            for each in accounts
        ],
    )
    bulk(
        people.MemberBinding,
        [
            {
                "community_id": place.community_id, "id": new_id(), "member_id": member,
                "account_id": account, "way": "slip", "bound_at_utc": now,
            }
            for account, member in zip(accounts, place.members, strict=True)
        ],
    )  # fmt: skip
    bulk(
        people.SignInSession,
        [
            {
                "id": new_id(), "account_id": account, "issued_at_utc": now,
                "token_hmac": sign_in_sessions.digest(token),
                "expires_at_utc": now + dt.timedelta(days=1),
            }
            for account, token in zip(accounts, tokens, strict=True)
        ],
    )  # fmt: skip
    return tokens


def _open_quotas(community_id: uuid.UUID, shop: Shop, today: dt.date) -> None:
    """The first taker of a period opens its rows; neither side is to be measured doing that."""
    offer = db.session.get_one(Offer, (community_id, shop.offer_id))
    agreement = db.session.get_one(RedemptionAgreement, (community_id, shop.agreement_id))
    stock = quotas.stock(offer, today)
    cap = quotas.month_cap(shop.merchant_id, agreement.monthly_cap, today)
    for quota in (stock, cap):
        if quota is None:
            raise RuntimeError("the offer has no stock")
        taken = quotas.take(community_id=community_id, quota=quota, amount=1)
        if taken is None:
            raise RuntimeError("nothing left of a new quota")
        quotas.give_back(community_id=community_id, taken=[taken])
