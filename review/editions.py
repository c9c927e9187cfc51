"""Editions of a month's sheet: drafted when signed, restated when a row changes, sealed.

Each edition is new rows; nothing of an older one is touched. Writing one takes a constant number
of statements: one for the sheet, one batch for all rows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db, table_of
from kernel.ids import new_id
from review import month_rows
from review.models import Disclosure, Sheet, SheetRow, SheetState
from review.month_rows import HolderRow
from review.rules import digests
from review.rules.disclosure import Placed, placed


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row of which two editions differ; None where an edition has no such row."""

    member_id: uuid.UUID
    before: SheetRow | None
    after: SheetRow


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A new sheet, its rows by account, and what differs from the edition before."""

    sheet: Sheet
    changes: Sequence[Change]


def draft(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> Sheet:
    """The sheet the panel signs, of the scores as they stand."""
    rows = month_rows.of_month(community_id, month)
    return _write(
        actor=actor, now=now, community_id=community_id, month=month, rows=rows,
        state=SheetState.DRAFTED, corrected=frozenset(),
    ).sheet  # fmt: skip


def is_outdated(sheet: Sheet) -> bool:
    """Whether a score has changed since the sheet was made."""
    now_standing = month_rows.of_month(sheet.community_id, sheet.month)
    return {row.account_id: row.parts for row in now_standing} != {
        account_id: (row.base, row.bonus, row.deduction)
        for account_id, row in rows_of(sheet).items()
    }


def restate(
    *, actor: Actor, now: dt.datetime, sheet: Sheet, state: SheetState = SheetState.CURRENT
) -> Edition | None:
    """Sheet n+1 of a month on notice where a score has changed; None where none has."""
    rows = month_rows.of_month(sheet.community_id, sheet.month)
    return _next(actor=actor, now=now, sheet=sheet, rows=rows, state=state)


def corrigendum(
    *,
    actor: Actor,
    now: dt.datetime,
    sheet: Sheet,
    differences: Mapping[uuid.UUID, tuple[uuid.UUID, Decimal, Decimal, Decimal]],
) -> Edition | None:
    """Sheet n+1 of a **sealed** month, restating its ranks; no sum over months reads it.

    ``differences``: account → (holder, base, bonus, deduction) that was posted to a later month
    for a line of this one.
    """
    rows = {account_id: _holder_row(row) for account_id, row in rows_of(sheet).items()}
    for account_id, (holder_id, base, bonus, deduction) in differences.items():
        row = rows.get(account_id) or month_rows.empty_row(
            sheet.community_id, sheet.month, account_id, holder_id
        )
        rows[account_id] = replace(
            row, base=row.base + base, bonus=row.bonus + bonus, deduction=row.deduction + deduction
        )
    return _next(
        actor=actor, now=now, sheet=sheet, rows=list(rows.values()), state=SheetState.RESTATED
    )


def set_state(sheet: Sheet, state: SheetState, *, sealed_at_utc: dt.datetime | None = None) -> None:
    """Change what the edition is; written at once, before another one takes its place."""
    sheet.state = state
    sheet.sealed_at_utc = sealed_at_utc
    db.session.flush()


def rows_of(sheet: Sheet) -> dict[uuid.UUID, SheetRow]:
    """All rows of an edition by account, one statement."""
    statement = tenancy.select(SheetRow, sheet.community_id).where(SheetRow.sheet_id == sheet.id)
    return {row.account_id: row for row in db.session.scalars(statement)}


def _next(
    *, actor: Actor, now: dt.datetime, sheet: Sheet, rows: Sequence[HolderRow], state: SheetState
) -> Edition | None:
    before = rows_of(sheet)
    changed = {
        row.account_id
        for row in rows
        if row.account_id not in before or row.parts != _holder_row(before[row.account_id]).parts
    }
    if not changed:
        return None
    if sheet.state != SheetState.SEALED:
        set_state(sheet, SheetState.SUPERSEDED)
    corrected = changed | {account_id for account_id, row in before.items() if row.is_corrected}
    edition = _write(
        actor=actor, now=now, community_id=sheet.community_id, month=sheet.month, rows=rows,
        state=state, corrected=corrected,
    )  # fmt: skip
    after = rows_of(edition.sheet)
    changes = [
        Change(
            member_id=after[account_id].member_id,
            before=before.get(account_id),
            after=after[account_id],
        )
        for account_id in sorted(changed)
    ]
    return Edition(sheet=edition.sheet, changes=changes)


def _write(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: str,
    rows: Sequence[HolderRow],
    state: SheetState,
    corrected: AbstractSet[uuid.UUID],
) -> Edition:
    terms = month_rows.terms(community_id, month, len(rows))
    found = placed([row.scored() for row in rows], top_places=terms.top, threshold=terms.threshold)
    sheet = Sheet(
        community_id=community_id,
        id=new_id(),
        month=month,
        number=_next_number(community_id, month),
        state=state,
        top=terms.top,
        threshold=terms.threshold,
        created_by=actor.account_id,
        created_at_utc=now,
        **_counts(found),
    )
    values = [
        _row_values(sheet, row, place, row.account_id in corrected)
        for row, place in zip(rows, found, strict=True)
    ]
    sheet.digest = digests.digest(_header(sheet), [str(each["row_sha256"]) for each in values])
    db.session.add(sheet)
    db.session.flush()
    if values:
        db.session.execute(sa.insert(table_of(SheetRow)), values)
    return Edition(sheet=sheet, changes=())


def _counts(found: Sequence[Placed]) -> dict[str, int]:
    """How many rows are ranked, listed, counted: columns of the sheet."""
    shown = [place.disclosure for place in found]
    return {str(disclosure): shown.count(disclosure) for disclosure in Disclosure}


def _header(sheet: Sheet) -> digests.Header:
    code = places.community(sheet.community_id).code
    return digests.Header(community=code, month=sheet.month, number=sheet.number)


def _row_values(
    sheet: Sheet,
    row: HolderRow,
    place: Placed,
    is_corrected: bool,
) -> dict[str, object]:
    score = place.scored.score
    salt = digests.new_salt()
    printed = digests.printed(
        disclosure=place.disclosure,
        household_code=row.household_code,
        score=score,
        rank=place.rank,
        label=row.label,
        grid_number=row.grid_number,
        salt=salt,
    )
    return {
        "community_id": sheet.community_id,
        "id": new_id(),
        "sheet_id": sheet.id,
        "account_id": row.account_id,
        "member_id": row.member_id,
        "household_id": row.household_id,
        "household_code": row.household_code,
        "label": row.label,
        "grid_number": row.grid_number,
        "base": row.base,
        "bonus": row.bonus,
        "deduction": row.deduction,
        "score": score,
        "rank": place.rank,
        "shown": place.disclosure,
        "position": place.position,
        "is_corrected": is_corrected,
        "row_salt": salt,
        "row_sha256": digests.row_hash(printed),
    }


def _next_number(community_id: uuid.UUID, month: str) -> int:
    last = db.session.scalar(
        tenancy.columns(Sheet, community_id, sa.func.max(Sheet.number)).where(Sheet.month == month)
    )
    return (last or 0) + 1


def _holder_row(row: SheetRow) -> HolderRow:
    return HolderRow(
        account_id=row.account_id,
        member_id=row.member_id,
        household_id=row.household_id,
        household_code=row.household_code,
        label=row.label,
        grid_number=row.grid_number,
        base=row.base,
        bonus=row.bonus,
        deduction=row.deduction,
    )
