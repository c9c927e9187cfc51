"""What the counter did today, and one receipt of it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, render_template, request

from kernel import clock
from kernel.http import actor
from web import typed
from web.merchant import day_reading, reading
from web.merchant.answering import answered
from web.merchant.blueprint import blueprint
from web.merchant.day_reading import Show


@blueprint.get("/counter/day")
@answered
def day() -> Response:
    """Today's list: all, redeemed, refused or cancelled."""
    asked = request.args.get("show")
    now = clock.now()
    page = day_reading.day_page(
        actor=actor(),
        now=now,
        show=next((each for each in Show if each == asked), Show.ALL),
        after=typed.as_id(request.args.get("after")),
    )
    desk, on = reading.desk(actor=actor(), now=now), clock.business_date(now)
    return make_response(render_template("merchant/day.html", page=page, desk=desk, on=on))


@blueprint.get("/counter/receipts/<uuid:redemption_id>")
@answered
def receipt(redemption_id: UUID) -> Response:
    """One redemption of this counter, and until when it can be taken back."""
    found = reading.receipt(actor=actor(), redemption_id=redemption_id)
    desk = reading.desk(actor=actor(), now=clock.now())
    return make_response(
        render_template("merchant/receipt.html", receipt=found, desk=desk, now=clock.now())
    )
