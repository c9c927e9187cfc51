"""Who is signed in, and a member's first page in a community."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from community import role_lists
from kernel import clock
from kernel.http import actor
from redemption.receipts import Outcome
from web import typed
from web.member import reading, roles
from web.member.blueprint import blueprint


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    """Straight to the one community a member belongs to; else who this account is."""
    found = role_lists.me(actor=actor(), on=clock.business_date(clock.now()))
    if len(found.members) == 1 and not found.roles and "account" not in request.args:
        return redirect(url_for("member.home", community=found.members[0].community_code))
    return render_template("member/me.html", me=found, roles=list(roles.shown(found)))


@blueprint.get("/me/<community>")
def home(community_id: uuid.UUID) -> str:
    """The two numbers, my code, what came last."""
    page = reading.home(actor=actor(), now=clock.now(), community_id=community_id)
    return render_template("member/home.html", page=page)


@blueprint.get("/me/<community>/redemptions")
def redemptions(community_id: uuid.UUID) -> str:
    """What I redeemed, latest first."""
    asked = request.args.get("state")
    page = reading.listed(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        outcome=next((each for each in Outcome if each.value == asked), None),
        member_id=typed.as_id(request.args.get("for")),
        after=typed.as_id(request.args.get("after")),
    )
    return render_template("member/redemptions.html", page=page)
