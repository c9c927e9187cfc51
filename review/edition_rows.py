"""Writing one edition: the sheet with its digest, and all its rows in one batch."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import sqlalchemy as sa

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db, table_of
from kernel.ids import new_id
from points.rules.compiled import RankingUnit
from review.models import Disclosure, Sheet, SheetRow, SheetState
from review.month_rows import HolderRow
from review.rules import digests
from review.rules.disclosure import Placed
from review.side_by_side import DrawnUp


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Who writes which edition: of what month, at what place among its sheets, in what state."""

    actor: Actor
    now: dt.datetime
    community_id: uuid.UUID
    month: str
    place: int
    state: SheetState


def write(writing: Writing, drawn: DrawnUp, *, corrected: AbstractSet[uuid.UUID]) -> Sheet:
    """The next edition of the rulebook's sheet; ``corrected``: accounts whose rows are marked."""
    sheet = Sheet(
        community_id=writing.community_id,
        id=new_id(),
        month=writing.month,
        rulebook_id=drawn.book.rulebook_id,
        rulebook_code=drawn.book.compiled.code,
        unit=drawn.unit,
        place=writing.place,
        number=_next_number(writing, drawn),
        state=writing.state,
        top=drawn.terms.top,
        threshold=drawn.terms.threshold,
        created_by=writing.actor.account_id,
        created_at_utc=writing.now,
        **_counts(drawn.places),
    )
    values = [
        _row_values(sheet, row, place, row.account_id in corrected)
        for row, place in zip(drawn.rows, drawn.places, strict=True)
    ]
    sheet.digest = digests.digest(header(sheet), [str(each["row_sha256"]) for each in values])
    db.session.add(sheet)
    db.session.flush()
    if values:
        db.session.execute(sa.insert(table_of(SheetRow)), values)
    return sheet


def header(sheet: Sheet) -> digests.Header:
    """What the digest covers besides the rows."""
    return digests.Header(
        community=places.community(sheet.community_id).code,
        month=sheet.month,
        rulebook=sheet.rulebook_code,
        number=sheet.number,
    )


def holder_row(row: SheetRow, *, unit: RankingUnit) -> HolderRow:
    """A row of an edition as it was drawn up."""
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
        is_household=unit is RankingUnit.HOUSEHOLD,
    )


def _counts(found: Sequence[Placed]) -> dict[str, int]:
    """How many rows are ranked, listed, counted: columns of the sheet."""
    shown = [place.disclosure for place in found]
    return {str(disclosure): shown.count(disclosure) for disclosure in Disclosure}


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


def _next_number(writing: Writing, drawn: DrawnUp) -> int:
    last = db.session.scalar(
        tenancy.columns(Sheet, writing.community_id, sa.func.max(Sheet.number)).where(
            Sheet.month == writing.month, Sheet.rulebook_id == drawn.book.rulebook_id
        )
    )
    return (last or 0) + 1
