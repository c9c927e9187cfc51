"""Pages of a shop: its counter, its day, its own page, and what it puts up on the wall.

Importing a route module puts its pages on the blueprint.
"""

from web.merchant import afterwards_routes, card_routes, day_routes, routes, shop_routes
from web.merchant.blueprint import blueprint

__all__ = ["afterwards_routes", "blueprint", "card_routes", "day_routes", "routes", "shop_routes"]
