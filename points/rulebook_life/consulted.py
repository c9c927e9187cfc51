"""What a consultation asks of an adoption: it ran to its end, and every comment was answered."""

from __future__ import annotations

import datetime as dt

from kernel import tenancy
from kernel.database import db
from points.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationComment,
    RulebookVersion,
)
from points.rulebook_life.errors import (
    AdoptedDuringConsultation,
    CommentsUnanswered,
    ConsultationBrokenOff,
    ConsultationRunning,
    listed_numbers,
)


def latest(row: RulebookVersion) -> Consultation | None:
    """The last consultation of a version, or None."""
    statement = tenancy.select(Consultation, row.community_id).where(
        Consultation.rulebook_version_id == row.id
    )
    return db.session.scalars(statement.order_by(Consultation.number.desc()).limit(1)).one_or_none()


def require_finished(row: RulebookVersion, today: dt.date, adopted_on: dt.date) -> None:
    """The meeting comes after the last day of the consultation, where there was one.

    Raises ConsultationRunning, ConsultationBrokenOff, CommentsUnanswered.
    """
    last = latest(row)
    if last is None:
        return
    if last.broken_off_on is not None:
        raise ConsultationBrokenOff()
    if today <= last.last_on:
        raise ConsultationRunning(last_on=last.last_on)
    if adopted_on <= last.last_on:
        raise AdoptedDuringConsultation(field="adopted_on", last_on=last.last_on)
    unanswered = unanswered_numbers(row)
    if unanswered:
        raise CommentsUnanswered(count=len(unanswered), numbers=listed_numbers(unanswered))


def unanswered_numbers(row: RulebookVersion) -> list[int]:
    """Numbers of the comments without an answer, over all consultations of the version."""
    answered = (
        tenancy.columns(ConsultationAnswer, row.community_id, ConsultationAnswer.id)
        .where(ConsultationAnswer.comment_id == ConsultationComment.id)
        .exists()
    )
    statement = (
        tenancy.columns(ConsultationComment, row.community_id, ConsultationComment.number)
        .join(
            Consultation,
            (Consultation.community_id == ConsultationComment.community_id)
            & (Consultation.id == ConsultationComment.consultation_id),
        )
        .where(Consultation.rulebook_version_id == row.id, ~answered)
        .order_by(Consultation.number, ConsultationComment.number)
    )
    return list(db.session.scalars(statement))
