"""District and street as issuers of documents that communities inherit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from community import places
from kernel.access import Actor, Place
from kernel.errors import NotFound
from points.models import IssuerLevel
from points.permissions import PointsPermission

_ISSUES = {
    IssuerLevel.DISTRICT: PointsPermission.ISSUE_FOR_DISTRICT,
    IssuerLevel.STREET: PointsPermission.ISSUE_FOR_STREET,
}


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who issues; ``id`` is the district's or the street's."""

    level: IssuerLevel
    id: uuid.UUID
    district_id: uuid.UUID
    street_id: uuid.UUID | None
    name: str

    @property
    def place(self) -> Place:
        return Place(district_id=self.district_id, street_id=self.street_id)

    def require_issuing(self, actor: Actor) -> None:
        """Only the officers of this very level issue: a district's do not speak for a street."""
        actor.require(_ISSUES[self.level], self.place)


def district(district_id: uuid.UUID) -> Issuer:
    """The district as an issuer; NotFound."""
    row = places.district(district_id)
    return Issuer(
        level=IssuerLevel.DISTRICT,
        id=row.id,
        district_id=row.id,
        street_id=None,
        name=row.name,
    )


def street(street_id: uuid.UUID) -> Issuer:
    """The street as an issuer; NotFound."""
    row = places.street(street_id)
    return Issuer(
        level=IssuerLevel.STREET,
        id=row.id,
        district_id=row.district_id,
        street_id=row.id,
        name=row.name,
    )


def of_level(level: str, issuer_id: uuid.UUID) -> Issuer:
    """The district or street with this id; NotFound, also for a level there is not."""
    if level == IssuerLevel.DISTRICT:
        return district(issuer_id)
    if level == IssuerLevel.STREET:
        return street(issuer_id)
    raise NotFound()


def above(community_id: uuid.UUID) -> tuple[Issuer, Issuer]:
    """The district, then the street of a community: the order in which their rules are read."""
    found = places.in_place(community_id)
    return (
        Issuer(
            level=IssuerLevel.DISTRICT,
            id=found.district.id,
            district_id=found.district.id,
            street_id=None,
            name=found.district.name,
        ),
        Issuer(
            level=IssuerLevel.STREET,
            id=found.street.id,
            district_id=found.district.id,
            street_id=found.street.id,
            name=found.street.name,
        ),
    )
