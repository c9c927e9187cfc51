"""The addresses of a member's pages."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from community import role_lists
from kernel import clock
from kernel.http import actor

blueprint = Blueprint("member", __name__)


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    """Who is signed in, and where this account goes on."""
    found = role_lists.me(actor=actor(), on=clock.business_date(clock.now()))
    return render_template("member/me.html", me=found)
