"""A member's pages: the two numbers, redeeming by a code or at a shop's standing QR, receipts."""

from web.member import choosing, home, proxies, redeeming, reporting
from web.member.blueprint import blueprint

__all__ = ["blueprint", "choosing", "home", "proxies", "redeeming", "reporting"]
