"""The API of redemption, and what each endpoint needs at the door."""

from __future__ import annotations

from typing import Any

from redemption.api import counter, holder
from redemption.permissions import RedemptionPermission as P

BLUEPRINTS: list[Any] = [holder.blp, counter.blp]

#: endpoint → permission
ACCESS: dict[str, str] = {
    "redemptions.issue": P.REDEEM_OWN_POINTS,
    "redemptions.mine": P.REDEEM_OWN_POINTS,
    "redemptions.receipt": P.REDEEM_OWN_POINTS,
    "redemptions.next_code": P.REDEEM_OWN_POINTS,
    "redemptions.code_png": P.REDEEM_OWN_POINTS,
    "redemptions.code_svg": P.REDEEM_OWN_POINTS,
    "redemptions.withdraw": P.REDEEM_OWN_POINTS,
    "counter.preview": P.REDEEM,
    "counter.redeem": P.REDEEM,
    "counter.cancel": P.REDEEM,
    "counter.redeemed": P.READ_COUNTER,
    "counter.refused_scans": P.READ_COUNTER,
    "counter.today": P.READ_COUNTER,
}
