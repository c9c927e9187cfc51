"""The API of the alliance, and what each endpoint needs at the door."""

from __future__ import annotations

from typing import Any

from merchants.api import agreements, merchants, offers
from merchants.permissions import MerchantsPermission as P

BLUEPRINTS: list[Any] = [merchants.blp, merchants.public, agreements.blp, offers.blp]

#: endpoint → "public", "signed_in" where the row decides between two permissions, or a permission
ACCESS: dict[str, str] = {
    "merchants.search": P.READ_ALLIANCE,
    "merchants.enter": P.MANAGE_ALLIANCE,
    "merchants.join": P.MANAGE_ALLIANCE,
    "merchants.leave": P.MANAGE_ALLIANCE,
    "public_merchants.search_public": "public",
    "public_merchants.detail_public": "public",
    "agreements.search": "signed_in",
    "agreements.detail": "signed_in",
    "agreements.sign": "signed_in",
    "agreements.draft": P.DRAFT_AGREEMENT,
    "agreements.redraft": P.DRAFT_AGREEMENT,
    "agreements.history": P.READ_ALLIANCE,
    "agreements.suspend": P.SUSPEND_AGREEMENT,
    "agreements.resume": P.SUSPEND_AGREEMENT,
    "agreements.end": P.SUSPEND_AGREEMENT,
    "offers.search": "signed_in",
    "offers.propose": P.PROPOSE_OFFER,
    "offers.accept": P.ACCEPT_OFFER,
    "offers.pause": "signed_in",
    "offers.resume": "signed_in",
    "offers.withdraw": "signed_in",
}
