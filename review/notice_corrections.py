"""Corrigenda 更正公告 as anybody reads them: what new editions changed on one sheet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from review.models import Correction, NoticePart, Sheet


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
    """What was corrected on one sheet of a notice, oldest first; one statement."""
    found = db.session.scalars(
        tenancy.select(Correction, part.community_id)
        .join(
            Sheet,
            sa.and_(Sheet.community_id == Correction.community_id, Sheet.id == Correction.sheet_id),
        )
        .where(Correction.notice_id == part.notice_id, Sheet.rulebook_id == part.rulebook_id)
        .order_by(Correction.number, Correction.id)
    ).all()
    return [
        CorrectionView(
            number=number,
            corrected_on=clock.business_date(of_one[0].at_utc),
            rows=[
                CorrectionRow(
                    household_code=each.household_code,
                    label=each.label,
                    score_before=each.score_before,
                    score_after=each.score_after,
                    rank_before=each.rank_before,
                    rank_after=each.rank_after,
                )
                for each in of_one
                if each.is_public
            ],
            hidden=sum(1 for each in of_one if not each.is_public),
        )
        for number in sorted({each.number for each in found})
        if (of_one := [each for each in found if each.number == number])
    ]
