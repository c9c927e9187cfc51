"""The sheets of one month drawn up together, so that none gives away what another hides."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from points.rulebooks import RulebookInForce
from points.rules.compiled import RankingUnit
from review import month_books, month_rows
from review.month_rows import NO_CODE, DisclosureTerms, HolderRow
from review.rules import disclosure, side_by_side
from review.rules.disclosure import Disclosure, Placed
from review.rules.side_by_side import Resident, Tied


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What one sheet is drawn up from: a rulebook and the month's rows under it."""

    book: RulebookInForce
    rows: Sequence[HolderRow]


@dataclass(frozen=True, kw_only=True)
class DrawnUp:
    """One sheet before it is written: its terms, its rows, and the place of each."""

    book: RulebookInForce
    unit: RankingUnit
    terms: DisclosureTerms
    rows: Sequence[HolderRow]
    places: Sequence[Placed]


def drawn_up(month: Sequence[Scores]) -> list[DrawnUp]:
    """The sheets of a month, in the order of ``month``; no statement."""
    terms = [month_rows.terms(each.book, len(each.rows)) for each in month]
    tied = [list(_tied(each, own)) for each, own in zip(month, terms, strict=True)]
    withheld = side_by_side.withheld(tied)
    sheets = [_drawn_up(each, own, withheld) for each, own in zip(month, terms, strict=True)]
    shown = side_by_side.speakers(_shown(sheets))
    return [replace(each, rows=[_called(row, shown) for row in each.rows]) for each in sheets]


def _drawn_up(each: Scores, terms: DisclosureTerms, withheld: frozenset[str]) -> DrawnUp:
    scored = [row.scored() for row in each.rows]
    return DrawnUp(
        book=each.book,
        unit=month_books.unit_of(each.book),
        terms=terms,
        rows=each.rows,
        places=disclosure.placed(
            scored, top_places=terms.top, threshold=terms.threshold, withheld=withheld
        ),
    )


def _tied(each: Scores, terms: DisclosureTerms) -> Iterator[Tied]:
    for row in each.rows:
        yield Tied(
            key=str(row.account_id),
            who=row.who,
            household=None if row.household_code == NO_CODE else row.household_code,
            is_below=disclosure.is_below(row.scored(), terms.threshold),
        )


def _shown(sheets: Sequence[DrawnUp]) -> Iterator[tuple[str, Resident]]:
    """Household and member of every public row of a members' sheet."""
    seen: set[uuid.UUID] = set()
    for sheet in sheets:
        for row, place in zip(sheet.rows, sheet.places, strict=True):
            is_public = place.disclosure is not Disclosure.COUNTED
            if row.is_household or not is_public or row.member_id in seen:
                continue
            seen.add(row.member_id)
            yield row.household_code, Resident(member=str(row.member_id), label=row.label)


def _called(row: HolderRow, shown: dict[str, list[Resident]]) -> HolderRow:
    if not row.is_household:
        return row
    head = Resident(member=str(row.member_id), label=row.label)
    return replace(row, label=side_by_side.called(head, shown.get(row.household_code, ())))
