"""Objections 异议: to a wrong or missing line while the month is on notice, answered in writing.

Filed in ``filing``, decided in ``deciding``, posted in ``upheld``, read in ``objection_views`` and
``objection_lists``; callers use the names here.
"""

from __future__ import annotations

from review.deciding import Outcome, decide
from review.filing import key_in, raise_objection, withdraw
from review.objection_lists import ObjectionSummary, about_me, mine, search
from review.objection_views import ObjectionView, Side, detail, disputed_members, replay
from review.upheld import Amend, Correcting, Record, Strike

__all__ = [
    "Amend",
    "Correcting",
    "ObjectionSummary",
    "ObjectionView",
    "Outcome",
    "Record",
    "Side",
    "Strike",
    "about_me",
    "decide",
    "detail",
    "disputed_members",
    "key_in",
    "mine",
    "raise_objection",
    "replay",
    "search",
    "withdraw",
]
