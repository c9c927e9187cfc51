"""Choosing a shop and an offer: for a code to show, or as a request at the shop's standing QR."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for

from community import places
from kernel import clock
from kernel.errors import Refused
from kernel.http import actor, idempotent
from merchants import alliance
from redemption import redemptions, requests
from redemption.redemptions import Held, Receipt
from web import typed
from web.acting import acting
from web.address import page_number
from web.limiting import search_limited
from web.member import choice_reading, paying
from web.member.blueprint import blueprint

LONGEST_SEARCH = 40


@blueprint.get("/me/<community>/shops")
@search_limited
def shops(community_id: uuid.UUID) -> str:
    """Every shop, or those that match."""
    page = choice_reading.shops(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        search=typed.searched("q", longest=LONGEST_SEARCH),
        number=page_number(),
        payer=paying.asked(request.args),
    )
    return render_template("member/shops.html", page=page)


@blueprint.get("/me/<community>/shops/<merchant>")
def choose(community_id: uuid.UUID, merchant: str) -> str:
    """What this shop offers me now, and why not; one press makes the code."""
    return _choices(community_id, merchant, is_request=False)


@blueprint.get("/m/<community>/<merchant>/choose")
def at_shop(community_id: uuid.UUID, merchant: str) -> str:
    """The same at the shop's counter; one press sends the request to its screen."""
    return _choices(community_id, merchant, is_request=True)


def _choices(community_id: uuid.UUID, merchant: str, *, is_request: bool) -> str:
    page = choice_reading.choices(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        merchant_code=merchant,
        is_request=is_request,
        payer=paying.asked(request.values),
    )
    return render_template("member/choices.html", page=page)


def _to_held(result: Held | Receipt, community_id: uuid.UUID, merchant: str) -> str:
    code = places.community(community_id).code
    return url_for("member.redemption", community=code, redemption_id=result.id)


def _issued_before(*, community_id: uuid.UUID, result_id: uuid.UUID) -> Held | Refused:
    return redemptions.replay_issue(
        actor=actor(), community_id=community_id, result_id=result_id, now=clock.now()
    )


def _asked_before(*, community_id: uuid.UUID, result_id: uuid.UUID) -> Receipt | Refused:
    return redemptions.replay_own(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blueprint.post("/me/<community>/shops/<merchant>")
@acting(again=choose, then=_to_held)
@idempotent("issue", replay=_issued_before)
def issue(community_id: uuid.UUID, merchant: str) -> Held | Refused:
    """Hold the points and make the first code."""
    payer = paying.asked(request.form)
    return redemptions.issue(
        actor=actor(), now=clock.now(), community_id=community_id,
        offer_id=typed.chosen_id("offer_id"), member_id=payer.member_id, pays=payer.pays,
    )  # fmt: skip


@blueprint.post("/m/<community>/<merchant>/choose")
@acting(again=at_shop, then=_to_held)
@idempotent("ask", replay=_asked_before)
def ask(community_id: uuid.UUID, merchant: str) -> Receipt | Refused:
    """Hold the points and show the request on the shop's screen."""
    payer = paying.asked(request.form)
    found = alliance.merchant_by_code(community_id, merchant)
    return requests.ask(
        actor=actor(), now=clock.now(), community_id=community_id, merchant_id=found.id,
        offer_id=typed.chosen_id("offer_id"), member_id=payer.member_id, pays=payer.pays,
    )  # fmt: skip
