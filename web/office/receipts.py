"""兑换回执: every redemption of the community without names, and what happened since."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from community import places
from kernel import clock, personal_text
from kernel.errors import Invalid
from kernel.fields import page as cut
from kernel.http import actor, idempotent
from merchants import alliance
from merchants.permissions import MerchantsPermission
from redemption import afterwards, reversals
from redemption.afterwards import FollowedReceipt
from redemption.errors import RedemptionUnknown
from redemption.models import Channel, RedemptionState
from redemption.permissions import RedemptionPermission
from redemption.reversals import ReversalView
from web import typed
from web.acting import acting
from web.office import asked, desk
from web.office.blueprint import blueprint

ONE = "/office/<community>/receipts/<number>"
MOST_SHOPS = 500


def shops_of(community_id: UUID) -> list[tuple[str, str]]:
    """(id, name) of the alliance's merchants for a choice; nothing for who may not read them."""
    if not actor().may(MerchantsPermission.READ_ALLIANCE, places.place_of(community_id)):
        return []
    found = alliance.search(actor=actor(), community_id=community_id, limit=MOST_SHOPS)
    return sorted(((str(each.merchant.id), each.merchant.name) for each in found), key=_by_name)


def _by_name(shop: tuple[str, str]) -> str:
    return shop[1]


@blueprint.get("/office/<community>/receipts")
def receipts(community_id: UUID) -> str:
    """By shop, state, channel and day; or one by its number. Latest first."""
    number = asked.text("number", longest=30)
    found, wrong = asked.tried(
        lambda: afterwards.of_community(
            actor=actor(), now=clock.now(), community_id=community_id,
            state=asked.word("state", RedemptionState), channel=asked.word("channel", Channel),
            merchant_id=asked.chosen("shop"), day=asked.day("day"), number=number or None,
            after=asked.after(), limit=asked.PER_PAGE + 1,
        )
    )  # fmt: skip
    return desk.shown(
        "receipts", community_id, page=cut(found, asked.PER_PAGE), number=number, wrong=wrong,
        shops=shops_of(community_id),
    )  # fmt: skip


def _one(community_id: UUID, number: str) -> FollowedReceipt:
    try:
        found = afterwards.of_community(
            actor=actor(), now=clock.now(), community_id=community_id, number=number, limit=1
        )
    except Invalid as error:
        raise RedemptionUnknown() from error
    if not found:
        raise RedemptionUnknown()
    return found[0]


@blueprint.get(ONE)
def receipt(community_id: UUID, number: str) -> str:
    """One redemption with what happened since."""
    found = _one(community_id, number)
    may_read = actor().may(
        RedemptionPermission.READ_REVERSALS, places.place_of(community_id)
    )  # fmt: skip
    asked_before = (
        reversals.listed(actor=actor(), community_id=community_id, number=number, limit=9)
        if may_read
        else []
    )
    return desk.shown(
        "receipt", community_id, receipt=found, asked=asked_before, now=clock.now(),
        longest=personal_text.LONGEST,
    )  # fmt: skip


def _asked_before(*, community_id: UUID, result_id: UUID) -> ReversalView:
    return reversals.replay(actor=actor(), community_id=community_id, result_id=result_id)


@blueprint.post(f"{ONE}/reversal")
@acting(
    again=receipt,
    then=lambda _done, community_id, number: url_for(
        "office.receipt", community=places.community(community_id).code, number=number,
        said="office_reversal_asked",
    ),
)  # fmt: skip
@idempotent("ask_redemption_reversal", replay=_asked_before)
def ask_reversal(community_id: UUID, number: str) -> ReversalView:
    """The community asks for the points to go back; somebody else decides."""
    actor().require(RedemptionPermission.ASK_REVERSAL, places.place_of(community_id))
    return reversals.ask(
        actor=actor(), now=clock.now(), community_id=community_id,
        redemption_id=_one(community_id, number).id,
        reason=typed.text("reason", longest=personal_text.LONGEST),
    )  # fmt: skip
