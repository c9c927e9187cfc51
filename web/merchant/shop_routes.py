"""The shop's own page, and its papers: a sheet for the wall, a plaque for the table."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from kernel import clock
from kernel.http import actor
from web.merchant import reading, shop_reading
from web.merchant.answering import answered
from web.merchant.blueprint import blueprint
from web.merchant.shop_reading import Paper

PLAQUE_SIZES = ("a6", "a5")


@blueprint.get("/counter/shop")
@answered
def shop() -> ResponseReturnValue:
    """Offers with what is left, the month against the cap, the standing code."""
    now = clock.now()
    desk = reading.desk(actor=actor(), now=now)
    own = shop_reading.own_offers(
        actor=actor(), now=now, community_id=desk.at.community_id, merchant_id=desk.at.merchant_id
    )
    standing = shop_reading.standing_code(desk.community_code, desk.shop_code, _base_url())
    return make_response(
        render_template("merchant/shop.html", desk=desk, offers=own, standing=standing)
    )


@blueprint.get("/shops/<community>/<merchant>/sheet")
def sheet(community_id: UUID, merchant: str) -> Response:
    """One A4 sheet for the wall."""
    page = _paper(community_id, merchant)
    return make_response(render_template("merchant/sheet.html", page=page))


@blueprint.get("/shops/<community>/<merchant>/plaque")
def plaque(community_id: UUID, merchant: str) -> Response:
    """A small stand for the table, A6 or A5."""
    asked = request.args.get("paper", "")
    size = asked if asked in PLAQUE_SIZES else PLAQUE_SIZES[0]
    page = _paper(community_id, merchant)
    return make_response(render_template("merchant/plaque.html", page=page, paper=size))


def _paper(community_id: UUID, merchant: str) -> Paper:
    return shop_reading.paper(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        merchant=merchant,
        base_url=_base_url(),
    )


def _base_url() -> str:
    base: str = current_app.config["LINLI"].public_base_url
    return base
