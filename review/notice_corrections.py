"""Corrigenda 更正公告 as anybody reads them: what new editions changed on one sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from review.models import Correction, Disclosure, NoticePart, Sheet, SheetRow


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    """One corrected row; all None where one of the two editions does not show it."""

    household_code: str | None
    label: str | None
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True, kw_only=True)
class CorrectionView:
    """One corrigendum 更正公告 n 号: when, and its rows. ``hidden`` counts rows not shown."""

    number: int
    corrected_on: dt.date
    rows: list[CorrectionRow]
    hidden: int


def of_part(part: NoticePart) -> list[CorrectionView]:
    """What was corrected on one sheet of a notice, oldest first; one statement.

    A row is shown as long as the newest edition shows it: whoever stood here and no longer there
    would be known to be below base.
    """
    found = db.session.execute(_corrections(part)).all()
    return [
        CorrectionView(
            number=number,
            corrected_on=clock.business_date(of_one[0].Correction.at_utc),
            rows=[_row(each.Correction) for each in of_one if _is_shown(each)],
            hidden=sum(1 for each in of_one if not _is_shown(each)),
        )
        for number, of_one in _by_number(found)
    ]


def _corrections(part: NoticePart) -> sa.Select[Any]:
    """Each correction with how the newest edition shows its row now."""
    return (
        tenancy.columns(Correction, part.community_id, Correction, SheetRow.shown)
        .join(
            Sheet,
            sa.and_(Sheet.community_id == Correction.community_id, Sheet.id == Correction.sheet_id),
        )
        .join(
            SheetRow,
            sa.and_(
                SheetRow.community_id == Correction.community_id,
                SheetRow.account_id == Correction.account_id,
                SheetRow.sheet_id == part.sheet_id,
            ),
        )
        .where(Correction.notice_id == part.notice_id, Sheet.rulebook_id == part.rulebook_id)
        .order_by(Correction.number, Correction.id)
    )


def _by_number(found: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    for number, of_one in groupby(found, key=lambda each: each.Correction.number):
        yield number, list(of_one)


def _is_shown(each: Any) -> bool:
    return bool(each.Correction.is_public and each.shown != Disclosure.COUNTED)


def _row(each: Correction) -> CorrectionRow:
    return CorrectionRow(
        household_code=each.household_code,
        label=each.label,
        score_before=each.score_before,
        score_after=each.score_after,
        rank_before=each.rank_before,
        rank_after=each.rank_after,
    )
