"""Facts 事实: what happened. Recorded through the door, approved, decided, corrected; always kept.

Points are not entered anywhere: they follow from the facts (``points.rules``), and every act here
posts the difference it makes.
"""

from __future__ import annotations

from points.beneficiaries import NamedPerson, Subject
from points.corrections import amend_fact as amend
from points.corrections import strike_fact as strike
from points.fact_approval import approve, decide
from points.fact_detail import FactDetail, detail
from points.fact_door import Asked, EvidenceGiven
from points.fact_news import corrected, told
from points.fact_preview import Preview, preview
from points.fact_recording import record, record_from
from points.fact_views import FactFilter, FactState, FactView, replay, replay_recorded, search
from points.models import Source

__all__ = [
    "Asked",
    "EvidenceGiven",
    "FactDetail",
    "FactFilter",
    "FactState",
    "FactView",
    "NamedPerson",
    "Preview",
    "Source",
    "Subject",
    "amend",
    "approve",
    "corrected",
    "decide",
    "detail",
    "preview",
    "record",
    "record_from",
    "replay",
    "replay_recorded",
    "search",
    "strike",
    "told",
]
