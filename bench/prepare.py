"""A community with shops, clerks and many held redemptions, written in bulk for a benchmark."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bench.load import request_bytes
from community import models as people
from community import sign_in_sessions
from community.role_names import RoleName
from kernel.database import Base, db
from kernel.ids import new_id, new_receipt_number
from kernel.one_time_codes import digest, new_token
from merchants import models as shops
from points import models as ledger
from redemption import models as counters

SHOPS = 8
HOLDERS = 2_000
BATCH = 5_000
PRICE = Decimal("8.0")
#: More than a run issues; large enough to be split into slots.
STOCK = 1_000_000


@dataclass(frozen=True)
class Shop:
    """One shop and the token of the clerk who is signed in to it."""

    merchant_id: uuid.UUID
    offer_id: uuid.UUID
    agreement_id: uuid.UUID
    clerk_token: str


@dataclass(frozen=True)
class Community:
    """What requests are made from."""

    community_id: uuid.UUID
    code: str
    shops: tuple[Shop, ...]
    holders: tuple[tuple[uuid.UUID, uuid.UUID], ...]


def found(now: dt.datetime) -> Community:
    """Make the community; commits."""
    today = now.date()
    district = people.District(name="基准区", code="bench", brand="基准", slogan="基准")
    db.session.add(district)
    db.session.flush()
    street = people.Street(district_id=district.id, name="基准街道", code="bench")
    db.session.add(street)
    db.session.flush()
    community = people.Community(
        street_id=street.id, name="基准社区", code="bench", committee="基准社区居民委员会",
        phone="0350-555 0100", office="基准", hours="8:30–18:00", alliance_name="基准联盟",
    )  # fmt: skip
    db.session.add(community)
    db.session.flush()
    rulebook = ledger.Rulebook(
        community_id=community.id, code="bench", title="基准细则", holder="member"
    )
    db.session.add(rulebook)
    db.session.flush()
    holders = _holders(community.id, rulebook.id, today)
    made = tuple(shop(community.id, number, now) for number in range(SHOPS))
    db.session.commit()
    return Community(community.id, community.code, made, holders)


def redeem_requests(
    community: Community,
    count: int,
    now: dt.datetime,
    *,
    path: str,
    shops: Sequence[Shop] = (),
) -> Iterator[bytes]:
    """``count`` held redemptions with one code each, and a request that redeems each.

    They are spread over ``shops``, over all of the community without any; commits.
    """
    among = shops or community.shops
    at = [among[number % len(among)] for number in range(count)]
    tokens = [new_token() for _ in range(count)]
    hmacs = [digest("redemption-token-kept", token) for token in tokens]
    ids = hold_for(community, now, shops=at, token_hmacs=hmacs)
    db.session.commit()
    return iter(
        [
            request_bytes(
                "POST", path, body=json.dumps({"code": token}).encode(),
                headers={
                    "Authorization": f"Bearer {shop.clerk_token}",
                    "Idempotency-Key": str(redemption_id),
                },
            )
            for shop, token, redemption_id in zip(at, tokens, ids, strict=True)
        ]
    )  # fmt: skip


def hold_for(
    community: Community, now: dt.datetime, *, shops: Sequence[Shop], token_hmacs: Sequence[str]
) -> list[uuid.UUID]:
    """One held redemption with a living code for each shop and HMAC; returns their ids."""
    redemptions: list[dict[str, Any]] = []
    codes: list[dict[str, Any]] = []
    until = now + dt.timedelta(hours=6)
    for number, (shop, hmac) in enumerate(zip(shops, token_hmacs, strict=True)):
        account_id, member_id = community.holders[number % len(community.holders)]
        redemption_id = new_id()
        redemptions.append(
            {
                "community_id": community.community_id, "id": redemption_id,
                "account_id": account_id, "member_id": member_id, "offer_id": shop.offer_id,
                "channel": "code", "agreement_id": shop.agreement_id,
                "merchant_id": shop.merchant_id, "points": PRICE,
                "receipt_number": new_receipt_number(), "state": "held", "quotas_taken": [],
                "held_at_utc": now, "hold_expires_at_utc": until,
            }
        )  # fmt: skip
        codes.append(
            {
                "community_id": community.community_id, "id": new_id(),
                "redemption_id": redemption_id, "merchant_id": shop.merchant_id,
                "token_hmac": hmac, "digits_hmac": digest("redemption-digits-kept", hmac),
                "occupies_digits": True, "issued_at_utc": now, "expires_at_utc": until,
            }
        )  # fmt: skip
    bulk(counters.Redemption, redemptions)
    bulk(counters.RedemptionCode, codes)
    _hold(community, len(codes))
    return [row["id"] for row in redemptions]


def _hold(community: Community, count: int) -> None:
    number = -(-count // len(community.holders))
    each = number * PRICE
    account = ledger.PointsAccount
    db.session.execute(
        sa.update(account)
        .where(account.community_id == community.community_id, account.kind == "holder")
        .values(
            held=account.held + each,
            open_holds=account.open_holds + number,
            balance=account.balance + each,
        )
    )


def _holders(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, today: dt.date
) -> tuple[tuple[uuid.UUID, uuid.UUID], ...]:
    pairs = tuple((new_id(), new_id()) for _ in range(HOLDERS))
    members = [
        {
            "community_id": community_id, "id": member_id, "name": "王基准", "sort_key": "wang",
            "public_code": None, "is_demo": True, "joined_on": today,
        }
        for _, member_id in pairs
    ]  # fmt: skip
    accounts = [
        {
            "community_id": community_id, "id": account_id, "kind": "holder",
            "holder_kind": "member", "holder_id": member_id, "rulebook_id": rulebook_id,
            "balance": Decimal(0), "held": Decimal(0), "debt": Decimal(0), "open_vetoes": 0,
            "evaluation_version": 0,
        }
        for account_id, member_id in pairs
    ]  # fmt: skip
    bulk(people.Member, members)
    bulk(ledger.PointsAccount, accounts)
    return pairs


def shop(community_id: uuid.UUID, number: int, now: dt.datetime, *, of: str = "bench") -> Shop:
    """A shop with a capped agreement, an offer with a stock and a clerk who is signed in."""
    code = f"{of}-{number}"
    merchant = shops.Merchant(name="基准店", trade="超市", code=code, address="基准", is_demo=True)
    clerk = people.UserAccount(
        login_name=f"clerk-{code}", password_hash="unusable", display_name="店员",
        created_at_utc=now,
    )  # fmt: skip
    db.session.add_all([merchant, clerk])
    db.session.flush()
    db.session.add(
        shops.AllianceMerchant(
            community_id=community_id, merchant_id=merchant.id, state="joined",
            joined_on=now.date() - dt.timedelta(days=30),
        )
    )  # fmt: skip
    db.session.flush()
    text = "基准协议"
    agreement = shops.RedemptionAgreement(
        community_id=community_id, merchant_id=merchant.id, number=number + 1, edition=1,
        text=text, text_sha256="0" * 64, valid_from=now.date() - dt.timedelta(days=30),
        valid_to=now.date() + dt.timedelta(days=300), monthly_cap=Decimal(90_000),
        merchant_percent=100, state="signed", drafted_by=new_id(), drafted_at_utc=now,
        signed_at_utc=now,
    )  # fmt: skip
    db.session.add(agreement)
    db.session.flush()
    offer = shops.Offer(
        community_id=community_id, merchant_id=merchant.id, agreement_id=agreement.id,
        title="满 20 减 8", kind="amount_off", ordinary_price_cents=2000,
        alliance_price_cents=1200, points=PRICE, stock=STOCK, valid_from=agreement.valid_from,
        state="accepted", proposed_by=new_id(), proposed_at_utc=now,
    )  # fmt: skip
    token = new_token(256)
    db.session.add_all(
        [
            offer,
            ledger.PointsAccount(
                community_id=community_id, kind="merchant", holder_kind="merchant",
                holder_id=merchant.id,
            ),
            people.RoleGrant(
                account_id=clerk.id, role=RoleName.MERCHANT_CLERK, community_id=community_id,
                merchant_id=merchant.id, granted_from=now.date() - dt.timedelta(days=1),
                granted_by=new_id(), granted_at_utc=now,
            ),
            people.SignInSession(
                account_id=clerk.id, token_hmac=sign_in_sessions.digest(token), issued_at_utc=now,
                expires_at_utc=now + dt.timedelta(days=1), counter_community_id=community_id,
                counter_merchant_id=merchant.id,
            ),
        ]
    )  # fmt: skip
    db.session.flush()
    return Shop(merchant.id, offer.id, agreement.id, token)


def bulk(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert many rows, BATCH at once; the caller commits."""
    for start in range(0, len(rows), BATCH):
        db.session.execute(sa.insert(table), rows[start : start + BATCH])
