"""The addresses of the public board."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from community import places
from kernel import clock
from kernel.http import MonthInvalid, visitor
from points.errors import RulebookMissing
from web import text_size as sizes
from web import typed
from web.address import page_number, safe_back
from web.board import (
    book_ranking_reading,
    consultation_reading,
    notice_reading,
    place_reading,
    rulebook_reading,
)
from web.board.ranking_views import UNITS, Unit
from web.limiting import search_limited

LONGEST_SEARCH = 40

blueprint = Blueprint("board", __name__)


@blueprint.get("/")
@search_limited
def district() -> str:
    page = place_reading.district_page(search=_text("q"), now=clock.now())
    return render_template("board/district.html", page=page)


@blueprint.get("/c/<community>/")
@search_limited
def notice(community: str) -> str:
    return _notice(community, month=None)


@blueprint.get("/c/<community>/notices/<month>")
@search_limited
def past_notice(community: str, month: str) -> str:
    return _notice(community, month=month)


@blueprint.get("/k/<community>/<token>")
def found_card(community: str, token: str) -> str:
    """Whoever scans a card they found: where to hand it in. The same for every card there is."""
    page = place_reading.place(community)
    return render_template("board/found_card.html", page={"community": page.view})


@blueprint.get("/c/<community>/objection")
def objection(community: str) -> str:
    page = notice_reading.objection_page(code=community, now=clock.now())
    return render_template("board/objection.html", page=page)


@blueprint.get("/c/<community>/notices")
def notices(community: str) -> str:
    page = notice_reading.notices_page(code=community, number=page_number())
    return render_template("board/notices.html", page=page)


@blueprint.get("/c/<community>/notices/<month>/print")
def notice_print(community: str, month: str) -> str:
    page = notice_reading.print_page(
        code=community, month=month, rulebook=_rulebook(), now=clock.now()
    )
    return render_template("board/notice_print.html", page=page)


@blueprint.get("/c/<community>/notices/<month>/print.css")
def notice_print_style(community: str, month: str) -> Response:
    page = notice_reading.notice_page(
        code=community, month=month, rulebook=_rulebook(), now=clock.now()
    )
    response = make_response(render_template("board/notice_print.css", page=page))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/c/<community>/ranking")
def ranking(community: str) -> str:
    page = notice_reading.ranking_page(
        code=community, month=_month(), rulebook=_rulebook(), unit=_unit(),
        number=page_number(), now=clock.now(),
    )  # fmt: skip
    return render_template("board/ranking.html", page=page)


@blueprint.get("/c/<community>/rankings")
def rankings(community: str) -> str:
    """The rankings the rulebook names; ``/ranking`` is the one of a month's sheet."""
    page = book_ranking_reading.rankings_page(
        code=community, ranking=request.args.get("ranking") or None, month=_month(),
        rulebook=_rulebook(), number=page_number(), now=clock.now(),
    )  # fmt: skip
    return render_template("board/rankings.html", page=page)


@blueprint.get("/c/<community>/merchants")
@search_limited
def merchants(community: str) -> str:
    page = place_reading.merchants_page(
        code=community, search=_text("q"), number=page_number(), now=clock.now()
    )
    return render_template("board/merchants.html", page=page)


@blueprint.get("/c/<community>/merchants/<merchant>")
def merchant(community: str, merchant: str) -> str:
    page = place_reading.merchant_page(code=community, merchant=merchant, now=clock.now())
    return render_template("board/merchant.html", page=page)


@blueprint.get("/m/<community>/<merchant>")
def standing_code(community: str, merchant: str) -> str:
    """Where the QR code on the shop's counter leads: for a member, the way to redeem here."""
    page = place_reading.merchant_page(code=community, merchant=merchant, now=clock.now())
    who = visitor()
    is_member = who is not None and places.id_of(community) in who.members
    return render_template("board/merchant.html", page=page, is_here=True, is_member=is_member)


@blueprint.get("/c/<community>/rulebook")
@search_limited
def rulebook(community: str) -> str | WerkzeugResponse:
    """The rulebook in force; before the first one, the text under consultation."""
    try:
        page = rulebook_reading.page(
            code=community, rulebook=_rulebook(), search=_text("q"), now=clock.now()
        )
    except RulebookMissing:
        link = consultation_reading.first_link(code=community, now=clock.now())
        if link is None:
            raise
        return redirect(url_for("board.consultation", community=community, consultation_id=link.id))
    return render_template("board/rulebook.html", page=page)


@blueprint.get("/c/<community>/rulebook/consultations/<uuid:consultation_id>")
@search_limited
def consultation(community: str, consultation_id: uuid.UUID) -> str:
    page = consultation_reading.consultation_page(
        code=community,
        consultation_id=consultation_id,
        search=_text("q"),
        number=page_number(),
        now=clock.now(),
    )
    return render_template("board/rulebook_consultation.html", page=page)


@blueprint.get("/size")
def text_size() -> WerkzeugResponse:
    """Remember a text size and go back to the page."""
    response = redirect(safe_back(request.args.get("back")))
    chosen = request.args.get("to")
    if chosen in sizes.SIZES:
        response.set_cookie(
            sizes.COOKIE, chosen, max_age=sizes.A_YEAR,
            httponly=True, samesite="Lax", secure=request.is_secure,
        )  # fmt: skip
    return response


def _notice(community: str, month: str | None) -> str:
    page = notice_reading.notice_page(
        code=community,
        month=month,
        rulebook=_rulebook(),
        unit=_unit(),
        household=_text("household"),
        surname=_text("surname"),
        now=clock.now(),
    )
    return render_template("board/notice.html", page=page)


def _text(name: str) -> str:
    return typed.searched(name, longest=LONGEST_SEARCH)


def _unit() -> Unit:
    asked = request.args.get("unit")
    return next((unit for unit in UNITS if unit == asked), UNITS[0])


def _rulebook() -> str | None:
    """Which sheet of a month, or which rulebook; None is the first."""
    return request.args.get("rulebook") or None


def _month() -> str | None:
    asked = request.args.get("month")
    if asked is not None and not clock.MONTH_PATTERN.match(asked):
        raise MonthInvalid(field="month")
    return asked
