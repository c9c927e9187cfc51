"""Reviewed reversals 复核退回: after the window, points come back only when two people agree.

The merchant, the community or an upheld report asks, with a reason; a supervisor decides, with a
reason. Supervisors and not the administration: the administration runs the alliance, decides the
reports and asks for most reversals, and points that are handed back by decision need a second
body. It is never the same account, nobody of the holder's household and nobody of the shop.
"""

from redemption.reversals.asking import ask, ask_at_counter
from redemption.reversals.deciding import decide
from redemption.reversals.views import ReversalView, at_counter, detail, listed, replay

__all__ = [
    "ReversalView",
    "ask",
    "ask_at_counter",
    "at_counter",
    "decide",
    "detail",
    "listed",
    "replay",
]
