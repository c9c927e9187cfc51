"""Redeeming by a code: the hold with its rotating code, its end, and what became of it."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from community import places
from kernel import clock, conditional
from kernel.http import actor
from redemption import redemptions
from redemption.models import RedemptionState
from redemption.redemptions import ShownCode
from redemption.rules.times import seconds_left
from web.acting import acting
from web.member import reading
from web.member.blueprint import blueprint

ONE = "/me/<community>/redemptions/<uuid:redemption_id>"


def address(_result: Any, community_id: uuid.UUID, redemption_id: uuid.UUID) -> str:
    """The page of one redemption."""
    code = places.community(community_id).code
    return url_for("member.redemption", community=code, redemption_id=redemption_id)


@blueprint.get(ONE)
def redemption(community_id: uuid.UUID, redemption_id: uuid.UUID) -> str:
    """Code or request while it is held, afterwards the receipt; reloading loses nothing."""
    page = reading.hold(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )
    template = "member/held.html" if page.state == RedemptionState.HELD else "member/receipt.html"
    return render_template(template, page=page)


@blueprint.get(f"{ONE}/state")
def redemption_state(community_id: uuid.UUID, redemption_id: uuid.UUID) -> ResponseReturnValue:
    """What the page asks every two seconds; 304 while nothing changed."""
    now = clock.now()
    receipt = redemptions.receipt(
        actor=actor(), now=now, community_id=community_id, redemption_id=redemption_id
    )
    answer: ResponseReturnValue = conditional.answer(
        state=(receipt.state, receipt.cancelled_at_utc),
        body=lambda: {
            "state": receipt.state,
            "hold_seconds": seconds_left(until=receipt.hold_expires_at_utc, now=now),
        },
    )
    return answer


def drawn(code: ShownCode, community_id: uuid.UUID, redemption_id: uuid.UUID) -> dict[str, Any]:
    """A code for the page's script: its picture, its digits, and seconds instead of instants."""
    now = clock.now()
    page = reading.hold(
        actor=actor(), now=now, community_id=community_id, redemption_id=redemption_id
    )
    view = reading.code_view(code, community_id, now)
    return {**dataclasses.asdict(view), "spoken": view.spoken, "hold_seconds": page.hold_seconds}


@blueprint.post(f"{ONE}/code")
@acting(again=redemption, then=address, told=drawn)
def next_code(community_id: uuid.UUID, redemption_id: uuid.UUID) -> ShownCode:
    """换一个码: the one before dies ten seconds later."""
    return redemptions.show_code(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )


@blueprint.post(f"{ONE}/withdrawal")
@acting(again=redemption, then=address)
def withdraw(community_id: uuid.UUID, redemption_id: uuid.UUID) -> Any:
    """不兑换了: the points are free at once."""
    return redemptions.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )
