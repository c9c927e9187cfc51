"""Tables of the package review, one file per family."""

from review.models.notices import Correction, NoticeCounter, NoticePart, NoticeState, PublicNotice
from review.models.objections import (
    Objection,
    ObjectionAct,
    ObjectionChannel,
    ObjectionKind,
)
from review.models.sheets import Sheet, SheetRow, SheetState
from review.rules.disclosure import Disclosure
from review.rules.objection_steps import ObjectionState

__all__ = [
    "Correction",
    "Disclosure",
    "NoticeCounter",
    "NoticePart",
    "NoticeState",
    "Objection",
    "ObjectionAct",
    "ObjectionChannel",
    "ObjectionKind",
    "ObjectionState",
    "PublicNotice",
    "Sheet",
    "SheetRow",
    "SheetState",
]
