"""What the database must say after everybody went home, compared with what clients were told."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from kernel import tenancy
from kernel.database import db
from merchants.models import QuotaUsage
from points import ledger_check
from points.models import Transfer
from redemption import holds
from redemption.models import Redemption, RedemptionCancellation
from tests.faults.shoppers import PRICE, Shop, Shopper

#: What a client knows → state of the redemption, transfers that it caused.
_STATE = {"held": "held", "withdrawn": "withdrawn", "redeemed": "redeemed", "cancelled": "redeemed"}
_MOVED = {"redeemed": ["redemption"], "cancelled": ["cancellation", "redemption"]}


def agree(shop: Shop, shoppers: Iterable[Shopper]) -> None:
    """AssertionError unless every acknowledged act is there once, and nothing else is."""
    shoppers = list(shoppers)
    # Our own connections were cut as well.
    db.engine.dispose()
    known = {key: state for shopper in shoppers for key, state in shopper.known.items()}
    _redemptions_are(shop, known)
    _transfers_are(shop, known)
    _quotas_are(shop, known)
    for shopper in shoppers:
        _balance_is(shop, shopper)
    found = ledger_check.check(shop.world.community_id, held_by_account=holds.held_by_account)
    assert found == []


def _redemptions_are(shop: Shop, known: dict[uuid.UUID, str]) -> None:
    rows = db.session.execute(
        tenancy.columns(Redemption, shop.world.community_id, Redemption.id, Redemption.state)
    )
    assert {row.id: row.state for row in rows} == {key: _STATE[one] for key, one in known.items()}
    taken_back = db.session.scalars(
        tenancy.columns(
            RedemptionCancellation, shop.world.community_id, RedemptionCancellation.redemption_id
        )
    )
    assert sorted(taken_back) == sorted(key for key, one in known.items() if one == "cancelled")


def _transfers_are(shop: Shop, known: dict[uuid.UUID, str]) -> None:
    rows = db.session.execute(
        tenancy.columns(
            Transfer, shop.world.community_id, Transfer.redemption_id, Transfer.kind,
            Transfer.points,
        ).where(Transfer.redemption_id.is_not(None))
    ).all()  # fmt: skip
    wanted = Counter((key, kind) for key, one in known.items() for kind in _MOVED.get(one, []))
    assert Counter((row.redemption_id, row.kind) for row in rows) == wanted
    assert {row.points for row in rows} <= {PRICE}


def _quotas_are(shop: Shop, known: dict[uuid.UUID, str]) -> None:
    pieces = sum(one in ("held", "redeemed") for one in known.values())
    rows = db.session.execute(
        tenancy.columns(QuotaUsage, shop.world.community_id, QuotaUsage.quota_code, QuotaUsage.used)
    )
    used: Counter[str] = Counter()
    for row in rows:
        used[row.quota_code.split(":")[0]] += row.used
    assert +used == +Counter({"stock": pieces, "takings": pieces * int(PRICE * 10)})


def _balance_is(shop: Shop, shopper: Shopper) -> None:
    states = Counter(shopper.known.values())
    earned = Decimal(3000)
    spent, held = PRICE * states["redeemed"], PRICE * states["held"]
    assert shop.world.shop.points_of(shopper.holder) == (earned - spent, held, Decimal(0))
