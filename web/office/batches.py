"""Batches of cards: ordered, printed on A4, received, voided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from community import places
from kernel import clock, qr
from kernel.errors import Conflict, Invalid
from kernel.fields import page as cut
from kernel.http import actor, committed
from redemption.api.card_schemas import LONGEST_WHY
from redemption.api.schemas import LONGEST_CODE
from redemption.cards import batch_lists, batches, lookup, tokens
from redemption.cards.batch_lists import BatchView
from redemption.cards.batches import PrintSheet
from redemption.cards.errors import CardNotHere
from redemption.models import CardState
from redemption.models.cards import MOST_IN_BATCH
from redemption.permissions import RedemptionPermission
from web import typed
from web.acting import acting, shown_again
from web.board import place_reading
from web.office import asked, desk
from web.office.blueprint import blueprint

ONE = "/office/<community>/card-batches/<uuid:batch_id>"
MOST_ACTS = 200
#: Two columns of five on A4.
CARDS_A_SHEET = 10


class SizeWrong(Invalid):
    code = "batch_size_wrong"
    zh = "一批可以订 1–{most} 张，请改一改。"
    en = "A batch holds 1–{most} cards. Please change the number."


@dataclass(frozen=True, kw_only=True)
class DrawnCard:
    """What is drawn of one card."""

    number: str
    svg: str


def _to_batch(done: BatchView, community_id: UUID, **_where: object) -> str:
    code = places.community(community_id).code
    return url_for("office.batch", community=code, batch_id=done.id)


def _require(community_id: UUID) -> None:
    actor().require(RedemptionPermission.MANAGE_CARDS, places.place_of(community_id))


@blueprint.get("/office/<community>/card-batches")
def batch_list(community_id: UUID) -> str:
    """Batches, latest first, and ordering one."""
    found = batch_lists.listed(
        actor=actor(), community_id=community_id, after=asked.after(), limit=asked.PER_PAGE + 1
    )
    return desk.shown(
        "batches", community_id, page=cut(found, asked.PER_PAGE), most=MOST_IN_BATCH
    )  # fmt: skip


@blueprint.post("/office/<community>/card-batches")
@acting(again=batch_list, then=_to_batch)
def order(community_id: UUID) -> BatchView:
    """Order numbered cards."""
    _require(community_id)
    size = typed.whole("size")
    if not 1 <= size <= MOST_IN_BATCH:
        raise SizeWrong(field="size", most=MOST_IN_BATCH)
    return batches.order(actor=actor(), now=clock.now(), community_id=community_id, size=size)


@blueprint.get(ONE)
def batch(community_id: UUID, batch_id: UUID) -> str:
    """One batch: what comes next, and what was done."""
    here: dict[str, Any] = {"actor": actor(), "community_id": community_id, "batch_id": batch_id}
    found = batch_lists.detail(**here)
    acts = batch_lists.acts(**here, limit=MOST_ACTS)
    return desk.shown("batch", community_id, batch=found, acts=acts)


@blueprint.post(f"{ONE}/print")
def print_batch(community_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """The sheets, to be printed at once; every printing is kept."""
    try:
        sheet = _printed(community_id, batch_id)
    except (Conflict, Invalid, CardNotHere) as error:
        return shown_again(batch, error, community_id=community_id, batch_id=batch_id)
    community = place_reading.place(places.community(community_id).code).view
    return render_template(
        "office/print.html", batch=sheet.batch, community=community,
        sheets=_sheets(sheet, community.code),
    )  # fmt: skip


@committed
def _printed(community_id: UUID, batch_id: UUID) -> PrintSheet:
    _require(community_id)
    only = typed.text("card", longest=LONGEST_CODE, is_required=False)
    return batches.print_cards(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id,
        version=typed.whole("version"),
        card_ids=[_of_batch(community_id, batch_id, only)] if only else None,
    )  # fmt: skip


def _of_batch(community_id: UUID, batch_id: UUID, card: str) -> UUID:
    """The one card to print again; CardNotHere where it lies in no drawer of this batch."""
    found = lookup.by_text(community_id, card, field="card")
    if found.batch_id != batch_id or found.state != CardState.STOCK:
        raise CardNotHere(field="card")
    card_id: UUID = found.id
    return card_id


def _sheets(sheet: PrintSheet, code: str) -> Sequence[Sequence[DrawnCard]]:
    base = current_app.config["LINLI"].public_base_url
    drawn = [
        DrawnCard(
            number=each.number,
            svg=qr.svg(tokens.payload(public_base_url=base, community_code=code, token=each.token)),
        )
        for each in sheet.cards
    ]
    return [drawn[n : n + CARDS_A_SHEET] for n in range(0, len(drawn), CARDS_A_SHEET)]


@blueprint.post(f"{ONE}/receipt")
@acting(again=batch, then=_to_batch)
def receive(community_id: UUID, batch_id: UUID) -> BatchView:
    """The printed cards lie in the office."""
    _require(community_id)
    return batches.receive(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id,
        version=typed.whole("version"),
    )  # fmt: skip


@blueprint.post(f"{ONE}/voiding")
@acting(again=batch, then=_to_batch)
def void(community_id: UUID, batch_id: UUID) -> BatchView:
    """What is not handed over is dead; the rest stays in use."""
    _require(community_id)
    return batches.void(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id,
        version=typed.whole("version"), why=typed.text("why", longest=LONGEST_WHY),
    )  # fmt: skip
