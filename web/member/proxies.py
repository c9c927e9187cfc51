"""代办 on a member's phone: who may act for me, for whom I may act, granted and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import render_template, request, url_for

from community import places
from community import proxies as acting_for
from community.proxies import ProxyView
from kernel import clock
from kernel.http import actor
from web import typed
from web.acting import acting
from web.member import proxy_reading
from web.member.blueprint import blueprint


def _back(said: str) -> Callable[..., str]:
    def address(_done: ProxyView, community_id: uuid.UUID, **_which: object) -> str:
        return url_for("member.proxies", community=places.community(community_id).code, said=said)

    return address


@blueprint.get("/me/<community>/proxies")
def proxies(community_id: uuid.UUID, **_which: object) -> str:
    """Who acts for whom, and asking somebody of the household."""
    page = proxy_reading.page(
        actor=actor(), now=clock.now(), community_id=community_id,
        after=typed.as_id(request.args.get("after")),
    )  # fmt: skip
    return render_template("member/proxies.html", page=page)


@blueprint.post("/me/<community>/proxies")
@acting(again=proxies, then=_back("proxy_granted"))
def grant_proxy(community_id: uuid.UUID) -> ProxyView:
    """Let somebody of the household act for me."""
    return acting_for.grant(
        actor=actor(), now=clock.now(), community_id=community_id,
        proxy_id=typed.chosen_id("proxy_id"),
    )  # fmt: skip


@blueprint.post("/me/<community>/proxies/<uuid:proxy_grant_id>/revocation")
@acting(again=proxies, then=_back("proxy_revoked"))
def revoke_proxy(community_id: uuid.UUID, proxy_grant_id: uuid.UUID) -> ProxyView:
    """Take it back, or give it up: either of the two, at once."""
    return acting_for.revoke(
        actor=actor(), now=clock.now(), community_id=community_id, proxy_grant_id=proxy_grant_id
    )
