"""复核退回: what was asked for, and deciding it by somebody else."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from flask import url_for

from community import places
from kernel import clock, personal_text
from kernel.fields import page as cut
from kernel.http import actor, idempotent
from redemption import reversals as reviewed
from redemption.models import ReversalState
from redemption.permissions import RedemptionPermission
from redemption.reversals import ReversalView
from web import typed
from web.acting import acting
from web.office import asked, desk
from web.office.blueprint import blueprint

ONE = "/office/<community>/reversals/<uuid:request_id>"


class Verdict(StrEnum):
    """同意退回, 不退."""

    APPROVE = "approve"
    DECLINE = "decline"


@blueprint.get("/office/<community>/reversals")
def reversals(community_id: UUID) -> str:
    """Newest first, by state or the number of a receipt."""
    number = asked.text("number", longest=30)
    found, wrong = asked.tried(
        lambda: reviewed.listed(
            actor=actor(), community_id=community_id, state=asked.word("state", ReversalState),
            number=number or None, after=asked.after(), limit=asked.PER_PAGE + 1,
        )
    )  # fmt: skip
    return desk.shown(
        "reversals", community_id, page=cut(found, asked.PER_PAGE), number=number, wrong=wrong
    )


@blueprint.get(ONE)
def reversal(community_id: UUID, request_id: UUID) -> str:
    """Why it is asked for, and the decision."""
    found = reviewed.detail(actor=actor(), community_id=community_id, request_id=request_id)
    return desk.shown("reversal", community_id, request_shown=found, longest=personal_text.LONGEST)


def _decided_before(*, community_id: UUID, result_id: UUID) -> ReversalView:
    return reviewed.replay(actor=actor(), community_id=community_id, result_id=result_id)


@blueprint.post(f"{ONE}/decision")
@acting(
    again=reversal,
    then=lambda _done, community_id, request_id: url_for(
        "office.reversal", community=places.community(community_id).code, request_id=request_id
    ),
)
@idempotent("decide_redemption_reversal", replay=_decided_before)
def decide_reversal(community_id: UUID, request_id: UUID) -> ReversalView:
    """Approved, the points go back at once."""
    actor().require(RedemptionPermission.DECIDE_REVERSAL, places.place_of(community_id))
    return reviewed.decide(
        actor=actor(), now=clock.now(), community_id=community_id, request_id=request_id,
        version=typed.whole("version"),
        approves=typed.word("verdict", Verdict) is Verdict.APPROVE,
        why=typed.text("why", longest=personal_text.LONGEST),
    )  # fmt: skip
