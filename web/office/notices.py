"""Whom to call: news of cards whose holder and proxies have no WeChat."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for

from community import places
from kernel import clock
from kernel.fields import page as cut
from kernel.http import actor
from redemption.cards import notices as card_notices
from redemption.cards.notices import NoticeView
from web.acting import acting
from web.office import asked, desk
from web.office.blueprint import blueprint


@blueprint.get("/office/<community>/card-notices")
def notices(community_id: UUID, **_which: object) -> str:
    """Oldest first; those who were called, latest first."""
    is_open = request.args.get("show") != "called"
    found = card_notices.listed(
        actor=actor(), community_id=community_id, is_open=is_open, after=asked.after(),
        limit=asked.PER_PAGE + 1,
    )  # fmt: skip
    return desk.shown("notices", community_id, page=cut(found, asked.PER_PAGE), is_open=is_open)


@blueprint.post("/office/<community>/card-notices/<uuid:notice_id>/call")
@acting(
    again=notices,
    then=lambda _done, community_id, **_which: url_for(
        "office.notices", community=places.community(community_id).code, said="called"
    ),
)
def mark_called(community_id: UUID, notice_id: UUID) -> NoticeView:
    """已打电话."""
    return card_notices.mark_called(
        actor=actor(), now=clock.now(), community_id=community_id, notice_id=notice_id
    )
