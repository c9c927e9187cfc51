"""The page of a rulebook: what is in force, read back as sentences."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

from kernel import clock
from kernel.errors import NotFound
from points import rulebooks
from points.errors import RulebookMissing
from points.models import HolderKind
from points.rulebooks import RulebookInForce
from points.rules.compiled import Base, Item, Rulebook
from points.rules.readback import read_back
from points.rules.readback_header import read_back_header
from web.board import consultation_links, place_reading
from web.board.place_views import BaseView, Clause, ClauseGroup, NotCarriedOver, RulebookPage
from web.board.ranking_views import SheetLink
from web.board.views import RulebookLink
from web.language import current_language, told


def link(community_id: uuid.UUID, on: dt.date, code: str | None = None) -> RulebookLink | None:
    """A rulebook in force, in one line; None where none is.

    ``code`` names one; where it is no longer in force, the first that is has taken its place.
    """
    books = _on_board(community_id, on)
    if not books:
        return None
    found = next((book for book in books if book.compiled.code == code), books[0])
    return RulebookLink(
        title=found.compiled.title,
        version=found.version.version,
        adopted_on=found.version.adopted_on,
        adopted_at=found.version.adopted_meeting,
        item_count=len(found.compiled.items),
        code=None if found is books[0] else found.compiled.code,
    )


def page(*, code: str, rulebook: str | None = None, search: str, now: dt.datetime) -> RulebookPage:
    """The rulebook in force, or of several the one named.

    Raises RulebookMissing where none is, NotFound where none has this code.
    """
    place_found = place_reading.place(code)
    books = _on_board(place_found.id, clock.business_date(now))
    if not books:
        raise RulebookMissing()
    named = [book for book in books if rulebook in (None, book.compiled.code)]
    if not named:
        raise NotFound()
    found = named[0]
    rules = found.compiled
    return RulebookPage(
        community=place_found.view,
        title=rules.title,
        version=found.version.version,
        effective_from=rules.effective_from,
        adopted_on=found.version.adopted_on,
        adopted_at=found.version.adopted_meeting,
        source=rules.source,
        base=() if search else bases(rules),
        header=() if search else header(rules),
        groups=groups(rules, search),
        not_carried_over=()
        if search
        else tuple(
            NotCarriedOver(clause=line.clause, reason=line.reason)
            for line in rules.not_carried_over
        ),
        item_count=len(rules.items),
        search=search,
        books=_links(books, found),
        consultations=consultation_links.links(place_found.id, clock.business_date(now)),
    )


def _on_board(community_id: uuid.UUID, on: dt.date) -> list[RulebookInForce]:
    """Those that have a sheet: members' and households'."""
    return [
        book
        for book in rulebooks.all_in_force(community_id, on)
        if book.compiled.holder != HolderKind.MERCHANT
    ]


def _links(books: list[RulebookInForce], shown: RulebookInForce) -> tuple[SheetLink, ...]:
    if len(books) == 1:
        return ()
    return tuple(
        SheetLink(
            code=None if book is books[0] else book.compiled.code,
            title=book.compiled.title,
            is_chosen=book is shown,
        )
        for book in books
    )


def bases(rules: Rulebook) -> tuple[BaseView, ...]:
    """Base points with the duties they stand for, in sentences."""
    return tuple(
        BaseView(name=base.name, sentence=_base_sentence(rules, base), duties=base.duties)
        for base in rules.base
    )


def _base_sentence(rules: Rulebook, base: Base) -> str:
    """The duties stand in a list of their own beside it."""
    alone = replace(rules, base=(replace(base, duties=()),))
    said = next(each for each in read_back_header(alone) if each.where.startswith("base["))
    return told(said)


def header(rules: Rulebook) -> tuple[str, ...]:
    """Everything beside base and items, one sentence each."""
    return tuple(
        told(said) for said in read_back_header(rules) if not said.where.startswith("base[")
    )


def groups(rules: Rulebook, search: str) -> tuple[ClauseGroup, ...]:
    """Items by kind and category, in the order of the document."""
    groups: dict[tuple[str, str], list[Clause]] = {}
    for item in rules.items:
        clause = _clause(item, rules)
        if search in f"{clause.code} {clause.name} {item.category or ''} {clause.sentence}":
            groups.setdefault((item.kind.value, item.category or ""), []).append(clause)
    return tuple(
        ClauseGroup(kind=kind, title=title, clauses=tuple(clauses))
        for (kind, title), clauses in groups.items()
    )


def _clause(item: Item, rules: Rulebook) -> Clause:
    return Clause(
        code=item.code, name=item.name, sentence=read_back(item, current_language(), rules)
    )
