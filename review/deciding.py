"""Deciding an objection: uphold with the correction that follows, or dismiss, always in writing."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from community import places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.errors import NotFound, StaleVersion
from review import lines, objection_acts, objection_views, upheld
from review.errors import (
    ConflictOfInterest,
    CorrectionMissing,
    CorrectionNotWanted,
    LineNotOfMonth,
    ObjectionClosed,
    ReplyTooShort,
)
from review.models import Objection, ObjectionKind, ObjectionState, PublicNotice
from review.objection_views import ObjectionView, Side
from review.permissions import ReviewPermission
from review.rules.objection_steps import SHORTEST_REPLY
from review.upheld import Correcting, Record


class Outcome(StrEnum):
    """What the written reply says."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"


_STATES = {Outcome.UPHOLD: ObjectionState.UPHELD, Outcome.DISMISS: ObjectionState.DISMISSED}
#: What the subject reads where the staff wrote no summary of their own.
_SUMMARIES = {
    Outcome.UPHOLD: "有居民对这个月的记录提出异议，经核对已按事实更正。",
    Outcome.DISMISS: "有居民对这个月的记录提出异议，经核对原记录不变。",
}


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    objection_id: uuid.UUID,
    version: int,
    outcome: Outcome,
    reply: str,
    summary: str | None = None,
    correction: Correcting | None = None,
) -> ObjectionView:
    """Answer an objection in writing; upholding posts the correction in the same unit of work.

    The objector reads ``reply``, the subject only ``summary``. Raises StaleVersion,
    ObjectionClosed, ConflictOfInterest (recorded, approved or corrected the line, wrote the
    objection down, own household), ReplyTooShort, CorrectionMissing, CorrectionNotWanted,
    CorrectionUnfit, LineNotOfMonth, and what points refuses.
    """
    actor.require(ReviewPermission.DECIDE_OBJECTION, places.place_of(community_id))
    row = tenancy.get(Objection, community_id, objection_id)
    _require_open(row, version)
    line_id = _line_id(row, correction)
    _require_clean_hands(actor, row, line_id)
    _require_complete(row, outcome, reply, correction)
    summary_text = (summary or "").strip() or _SUMMARIES[outcome]
    if correction is not None:
        line_id = upheld.post(
            actor=actor,
            now=now,
            notice=tenancy.get(PublicNotice, community_id, row.notice_id),
            subject_member_id=row.subject_member_id,
            line_id=line_id,
            correction=correction,
            reason=summary_text,
        )
    objection_acts.step(
        actor=actor,
        now=now,
        row=row,
        to=_STATES[outcome],
        version=version,
        line_id=line_id,
        decided_by=actor.account_id,
        decided_at_utc=now,
        reply_text_id=_keep(row, reply.strip(), now),
        summary_text_id=_keep(row, summary_text, now),
    )
    return objection_views.view(actor, row, Side.STAFF)


def _require_open(row: Objection, version: int) -> None:
    if row.state != ObjectionState.OPEN:
        raise ObjectionClosed()
    if row.version != version:
        raise StaleVersion(field="version")


def _keep(row: Objection, body: str, now: dt.datetime) -> uuid.UUID:
    return personal_text.keep(community_id=row.community_id, body=body, now=now).id


def _line_id(row: Objection, correction: Correcting | None) -> uuid.UUID | None:
    """The line decided about: the objection's, or the one the decider found it means."""
    if row.line_id is not None or correction is None or isinstance(correction, Record):
        return row.line_id
    if correction.line_id is None:
        return None
    line = lines.about(row.community_id, correction.line_id)
    is_theirs = line.member_id == row.subject_member_id and line.rulebook_id == row.rulebook_id
    if line.month != row.month or not is_theirs:
        raise LineNotOfMonth(field="correction")
    return line.line_id


def _require_clean_hands(actor: Actor, row: Objection, line_id: uuid.UUID | None) -> None:
    line = lines.about(row.community_id, line_id) if line_id else None
    if objection_views.stays_out(actor, row, line):
        raise ConflictOfInterest()
    if objection_views.side_of(actor, row) is not Side.STAFF:
        raise NotFound()


def _require_complete(
    row: Objection, outcome: Outcome, reply: str, correction: Correcting | None
) -> None:
    if len(reply.strip()) < SHORTEST_REPLY:
        raise ReplyTooShort(field="reply", least=SHORTEST_REPLY)
    if outcome is Outcome.DISMISS:
        if correction is not None:
            raise CorrectionNotWanted(field="correction")
        return
    if correction is None:
        raise CorrectionMissing(field="correction")
    upheld.require_fit(ObjectionKind(row.kind), correction)
