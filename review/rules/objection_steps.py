"""Objections: the legal steps, who must stay out, and how long the clock runs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

#: Working days from filing to the written reply; the day of filing does not count.
ANSWER_WORKING_DAYS = 5
SHORTEST_REPLY = 20


class ObjectionState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


LEGAL_STEPS: Mapping[ObjectionState, frozenset[ObjectionState]] = {
    ObjectionState.OPEN: frozenset(
        {ObjectionState.UPHELD, ObjectionState.DISMISSED, ObjectionState.WITHDRAWN}
    ),
    ObjectionState.UPHELD: frozenset(),
    ObjectionState.DISMISSED: frozenset(),
    ObjectionState.WITHDRAWN: frozenset(),
}


def may_step(before: ObjectionState, to: ObjectionState) -> bool:
    """Whether ``to`` is one legal step from ``before``."""
    return to in LEGAL_STEPS[before]


def must_stay_out(
    *,
    own_accounts: AbstractSet[uuid.UUID],
    acted_on_line: AbstractSet[uuid.UUID],
    objector_account_id: uuid.UUID | None,
    keyed_by: uuid.UUID | None,
    own_circle: AbstractSet[uuid.UUID],
    concerned: AbstractSet[uuid.UUID],
) -> bool:
    """Whether the person with these accounts may not decide.

    Out are those who recorded, approved or corrected the line (``acted_on_line``), who objected
    or wrote the objection down, and anybody whose own household (``own_circle``, member ids) the
    matter concerns (``concerned``: subject and objector).
    """
    return (
        bool(own_accounts & acted_on_line)
        or not own_accounts.isdisjoint((objector_account_id, keyed_by))
        or bool(own_circle & concerned)
    )
