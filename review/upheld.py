"""What follows from an upheld objection: the fact corrected through points, sheets restated.

While the month is on notice the difference stands on its own sheet; after the seal points posts
it to the open month and the corrigendum restates the sealed month's ranks only.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel import clock
from kernel.access import Actor
from kernel.database import db
from points import corrections, objection_records
from points.facts import EvidenceGiven
from points.models import Authority
from review import cycle, editions, lines, publishing, sheets
from review.errors import CorrectionUnfit
from review.models import NoticeState, ObjectionKind, PublicNotice


@dataclass(frozen=True, kw_only=True)
class Strike:
    """The line is taken back. ``line_id`` where the objection did not name one."""

    line_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Amend:
    """What really happened; None leaves a field as it is."""

    line_id: uuid.UUID | None = None
    quantity: Decimal | None = None
    level: str | None = None
    decided: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """The deed that was missing, in the words of the rulebook."""

    item_code: str
    occurred_on: dt.date
    quantity: Decimal = Decimal(1)
    level: str | None = None
    decided: Decimal | None = None
    evidence: Sequence[EvidenceGiven] = ()


Correcting = Strike | Amend | Record


def require_fit(kind: ObjectionKind, correction: Correcting) -> None:
    """A wrong line is struck or amended, a missing one recorded; raises CorrectionUnfit."""
    if (kind is ObjectionKind.MISSING) != isinstance(correction, Record):
        raise CorrectionUnfit(field="correction")


def post(
    *,
    actor: Actor,
    now: dt.datetime,
    notice: PublicNotice,
    subject_member_id: uuid.UUID,
    line_id: uuid.UUID | None,
    correction: Correcting,
    reason: str,
) -> uuid.UUID:
    """Correct the fact and restate the sheet; returns the line that was corrected or made.

    ``reason`` is what the member reads beside the fact: the summary, never the objection's words.
    Raises CorrectionUnfit where no line is named, and what points refuses (NotAFactLine,
    NothingChanged, QuantityOutOfRange, DuplicateFact …).
    """
    community_id = notice.community_id
    if isinstance(correction, Record):
        if clock.month_of(correction.occurred_on) > notice.month:
            raise CorrectionUnfit(field="occurred_on")
        recorded = objection_records.record_upheld(
            actor=actor, now=now, community_id=community_id, month=notice.month,
            member_id=subject_member_id, item_code=correction.item_code,
            occurred_on=correction.occurred_on, quantity=correction.quantity,
            level=correction.level, decided=correction.decided,
            evidence=correction.evidence, reason=reason,
        )  # fmt: skip
        corrected = lines.of_fact(community_id, recorded.id)
    else:
        corrected = _correct(
            actor=actor, now=now, community_id=community_id, line_id=line_id,
            correction=correction, reason=reason,
        )  # fmt: skip
    restate(actor=actor, now=now, notice=notice)
    return corrected


def restate(*, actor: Actor, now: dt.datetime, notice: PublicNotice) -> None:
    """Editions n+1 of the sheets that the act of this actor at this instant changed.

    The notice is locked after the month, as sealing does: of two decisions at once the second
    restates what the first made.
    """
    db.session.flush()
    db.session.refresh(notice, with_for_update=True)
    if notice.state == NoticeState.ON_NOTICE:
        cycle.correct(actor=actor, now=now, notice=notice)
        return
    standing = sheets.newest_of_month(notice.community_id, notice.month)
    differences = lines.posted_elsewhere(
        notice.community_id, month=notice.month, actor_id=actor.account_id, now=now
    )
    made = editions.corrigenda(actor=actor, now=now, sheets=standing, differences=differences)
    if made:
        publishing.correct(notice=notice, editions=made, now=now)


def _correct(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    line_id: uuid.UUID | None,
    correction: Strike | Amend,
    reason: str,
) -> uuid.UUID:
    named = line_id or correction.line_id
    if named is None:
        raise CorrectionUnfit(field="correction")
    if isinstance(correction, Strike):
        corrections.strike(
            actor=actor, now=now, community_id=community_id, line_id=named,
            cause=Authority.OBJECTION, reason=reason,
        )  # fmt: skip
    else:
        corrections.amend(
            actor=actor, now=now, community_id=community_id, line_id=named,
            cause=Authority.OBJECTION, reason=reason, quantity=correction.quantity,
            level=correction.level, decided=correction.decided,
        )  # fmt: skip
    return named
