"""The refusals of the door as errors, with the facts that help to correct the entry."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.errors import LinliError
from points import errors
from points.rules.door import DoorAnswer, DoorRefusal

#: refusal → (error, the field it is about)
ERRORS: Mapping[DoorRefusal, tuple[type[LinliError], str]] = {
    DoorRefusal.ITEM_NOT_IN_FORCE: (errors.ItemNotInForce, "item_code"),
    DoorRefusal.OCCURRED_IN_FUTURE: (errors.OccurredInFuture, "occurred_on"),
    DoorRefusal.TOO_LATE: (errors.TooLate, "occurred_on"),
    DoorRefusal.QUANTITY_OUT_OF_RANGE: (errors.QuantityOutOfRange, "quantity"),
    DoorRefusal.LEVEL_MISSING: (errors.LevelMissing, "level"),
    DoorRefusal.ACTIVITY_MISSING: (errors.ActivityMissing, "activity"),
    DoorRefusal.REASON_MISSING: (errors.ReasonMissing, "reason"),
    DoorRefusal.EVIDENCE_MISSING: (errors.EvidenceMissing, "evidence"),
    DoorRefusal.RECORDER_NOT_ALLOWED: (errors.RecorderNotAllowed, "item_code"),
}


def require(answer: DoorAnswer | None, *, level: str | None) -> None:
    """Raise what the door answered; a level that was named but is not there is unknown."""
    if answer is None:
        return
    error, field = ERRORS[answer.refusal]
    if answer.refusal is DoorRefusal.LEVEL_MISSING and level is not None:
        error = errors.LevelUnknown
    refused = error(field=field)
    refused.extra = dict(answer.facts)
    raise refused
