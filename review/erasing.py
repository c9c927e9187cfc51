"""What was written about a former member in objections, and erasing it.

Both what they objected to and what others objected to about them: outcome, dates and the change
of the line stay, the words go. On sheets and notices stands a masked label, as it was published.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from community.erasures import Part, StillOpen
from kernel import personal_text, tenancy
from kernel.database import db
from review.models import Objection
from review.rules.objection_steps import ObjectionState

OBJECTIONS = StillOpen("objections", "异议还没有答复", "objections are not answered")


def still_open(community_id: uuid.UUID, member_id: uuid.UUID) -> list[StillOpen]:
    """Whether an objection by or about the member waits for its reply."""
    found = tenancy.columns(Objection, community_id, Objection.id).where(
        _is_about(member_id), Objection.state == ObjectionState.OPEN
    )
    return [OBJECTIONS] if db.session.scalar(found.limit(1)) is not None else []


def erase(community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> Mapping[str, int]:
    """Erase the words of those objections, their summaries and replies."""
    texts = [
        tenancy.columns(Objection, community_id, text_id).where(_is_about(member_id))
        for text_id in (Objection.text_id, Objection.summary_text_id, Objection.reply_text_id)
    ]
    return {"objections": personal_text.erase_all(community_id=community_id, texts=texts, now=now)}


def _is_about(member_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.or_(
        Objection.objector_member_id == member_id, Objection.subject_member_id == member_id
    )


PART = Part(still_open=still_open, erase=erase)
