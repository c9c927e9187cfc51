"""The floors: a bare Flask application that does by hand the reads and writes of the product.

Served as ``bench.floors:app``.
"""

from bench.floors import history, issue, record, redeem
from bench.floors.base import app

__all__ = ["app", "history", "issue", "record", "redeem"]
