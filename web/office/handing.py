"""Handing cards over: to whom, which card, who takes it along; the book of all that were."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from community import places
from kernel import clock
from kernel.fields import page as cut
from kernel.http import actor, committed
from points.api.downloads import XLSX, download
from redemption.api.card_schemas import LONGEST_WHY
from redemption.api.schemas import LONGEST_CODE
from redemption.cards import card_lists, handover, handover_book
from redemption.cards.handover_book import HandoverView
from redemption.permissions import RedemptionPermission
from web import typed
from web.acting import acting
from web.office import asked, card_reading, desk
from web.office.blueprint import blueprint


def _to_new_card(done: HandoverView, community_id: UUID, **_where: object) -> str:
    code = places.community(community_id).code
    return url_for("office.card", community=code, card_id=done.card_id, said="card_handed")


@blueprint.get("/office/<community>/hand-over")
def handing(community_id: UUID) -> ResponseReturnValue:
    """First who gets a card, then which card and who takes it along."""
    place = places.place_of(community_id)
    actor().require(RedemptionPermission.HAND_OVER_CARDS, place)
    member_id = typed.as_id(request.values.get("member_id"))
    here: dict[str, Any] = {"actor": actor(), "now": clock.now(), "community_id": community_id}
    if member_id is None:
        q = asked.text()
        people = card_reading.people(**here, q=q) if q else []
        return desk.shown("hand_over_whom", community_id, q=q, people=people)
    person = card_reading.person(**here, member_id=member_id)
    if person.card is not None:
        code = places.community(community_id).code
        return redirect(url_for("office.card", community=code, card_id=person.card.id))
    receivers = card_reading.receivers(**here, member=(member_id, person.member.name))
    return desk.shown("hand_over", community_id, person=person, receivers=receivers)


@blueprint.post("/office/<community>/hand-over")
@acting(again=handing, then=_to_new_card)
def hand_over(community_id: UUID) -> HandoverView:
    """Into the book."""
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    return handover.hand_over(
        actor=actor(), now=clock.now(), community_id=community_id,
        card=typed.text("card", longest=LONGEST_CODE), member_id=typed.chosen_id("member_id"),
        received_by_id=typed.optional_id("received_by_id"),
    )  # fmt: skip


@blueprint.get("/office/<community>/cards/<uuid:card_id>/replacement")
def replacing(community_id: UUID, card_id: UUID) -> str:
    """A new card for the old one."""
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    found = card_lists.detail(actor=actor(), community_id=community_id, card_id=card_id)
    receivers = []
    if found.member_id is not None and found.member_name is not None:
        receivers = card_reading.receivers(
            actor=actor(), now=clock.now(), community_id=community_id,
            member=(found.member_id, found.member_name),
        )  # fmt: skip
    return desk.shown("replacing", community_id, card=found, receivers=receivers)


@blueprint.post("/office/<community>/cards/<uuid:card_id>/replacement")
@acting(again=replacing, then=_to_new_card)
def replace(community_id: UUID, card_id: UUID) -> HandoverView:
    """The old one is dead at once; no points move."""
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    return handover.replace(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id,
        version=typed.whole("version"), card=typed.text("card", longest=LONGEST_CODE),
        received_by_id=typed.optional_id("received_by_id"),
        why=typed.text("why", longest=LONGEST_WHY, is_required=False) or None,
    )  # fmt: skip


@blueprint.get("/office/<community>/card-handovers")
def book(community_id: UUID) -> str:
    """发放登记簿, latest first."""
    wanted: dict[str, Any] = {
        "q": asked.text() or None, "since": asked.day("since"),
        "until": asked.day("until"),
    }  # fmt: skip
    found = handover_book.listed(
        actor=actor(), community_id=community_id, after=asked.after(), limit=asked.PER_PAGE + 1,
        **wanted,
    )  # fmt: skip
    return desk.shown("book", community_id, page=cut(found, asked.PER_PAGE), wanted=wanted)


@blueprint.get("/office/<community>/card-handovers.xlsx")
@committed
def book_workbook(community_id: UUID) -> Response:
    """The same lines as Excel, to print and sign; who took it along is kept."""
    content = handover_book.workbook(
        actor=actor(), now=clock.now(), community_id=community_id,
        q=asked.text() or None, since=asked.day("since"), until=asked.day("until"),
    )  # fmt: skip
    return download(content, XLSX, "card-handovers.xlsx")
