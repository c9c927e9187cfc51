"""The page of a rulebook under consultation, from what points publishes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from kernel import clock
from kernel.errors import NotFound
from points.rulebook_life import comment_lists, consultation_lists
from points.rulebook_life.comment_lists import CommentSeen
from points.rules.compiled import Rulebook
from points.rules.compiling import rulebook_of
from web.board import place_reading, rulebook_reading
from web.board.consultation_links import link_of, links
from web.board.place_views import CommentView, ConsultationLink, ConsultationPage
from web.board.views import Pages

COMMENTS_PER_PAGE = 20


def first_link(*, code: str, now: dt.datetime) -> ConsultationLink | None:
    """The latest one, for a community that has no rulebook in force yet."""
    found = links(place_reading.place(code).id, clock.business_date(now))
    return found[0] if found else None


def consultation_page(
    *, code: str, consultation_id: uuid.UUID, search: str, number: int, now: dt.datetime
) -> ConsultationPage:
    """The text in sentences, until when and how to comment, and the answered comments.

    NotFound where it was broken off, or its version withdrawn.
    """
    place = place_reading.place(code)
    on_board = consultation_lists.on_board(place.id, clock.business_date(now))
    found = next((each for each in on_board if each.id == consultation_id), None)
    if found is None:
        raise NotFound()
    rules = rulebook_of(found.document)
    said = comment_lists.public_comments(
        place.id,
        consultation_id,
        q=search,
        offset=(number - 1) * COMMENTS_PER_PAGE,
        limit=COMMENTS_PER_PAGE + 1,
    )
    return ConsultationPage(
        community=place.view,
        link=link_of(found),
        base=() if search else rulebook_reading.bases(rules),
        header=() if search else rulebook_reading.header(rules),
        groups=rulebook_reading.groups(rules, search),
        item_count=len(rules.items),
        comments=_comments(said[:COMMENTS_PER_PAGE], rules),
        pages=_pages(number, found.answered_count, search, len(said)),
        search=search,
    )


def _comments(said: Sequence[CommentSeen], rules: Rulebook) -> tuple[CommentView, ...]:
    return tuple(
        CommentView(
            number=each.number,
            item=_item_name(each.item_code, rules),
            text=each.text,
            outcome=each.answers[-1].outcome,
            answer=each.answers[-1].text,
            answered_on=clock.business_date(each.answers[-1].at_utc),
        )
        for each in said
    )


def _item_name(code: str | None, rules: Rulebook) -> str | None:
    item = rules.by_code.get(code or "")
    return f"{item.code} {item.name}" if item else code


def _pages(number: int, answered: int, search: str, fetched: int) -> Pages:
    """Of a search only the next page is known, so that searching costs one list."""
    if search:
        return Pages(number=number, count=number + (fetched > COMMENTS_PER_PAGE))
    return Pages(number=number, count=max(1, -(-answered // COMMENTS_PER_PAGE)))
