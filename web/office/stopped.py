"""暂停和恢复: since when redemption stands still, what the ledger check found, letting it go on."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from community import places
from kernel import clock
from kernel.fields import page as cut
from kernel.http import actor
from redemption import stops as stopping
from redemption.permissions import RedemptionPermission
from redemption.stops import StopView
from web import typed
from web.acting import acting
from web.office import asked, desk
from web.office.blueprint import blueprint

LONGEST_WHY = 500
#: A week of nights, and one more to compare with.
LAST_CHECKS = 8


@blueprint.get("/office/<community>/stops")
def stops(community_id: UUID) -> str:
    """The last ledger checks; stops latest first, the one that stands is on top."""
    found = stopping.stops(
        actor=actor(), community_id=community_id, after=asked.after(), limit=asked.PER_PAGE + 1
    )
    checks = stopping.checks(actor=actor(), community_id=community_id, limit=LAST_CHECKS)
    return desk.shown("stops", community_id, page=cut(found, asked.PER_PAGE), checks=checks)


@blueprint.post("/office/<community>/stops/lift")
@acting(
    again=stops,
    then=lambda _done, community_id: url_for(
        "office.stops", community=places.community(community_id).code, said="stop_lifted"
    ),
)
def lift_stop(community_id: UUID) -> StopView:
    """After a clean check, with a reason that is kept."""
    actor().require(RedemptionPermission.LIFT_STOP, places.place_of(community_id))
    return stopping.lift(
        actor=actor(), now=clock.now(), community_id=community_id,
        why=typed.text("why", longest=LONGEST_WHY),
    )  # fmt: skip
