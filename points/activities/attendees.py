"""Who attends: a member, or a merchant of the alliance; found from the account that acts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import and_

from community import members, places
from community.models import Household, Member, Membership
from kernel import clock, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import NotFound
from points import holders
from points.activities.errors import NotForYou, WhoMissing
from points.models import Activity, ActivityAudience, AttendeeKind, HolderKind
from points.permissions import PointsPermission

#: merchant ids → names; merchants live in a package above this one.
MerchantNames = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, str]]
_merchant_names: list[MerchantNames] = []

_FOR: Mapping[str, frozenset[AttendeeKind]] = {
    ActivityAudience.MEMBERS: frozenset({AttendeeKind.MEMBER}),
    ActivityAudience.MERCHANTS: frozenset({AttendeeKind.MERCHANT}),
    ActivityAudience.EVERYBODY: frozenset(AttendeeKind),
}


@dataclass(frozen=True)
class Attendee:
    """A member or a merchant by id."""

    kind: AttendeeKind
    id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Named:
    """How lists name an attendee; ``code`` is the household or public code of a member."""

    name: str
    code: str | None = None


def merchant_names_from(names: MerchantNames) -> None:
    """Tell where names of merchants are found; app.py calls it."""
    _merchant_names[:] = [names]


def of_ids(member_id: uuid.UUID | None, merchant_id: uuid.UUID | None) -> Attendee | None:
    """The one that is named, None for nobody. Raises WhoMissing where both are."""
    if member_id is not None and merchant_id is not None:
        raise WhoMissing(field="member_id")
    if member_id is not None:
        return Attendee(AttendeeKind.MEMBER, member_id)
    return Attendee(AttendeeKind.MERCHANT, merchant_id) if merchant_id is not None else None


def reading_place(actor: Actor, community_id: uuid.UUID) -> Place:
    """The place where the actor may read activities: the community, or the actor's shop in it.

    Raises NotFound, Forbidden.
    """
    place = places.place_of(community_id)
    if not actor.roles_at(place):
        shop = next(_shops(actor, place), None)
        if shop is not None:
            place = shop
    actor.require(PointsPermission.READ_ACTIVITIES, place)
    return place


def acting(actor: Actor, community_id: uuid.UUID) -> Attendee:
    """The member the actor is here. Raises NotFound, Forbidden, WhoMissing for anybody else."""
    reading_place(actor, community_id)
    member_id = actor.members.get(community_id)
    if member_id is None:
        raise WhoMissing(field="member_id")
    return Attendee(AttendeeKind.MEMBER, member_id)


def is_own(actor: Actor, community_id: uuid.UUID, who: Attendee) -> bool:
    """Whether the actor is this member, or may act for this shop."""
    if who.kind is AttendeeKind.MEMBER:
        return actor.members.get(community_id) == who.id
    shop = replace(places.place_of(community_id), merchant_id=who.id)
    return actor.may(PointsPermission.JOIN_ACTIVITY, shop)


def require_suited(activity: Activity, attendee: Attendee) -> None:
    """Raises NotForYou, and NotFound for who is not a member or merchant here on that day."""
    if attendee.kind not in _FOR[activity.audience]:
        raise NotForYou(field="merchant_id")
    on = day_of(activity)
    kind = HolderKind(attendee.kind)
    if not holders.exists(activity.community_id, kind, attendee.id, on):
        raise NotFound(field=f"{attendee.kind}_id")


def day_of(activity: Activity) -> dt.date:
    """The business date of the activity."""
    return clock.business_date(activity.starts_at_utc)


def circle_of(community_id: uuid.UUID, organiser: Actor) -> frozenset[uuid.UUID]:
    """Members an organiser neither checks in nor records: themselves and their household."""
    return members.own_circle(community_id, organiser)


def names_of(
    community_id: uuid.UUID, attendees: Collection[Attendee], on: dt.date
) -> dict[Attendee, Named]:
    """How lists name these attendees, in one statement for each kind."""
    found: dict[Attendee, Named] = {}
    ids = [each.id for each in attendees if each.kind is AttendeeKind.MEMBER]
    if ids:
        rows = db.session.execute(
            tenancy.columns(Member, community_id, Member.id, Member.name, Member.public_code,
                            Household.code)
            .outerjoin(
                Membership,
                and_(
                    Membership.community_id == Member.community_id,
                    Membership.member_id == Member.id,
                    members.current(Membership, on),
                ),
            )
            .outerjoin(
                Household,
                and_(
                    Household.community_id == Membership.community_id,
                    Household.id == Membership.household_id,
                ),
            )
            .where(Member.id.in_(ids))
        )  # fmt: skip
        for member_id, name, public_code, household_code in rows:
            key = Attendee(AttendeeKind.MEMBER, member_id)
            found[key] = Named(name=name, code=household_code or public_code)
    shops = [each.id for each in attendees if each.kind is AttendeeKind.MERCHANT]
    if shops and _merchant_names:
        for merchant_id, name in _merchant_names[0](shops).items():
            found[Attendee(AttendeeKind.MERCHANT, merchant_id)] = Named(name=name)
    return found


def _shops(actor: Actor, place: Place) -> Iterator[Place]:
    for grant in actor.grants:
        if grant.place.merchant_id is not None and grant.place.community_id == place.community_id:
            yield replace(place, merchant_id=grant.place.merchant_id)
