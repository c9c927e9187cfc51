"""What the counter did today, and one receipt of it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Response, make_response, render_template, request

from kernel import clock
from kernel.http import actor
from web import typed
from web.merchant import day_reading, reading
from web.merchant.answering import answered
from web.merchant.blueprint import blueprint
from web.merchant.day_reading import Show, Wanted

LONGEST_NUMBER = 40
#: Before that there is no day (kernel/clock.py).
_FIRST_YEAR = 2000


@blueprint.get("/counter/day")
@answered
def day() -> Response:
    """A day's list: all, redeemed, refused or cancelled; or one receipt by its number."""
    now = clock.now()
    page = day_reading.day_page(actor=actor(), now=now, wanted=_wanted(clock.business_date(now)))
    desk = reading.desk(actor=actor(), now=now)
    return make_response(
        render_template("merchant/day.html", page=page, desk=desk), 422 if page.wrong else 200
    )


def _wanted(today: dt.date) -> Wanted:
    """What the address asks for; what cannot be read is today, and everything."""
    asked = request.args.get("show")
    return Wanted(
        day=min(_day(request.args.get("day", "")) or today, today),
        show=next((each for each in Show if each == asked), Show.ALL),
        number=request.args.get("number", "").strip()[:LONGEST_NUMBER],
        after=typed.as_id(request.args.get("after")),
    )


def _day(text: str) -> dt.date | None:
    """A date of this century, like 2026-11-21."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


@blueprint.get("/counter/receipts/<uuid:redemption_id>")
@answered
def receipt(redemption_id: UUID) -> Response:
    """One redemption of this counter, and until when it can be taken back."""
    who, now = actor(), clock.now()
    return make_response(
        render_template(
            "merchant/receipt.html",
            receipt=reading.receipt(actor=who, redemption_id=redemption_id),
            reversal=reading.reversal_of(actor=who, redemption_id=redemption_id),
            desk=reading.desk(actor=who, now=now),
            now=now,
        )
    )
