"""Where the texts under consultation are found from the rulebook's page."""

from __future__ import annotations

import datetime as dt
import uuid

from points.rulebook_life import consultation_lists
from points.rulebook_life.consultation_lists import ConsultationSeen
from web.board.place_views import ConsultationLink


def links(community_id: uuid.UUID, today: dt.date) -> tuple[ConsultationLink, ...]:
    """What is laid open for comments, or was, the latest first."""
    return tuple(link_of(each) for each in consultation_lists.on_board(community_id, today))


def link_of(found: ConsultationSeen) -> ConsultationLink:
    """What a page says of it in one line."""
    return ConsultationLink(
        id=found.id,
        title=found.title,
        version=found.version,
        starts_on=found.starts_on,
        last_on=found.last_on,
        standing=found.standing,
        comment_count=found.comment_count,
        answered_count=found.answered_count,
    )
