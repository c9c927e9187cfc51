"""Pages of the community's staff: cards, reports, receipts and what guards redemption.

Importing a route module puts its pages on the blueprint.
"""

from web.office import (
    batches,
    card_acts,
    cards,
    guards,
    handing,
    home,
    notices,
    pins,
    receipts,
    reports,
    reversals,
    stopped,
    window,
)
from web.office.blueprint import blueprint

__all__ = [
    "batches",
    "blueprint",
    "card_acts",
    "cards",
    "guards",
    "handing",
    "home",
    "notices",
    "pins",
    "receipts",
    "reports",
    "reversals",
    "stopped",
    "window",
]
