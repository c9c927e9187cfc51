"""Who is signed in."""

from __future__ import annotations

from typing import Any

from community import accounts, role_lists, web_tickets
from community.api.session_schemas import ChangePassword, MeSchema, WebTicketSchema
from kernel import clock
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint("me", __name__, url_prefix="/api/v1/me", description="Who is signed in")


@blp.get("")
@blp.response(200, MeSchema)
def who() -> role_lists.Me:
    """The account, its roles, the members it is bound to."""
    return role_lists.me(actor=actor(), on=clock.business_date(clock.now()))


@blp.put("/password")
@blp.arguments(ChangePassword)
@blp.response(204)
@in_unit_of_work
def change_password(body: dict[str, Any]) -> None:
    """Change the own password; every other session ends."""
    accounts.change_password(actor=actor(), now=clock.now(), **body)


@blp.post("/web-sign-in")
@blp.response(201, WebTicketSchema)
@in_unit_of_work
def web_sign_in() -> dict[str, Any]:
    """A ticket that opens the pages in a web view: send it after "#", where no server logs it."""
    ticket = web_tickets.issue(actor=actor(), now=clock.now())
    return {
        "ticket": ticket,
        "address": f"/enter#{ticket}",
        "seconds_left": int(web_tickets.LIFETIME.total_seconds()),
    }
