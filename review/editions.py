"""Editions of a month's sheets: drafted when signed, restated when a row changes, sealed.

The sheets of a month are drawn up together, whichever of them changed: what one hides, the others
must not show. Each edition is new rows; nothing of an older one is touched. Writing one takes a
constant number of statements: one for the sheet, one batch for all rows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from points.rulebooks import RulebookInForce
from points.rules.compiled import RankingUnit
from review import edition_rows, month_books, month_rows, side_by_side
from review.edition_rows import Writing
from review.lines import Differences
from review.models import Disclosure, Sheet, SheetRow, SheetState
from review.month_rows import HolderRow
from review.side_by_side import DrawnUp, Scores


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row of which two editions differ; ``before`` is None where there was none."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    before: SheetRow | None
    after: SheetRow
    #: False: the same score, shown or called otherwise for the sake of another sheet.
    is_rescored: bool = True


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A new sheet, and what differs from the edition before."""

    sheet: Sheet
    changes: Sequence[Change]


@dataclass(frozen=True, kw_only=True)
class _Differing:
    """Accounts of which a sheet drawn up anew differs from its last edition."""

    sheet: Sheet
    before: Mapping[uuid.UUID, SheetRow]
    drawn: DrawnUp
    rescored: frozenset[uuid.UUID]
    reshown: frozenset[uuid.UUID]

    @property
    def is_new(self) -> bool:
        return bool(self.rescored or self.reshown)


def draft(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> list[Sheet]:
    """The sheets the panel signs, one for each rulebook, of the scores as they stand."""
    books = month_books.all_of(community_id, month)
    sheets = []
    for place, drawn in enumerate(side_by_side.drawn_up(_standing(community_id, month, books)), 1):
        writing = Writing(
            actor=actor, now=now, community_id=community_id, month=month, place=place,
            state=SheetState.DRAFTED,
        )  # fmt: skip
        sheets.append(edition_rows.write(writing, drawn, corrected=frozenset()))
    return sheets


def is_outdated(sheets: Sequence[Sheet]) -> bool:
    """Whether a score has changed since the sheets of a month were made."""
    return any(
        {row.account_id: row.parts for row in each.rows} != _parts(rows_of(sheet))
        for sheet, each in zip(sheets, _now(sheets), strict=True)
    )


def restate(*, actor: Actor, now: dt.datetime, sheets: Sequence[Sheet]) -> list[Edition]:
    """Editions n+1 of a month on notice, of the sheets that changed; often of none."""
    return _next(actor=actor, now=now, sheets=sheets, scores=_now(sheets), state=SheetState.CURRENT)


def corrigenda(
    *,
    actor: Actor,
    now: dt.datetime,
    sheets: Sequence[Sheet],
    differences: Mapping[uuid.UUID, Differences],
) -> list[Edition]:
    """Editions n+1 of a **sealed** month, restating its ranks; no sum over months reads them.

    ``differences``: rulebook → what was posted to a later month for lines of this one.
    """
    scores = [
        Scores(book=book, rows=_with(sheet, book, differences.get(sheet.rulebook_id, {})))
        for sheet, book in zip(sheets, _books(sheets), strict=True)
    ]
    return _next(actor=actor, now=now, sheets=sheets, scores=scores, state=SheetState.RESTATED)


def set_state(sheet: Sheet, state: SheetState, *, sealed_at_utc: dt.datetime | None = None) -> None:
    """Change what the edition is; written at once, before another one takes its place."""
    sheet.state = state
    sheet.sealed_at_utc = sealed_at_utc
    db.session.flush()


def rows_of(sheet: Sheet) -> dict[uuid.UUID, SheetRow]:
    """All rows of an edition by account, one statement."""
    statement = tenancy.select(SheetRow, sheet.community_id).where(SheetRow.sheet_id == sheet.id)
    return {row.account_id: row for row in db.session.scalars(statement)}


def _standing(
    community_id: uuid.UUID, month: str, books: Sequence[RulebookInForce]
) -> list[Scores]:
    return [
        Scores(book=book, rows=month_rows.of_month(community_id, month, book)) for book in books
    ]


def _now(sheets: Sequence[Sheet]) -> list[Scores]:
    """What the sheets would be drawn up from now."""
    return _standing(sheets[0].community_id, sheets[0].month, _books(sheets))


def _books(sheets: Sequence[Sheet]) -> list[RulebookInForce]:
    books = month_books.all_of(sheets[0].community_id, sheets[0].month)
    return [month_books.chosen(books, sheet.rulebook_code) for sheet in sheets]


def _with(sheet: Sheet, book: RulebookInForce, differences: Differences) -> list[HolderRow]:
    rows = {
        account_id: edition_rows.holder_row(row, unit=RankingUnit(sheet.unit))
        for account_id, row in rows_of(sheet).items()
    }
    for account_id, (holder_id, base, bonus, deduction) in differences.items():
        row = rows.get(account_id) or month_rows.empty_row(
            sheet.community_id, sheet.month, book, account_id, holder_id
        )
        rows[account_id] = replace(
            row, base=row.base + base, bonus=row.bonus + bonus, deduction=row.deduction + deduction
        )
    return list(rows.values())


def _parts(rows: Mapping[uuid.UUID, SheetRow]) -> dict[uuid.UUID, tuple[object, ...]]:
    return {account_id: (row.base, row.bonus, row.deduction) for account_id, row in rows.items()}


def _next(
    *,
    actor: Actor,
    now: dt.datetime,
    sheets: Sequence[Sheet],
    scores: Sequence[Scores],
    state: SheetState,
) -> list[Edition]:
    befores = [rows_of(sheet) for sheet in sheets]
    rescored = [_rescored(before, each) for before, each in zip(befores, scores, strict=True)]
    if not any(rescored):
        return []
    editions = []
    drawn = side_by_side.drawn_up(scores)
    for sheet, before, new, own in zip(sheets, befores, drawn, rescored, strict=True):
        differing = _Differing(
            sheet=sheet, before=before, drawn=new, rescored=own,
            reshown=_reshown(before, new) - own if len(sheets) > 1 else frozenset(),
        )  # fmt: skip
        if differing.is_new:
            writing = Writing(
                actor=actor, now=now, community_id=sheet.community_id, month=sheet.month,
                place=sheet.place, state=state,
            )  # fmt: skip
            editions.append(_edition(writing, differing))
    return editions


def _edition(writing: Writing, differing: _Differing) -> Edition:
    sheet, before = differing.sheet, differing.before
    if sheet.state != SheetState.SEALED:
        set_state(sheet, SheetState.SUPERSEDED)
    corrected = differing.rescored | {each for each, row in before.items() if row.is_corrected}
    made = edition_rows.write(writing, differing.drawn, corrected=corrected)
    after = rows_of(made)
    changes = [
        Change(
            account_id=account_id,
            member_id=after[account_id].member_id,
            before=before.get(account_id),
            after=after[account_id],
            is_rescored=account_id in differing.rescored,
        )
        for account_id in sorted(differing.rescored | differing.reshown)
    ]
    return Edition(sheet=made, changes=changes)


def _rescored(before: Mapping[uuid.UUID, SheetRow], scores: Scores) -> frozenset[uuid.UUID]:
    known = _parts(before)
    return frozenset(
        row.account_id for row in scores.rows if known.get(row.account_id) != row.parts
    )


def _reshown(before: Mapping[uuid.UUID, SheetRow], drawn: DrawnUp) -> frozenset[uuid.UUID]:
    """Rows of the same score that are shown, hidden or called otherwise than before."""
    found = set()
    for row, place in zip(drawn.rows, drawn.places, strict=True):
        old = before.get(row.account_id)
        if old is None:
            continue
        was_hidden, is_hidden = (
            each == Disclosure.COUNTED for each in (old.shown, place.disclosure)
        )
        is_renamed = row.is_household and not is_hidden and old.label != row.label
        if was_hidden != is_hidden or is_renamed:
            found.add(row.account_id)
    return frozenset(found)
