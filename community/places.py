"""Places: reading the district, its streets and communities."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from community.models import Community, District, Street
from kernel.access import Place
from kernel.database import db
from kernel.errors import NotFound
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY


@dataclass(frozen=True, kw_only=True)
class CommunityInPlace:
    """A community with its street and district, as pages and lists show it."""

    community: Community
    street: Street
    district: District


#: Every request asks for both. A community keeps its code, and its street unless it is moved by
#: hand in the database, which needs a restart (docs/operations.md).
_places: dict[uuid.UUID, Place] = {}
_ids_by_code: dict[str, uuid.UUID] = {}
_codes: dict[uuid.UUID, str] = {}


def forget() -> None:
    """Read places anew; for tests, which put other communities under the same codes."""
    _places.clear()
    _ids_by_code.clear()
    _codes.clear()


def id_of(code: str) -> uuid.UUID:
    """The id behind the short code in an address; NotFound. Asked before any unit of work."""
    found = _ids_by_code.get(code)
    if found is None:
        found = _ids_by_code[code] = community_by_code(code).id
    return found


def code_of(community_id: uuid.UUID) -> str:
    """The short code of a community, which addresses name; NotFound when unknown."""
    found = _codes.get(community_id)
    if found is None:
        found = _codes[community_id] = community(community_id).code
    return found


def place_of(community_id: uuid.UUID) -> Place:
    """District, street and community ids, for access checks; NotFound when unknown."""
    found = _places.get(community_id)
    if found is None:
        found = _places[community_id] = _read_place(community_id)
    return found


def _read_place(community_id: uuid.UUID) -> Place:
    row = _PLACE(p_community_id=community_id).one_or_none()
    if row is None:
        raise NotFound()
    return Place(district_id=row.district_id, street_id=row.id, community_id=community_id)


_PLACE = Prepared(
    lambda: (
        select(Street.district_id, Street.id)
        .join(Community, Community.street_id == Street.id)
        .where(Community.id == COMMUNITY)
    )
)


def community(community_id: uuid.UUID) -> Community:
    """The community, or NotFound."""
    found = db.session.get(Community, community_id)
    if found is None:
        raise NotFound()
    return found


def district(district_id: uuid.UUID) -> District:
    """The district, or NotFound."""
    found = db.session.get(District, district_id)
    if found is None:
        raise NotFound()
    return found


def street(street_id: uuid.UUID) -> Street:
    """The street, or NotFound."""
    found = db.session.get(Street, street_id)
    if found is None:
        raise NotFound()
    return found


def community_by_code(code: str) -> Community:
    """The community with this short code, or NotFound."""
    # What is no code must not reach the database: PostgreSQL takes no NUL in a text.
    is_code = code.isascii() and code.isalnum()
    found = db.session.scalar(select(Community).where(Community.code == code)) if is_code else None
    if found is None:
        raise NotFound()
    return found


def all_communities() -> list[Community]:
    """Every community, in the order of its code."""
    return list(db.session.scalars(select(Community).order_by(Community.code)))


def district_of(community_id: uuid.UUID) -> District:
    """The district a community lies in; NotFound when unknown."""
    return in_place(community_id).district


def in_place(community_id: uuid.UUID) -> CommunityInPlace:
    """The community with its street and district in one statement."""
    row = db.session.execute(
        select(Community, Street, District)
        .join(Street, Street.id == Community.street_id)
        .join(District, District.id == Street.district_id)
        .where(Community.id == community_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return CommunityInPlace(community=row[0], street=row[1], district=row[2])


def overview() -> list[CommunityInPlace]:
    """Every community with street and district, ordered by district, street, community code."""
    rows = db.session.execute(
        select(Community, Street, District)
        .join(Street, Street.id == Community.street_id)
        .join(District, District.id == Street.district_id)
        .order_by(District.code, Street.code, Community.code)
    )
    return [CommunityInPlace(community=row[0], street=row[1], district=row[2]) for row in rows]
