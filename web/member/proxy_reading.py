"""What the page of 代办 shows, from what community/proxies.py tells the member."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from community import proxies
from community.proxies import ProxyView, Relative
from kernel import clock
from kernel.access import Actor
from web.member import reading
from web.member.views import Where

#: More than a household has people; what was ended is read on.
LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Granted:
    """One grant as one of the two sees it; ``name`` is the other's."""

    id: uuid.UUID
    name: str
    granted_at_utc: dt.datetime
    revoked_at_utc: dt.datetime | None
    #: The two live in one household today; without that it gives nothing.
    counts: bool


@dataclass(frozen=True, kw_only=True)
class ProxiesPage:
    """``mine`` act for me, for ``theirs`` I act; ``free`` could be asked."""

    where: Where
    mine: tuple[Granted, ...]
    theirs: tuple[Granted, ...]
    ended: tuple[Granted, ...]
    free: tuple[Relative, ...]
    lives_alone: bool
    older: uuid.UUID | None


def page(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, after: uuid.UUID | None
) -> ProxiesPage:
    """Grants by and to the member, newest first. NotFound for who is nobody here."""
    own, today = actor.member_in(community_id), clock.business_date(now)
    found = proxies.listed(actor=actor, community_id=community_id, after=after, limit=LISTED + 1)
    relatives = proxies.relatives(actor=actor, community_id=community_id, on=today)
    home = frozenset(each.member_id for each in relatives)
    shown = found[:LISTED]
    standing = [each for each in shown if each.revoked_at_utc is None]
    asked = {each.proxy_id for each in standing if each.grantor_id == own}
    return ProxiesPage(
        where=reading.where(community_id),
        mine=tuple(_granted(each, own, home) for each in standing if each.grantor_id == own),
        theirs=tuple(_granted(each, own, home) for each in standing if each.proxy_id == own),
        ended=tuple(_granted(each, own, home) for each in shown if each.revoked_at_utc is not None),
        free=tuple(each for each in relatives if each.member_id not in asked),
        lives_alone=not relatives,
        older=shown[-1].id if len(found) > LISTED else None,
    )


def _granted(view: ProxyView, own: uuid.UUID, home: frozenset[uuid.UUID]) -> Granted:
    is_mine = view.grantor_id == own
    return Granted(
        id=view.id,
        name=view.proxy_name if is_mine else view.grantor_name,
        granted_at_utc=view.granted_at_utc,
        revoked_at_utc=view.revoked_at_utc,
        counts=(view.proxy_id if is_mine else view.grantor_id) in home,
    )
