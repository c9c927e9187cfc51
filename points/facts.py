"""Facts 事实: what happened. Recorded through the door, approved, decided, corrected; always kept.

Points are not entered anywhere: they follow from the facts (``points.rules``), and every act here
posts the difference it makes.
"""

from __future__ import annotations

from points.corrections import amend_fact as amend
from points.corrections import strike_fact as strike
from points.fact_approval import approve, decide
from points.fact_detail import FactDetail, detail
from points.fact_recording import EvidenceGiven, record
from points.fact_views import FactFilter, FactState, FactView, replay, search

__all__ = [
    "EvidenceGiven",
    "FactDetail",
    "FactFilter",
    "FactState",
    "FactView",
    "amend",
    "approve",
    "decide",
    "detail",
    "record",
    "replay",
    "search",
    "strike",
]
