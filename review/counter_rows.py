"""Rows of a counter 累计量 (hours of service, activities), for a ranking by it.

Counters are kept by month beside points; a ranking reads the months that are sealed, as tiers do.
A month in which a holder's row is below base counts for nothing here, either: whoever stood in
this table and not on the month's public sheet would be known to be below it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points.models import CounterMonth, PointsAccount
from points.rules.periods import Period
from review import month_books, month_rows, period_rows
from review.models import Disclosure, Sheet, SheetRow, SheetState

_FINAL = (SheetState.SEALED, SheetState.RESTATED)


@dataclass(frozen=True, kw_only=True)
class CounterMonthRow:
    """What one holder gathered in one sealed month; two decimals, in the counter's unit."""

    month: str
    member_id: uuid.UUID
    #: Member, or the household of a households' sheet.
    holder_id: uuid.UUID
    has_household: bool
    household_code: str
    #: Empty for a household: by whom it may be called is said by its sheet alone.
    label: str
    grid_number: int | None
    quantity: Decimal


def of(sheet: Sheet, over: Period, counter: str) -> tuple[tuple[str, ...], list[CounterMonthRow]]:
    """The sealed months of the period of ``sheet``, and what was gathered in them, oldest first.

    Empty while the month itself is on notice only. Whom a row is about is read as of the last
    of the months. The number of statements does not depend on how many holders there are.
    """
    found = [each for each in period_rows.sheets_of(sheet, over) if each.state in _FINAL]
    if not found:
        return (), []
    gathered = _gathered(found, counter)
    book = month_books.of(sheet.community_id, found[-1].month, found[-1].rulebook_code)
    known = month_rows.identified(
        sheet.community_id, found[-1].month, book, {row.holder_id for row in gathered}
    )
    hidden = _hidden_beside(found)
    rows = []
    for row in gathered:
        about = known[row.holder_id]
        if (row.month, about.household_code) in hidden:
            continue
        rows.append(
            CounterMonthRow(
                month=row.month,
                member_id=about.member_id,
                holder_id=row.holder_id,
                has_household=about.household_id is not None,
                household_code=about.household_code,
                label="" if about.is_household else about.label,
                grid_number=about.grid_number,
                quantity=row.quantity,
            )
        )
    return tuple(each.month for each in found), rows


def _hidden_beside(found: Sequence[Sheet]) -> set[tuple[str, str]]:
    """(month, household code) of whom another rulebook's sheet of the month shows no row.

    Most holders have rows on every sheet, and then none of these; a counter may be fed by
    somebody who has no row of points on the sheet beside it.
    """
    rows = db.session.execute(
        tenancy.columns(SheetRow, found[-1].community_id, Sheet.month, SheetRow.household_code)
        .join(
            Sheet,
            sa.and_(Sheet.community_id == SheetRow.community_id, Sheet.id == SheetRow.sheet_id),
        )
        .where(
            Sheet.month.in_([sheet.month for sheet in found]),
            Sheet.rulebook_id.not_in({sheet.rulebook_id for sheet in found}),
            Sheet.state.in_(_FINAL),
        )
        .group_by(Sheet.id, Sheet.month, SheetRow.household_code)
        .having(sa.func.count(SheetRow.position) == 0)
    )
    return {(row.month, row.household_code) for row in rows}


def _gathered(found: Sequence[Sheet], counter: str) -> Sequence[Any]:
    """(month, holder_id, quantity) of the holders of the sheets' rulebook, except below base."""
    community_id = found[-1].community_id
    is_below = (
        tenancy.columns(SheetRow, community_id, sa.literal(1))
        .join(
            Sheet,
            sa.and_(Sheet.community_id == SheetRow.community_id, Sheet.id == SheetRow.sheet_id),
        )
        .where(
            SheetRow.sheet_id.in_([sheet.id for sheet in found]),
            SheetRow.account_id == CounterMonth.account_id,
            SheetRow.shown == Disclosure.COUNTED,
            Sheet.month == CounterMonth.month,
        )
        .correlate(CounterMonth)
        .exists()
    )
    return db.session.execute(
        tenancy.columns(
            CounterMonth, community_id, CounterMonth.month, PointsAccount.holder_id,
            CounterMonth.quantity,
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == CounterMonth.community_id,
                PointsAccount.id == CounterMonth.account_id,
            ),
        )
        .where(
            PointsAccount.rulebook_id == found[-1].rulebook_id,
            CounterMonth.counter == counter,
            CounterMonth.month.in_([sheet.month for sheet in found]),
            CounterMonth.quantity > ZERO,
            ~is_below,
        )
        .order_by(CounterMonth.month, PointsAccount.holder_id)
    ).all()  # fmt: skip
