"""Grants: points that come without a fact, to everybody entitled.

Base points (``base``), what an exclusion takes back at the end of a period (``exclusions``) and
points by rank (``rank_awards``). Each is safe to run twice and to be killed half-way.
"""

from points.grants.base import BATCH, Granted, Page, expected, grant_base, grant_page
from points.grants.due import ONCE

__all__ = ["BATCH", "ONCE", "Granted", "Page", "expected", "grant_base", "grant_page"]
