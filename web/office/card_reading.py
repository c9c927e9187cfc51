"""What the cards desk shows: cards that fit a search, and people who could be handed one."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from community import member_search, places, proxies
from community.member_search import MemberSeen
from community.permissions import CommunityPermission
from kernel import clock
from kernel.access import Actor
from redemption.cards import card_lists, lookup
from redemption.cards.card_lists import CardView
from redemption.cards.errors import CardUnreadable
from redemption.models import CardState
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers
from web.office.asked import PER_PAGE

#: People beside the cards of a search: those whom a name or household code means.
MOST_PEOPLE = 20


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody found, with the living card they hold, if any."""

    member: MemberSeen
    card: CardView | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """Cards in the order of their numbers; ``people`` only where something was searched for."""

    q: str
    state: CardState | None
    cards: list[CardView]
    people: list[Person]
    after: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who may take the card along: the member, or a proxy."""

    id: uuid.UUID
    name: str
    is_proxy: bool


def scanned(*, actor: Actor, community_id: uuid.UUID, text: str) -> uuid.UUID | None:
    """The card whose code was scanned into the search; CardNotHere for another community's."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    try:
        if card_numbers.read(text).token is None:
            return None
    except CardUnreadable:
        return None
    found: uuid.UUID = lookup.by_text(community_id, text, field="q").id
    return found


def found(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    q: str,
    state: CardState | None,
    after: uuid.UUID | None,
) -> Found:
    """Cards, and with a search on its first page the people as well."""
    rows = card_lists.search(
        actor=actor, community_id=community_id, q=q[:40] or None, state=state, after=after,
        limit=PER_PAGE + 1,
    )  # fmt: skip
    wants_people = bool(q) and after is None and state is None
    return Found(
        q=q,
        state=state,
        cards=rows[:PER_PAGE],
        people=people(actor=actor, now=now, community_id=community_id, q=q) if wants_people else [],
        after=rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None,
    )


def people(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, q: str) -> list[Person]:
    """Members of today by name, pinyin or household code; nobody for who may not read members."""
    if not actor.may(CommunityPermission.READ_MEMBERS, places.place_of(community_id)):
        return []
    members = member_search.search(
        actor=actor, community_id=community_id, on=clock.business_date(now), q=q[:40],
        limit=MOST_PEOPLE,
    )  # fmt: skip
    held = card_lists.living(
        actor=actor, community_id=community_id, member_ids=[each.id for each in members]
    )
    return [Person(member=each, card=held.get(each.id)) for each in members]


def person(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID
) -> Person:
    """One member with the living card; NotFound."""
    return Person(
        member=member_search.one(
            actor=actor, community_id=community_id, member_id=member_id,
            on=clock.business_date(now),
        ),
        card=card_lists.living(
            actor=actor, community_id=community_id, member_ids=[member_id]
        ).get(member_id),
    )  # fmt: skip


def receivers(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member: tuple[uuid.UUID, str]
) -> list[Receiver]:
    """The member first, then the proxies of today by name."""
    member_id, name = member
    today = clock.business_date(now)
    acting = proxies.of_grantor(community_id, member_id, today)
    found = [
        Receiver(
            id=each,
            name=member_search.one(
                actor=actor, community_id=community_id, member_id=each, on=today
            ).name,
            is_proxy=True,
        )
        for each in acting
    ]
    own = Receiver(id=member_id, name=name, is_proxy=False)
    return [own, *sorted(found, key=lambda each: each.name)]
