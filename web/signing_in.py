"""Signing in and out on pages, choosing the shop to work at, entering with a ticket."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from community import places, signing_in
from community.signing_in import SignedIn
from kernel import clock, unit_of_work
from kernel.access import Actor, Place
from kernel.errors import LinliError
from kernel.http import actor, committed, hooks, visitor
from merchants import alliance
from web import sign_in_cookie, typed
from web.acting import acting, shown_again
from web.address import came_from, here, safe_back
from web.office.desk import works_in_office

LONGEST_NAME, LONGEST_PASSWORD, LONGEST_TICKET = 60, 200, 64
#: app.py puts (role, login names) here where the demo's people are known, and their password.
DEMO_LOGINS = "demo_logins"

blueprint = Blueprint("sign_in", __name__)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop to choose; ``value`` is what the form sends."""

    value: str
    name: str
    community: str
    is_chosen: bool


def to_sign_in(code: str) -> Response:
    """Send somebody whom a page does not know to the sign-in page, and back afterwards.

    Who sent a form hears there that nothing was done.
    """
    is_form = request.method != "GET"
    is_ended = code == "session_ended"
    address = url_for(
        "sign_in.form",
        next=safe_back(came_from() if is_form else here()),
        ended=1 if is_ended else None,
        unsent=1 if is_form else None,
    )
    response = make_response(redirect(address, code=303))
    response.headers["Cache-Control"] = "no-store"
    if is_ended:
        sign_in_cookie.forget(response)
    return response


@blueprint.get("/sign-in")
def form() -> ResponseReturnValue:
    found = visitor()
    if found is not None:
        return redirect(_next_for(found))
    return _form()


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Name and password. It runs its own units of work, see community/signing_in.py."""
    now = clock.now()
    try:
        signed = signing_in.sign_in(
            login_name=typed.text("login_name", longest=LONGEST_NAME),
            password=typed.text("password", longest=LONGEST_PASSWORD, keep_blanks=True),
            now=now,
            table=hooks().roles,
            address=request.remote_addr,
        )
    except LinliError as error:
        return shown_again(_form, error)
    return _entered(signed, now)


@blueprint.get("/enter")
def enter_form() -> str:
    """Where an app sends its web view: "/enter#<ticket>". A press of a button takes the ticket."""
    return render_template("sign_in/enter.html", next=_asked_next())


@blueprint.post("/enter")
def enter() -> ResponseReturnValue:
    """Sign in with the ticket out of the form's body; addresses are logged, bodies are not."""
    now = clock.now()
    try:
        ticket = typed.text("ticket", longest=LONGEST_TICKET)
        signed = unit_of_work.run(signing_in.enter, ticket=ticket, now=now, table=hooks().roles)
    except LinliError as error:
        return shown_again(enter_form, error)
    return _entered(signed, now)


@blueprint.get("/sign-in/shop")
def shop() -> str:
    """Which counter a clerk of several shops works at now."""
    return render_template("sign_in/shop.html", shops=_shops(actor()), next=_asked_next())


@blueprint.post("/sign-in/shop")
@acting(again=shop, then=lambda _result: _asked_next() or _home_of_counter())
def choose_shop() -> None:
    community_id, _, merchant_id = typed.text("counter", longest=80).partition(":")
    signing_in.work_at(
        actor=actor(),
        counter=Place(community_id=typed.as_id(community_id), merchant_id=typed.as_id(merchant_id)),
    )


@blueprint.post("/sign-out")
@committed
def sign_out() -> Response:
    """End this session and forget its cookie."""
    signing_in.sign_out(actor=actor(), now=clock.now())
    response = make_response(redirect(url_for("sign_in.form", said="signed_out"), code=303))
    sign_in_cookie.forget(response)
    return response


def _form() -> str:
    return render_template(
        "sign_in/form.html",
        next=_asked_next(),
        is_ended="ended" in request.args,
        is_unsent="unsent" in request.args,
        demo=current_app.extensions.get(DEMO_LOGINS),
    )


def _entered(signed: SignedIn, now: dt.datetime) -> Response:
    response = make_response(redirect(_next_for(signed.actor), code=303))
    sign_in_cookie.keep(response, signed, now)
    return response


def _asked_next() -> str | None:
    """Where to go afterwards, if that is an address inside this site."""
    asked = safe_back(request.values.get("next"))
    return None if asked == "/" else asked


def _next_for(who: Actor) -> str:
    """The page that was asked for; a clerk of several shops chooses one first."""
    asked = _asked_next()
    if who.counter is None and len(signing_in.shops_of(who)) > 1:
        return url_for("sign_in.shop", next=asked)
    if asked is not None:
        return asked
    if who.counter is not None:
        return _home_of_counter()
    return url_for("office.office_places" if works_in_office(who) else "member.me")


def _home_of_counter() -> str:
    return "/counter"


def _shops(who: Actor) -> list[Shop]:
    found = signing_in.shops_of(who)
    names = alliance.names([each.merchant_id for each in found if each.merchant_id])
    return [
        Shop(
            value=f"{each.community_id}:{each.merchant_id}",
            name=names.get(each.merchant_id or uuid.UUID(int=0), ""),
            community=places.community(each.community_id).name if each.community_id else "",
            is_chosen=each == who.counter,
        )
        for each in found
    ]
