"""Who signs in to the demo: one login for each role and place. Passwords are made elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ops.demo.alliance import DemoAlliance, DemoMerchant
from ops.demo.cast import CastMember, Constituency, DemoRole, load_cast
from ops.demo.data_files import read_json
from ops.demo.people import DemoPopulation
from ops.demo.places import DemoPlaces


class Scope(StrEnum):
    """At what a role grant of the demo points."""

    PLATFORM = "platform"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An account of the demo.

    `place_code` is the code of the district, street, community or merchant named by `scope` (the
    district for the platform). `community_codes` are the communities in which the role acts:
    one for community roles, those served for merchants, none above. `member_index` points into
    the population of that one community when the person is a member there.
    """

    login: str
    name: str
    role: DemoRole
    scope: Scope
    place_code: str
    community_codes: tuple[str, ...] = ()
    member_index: int | None = None
    constituency: Constituency | None = None
    is_demo: bool = True


def community_logins(*, population: DemoPopulation) -> tuple[DemoLogin, ...]:
    """Return the logins of one community, `<community>-admin` first."""
    code = population.community_code
    return tuple(_cast_login(person, population) for person in load_cast(code))


def _cast_login(person: CastMember, population: DemoPopulation) -> DemoLogin:
    code = population.community_code
    return DemoLogin(
        login=f"{code}-{person.login}",
        name=person.name,
        role=person.role,
        scope=Scope.COMMUNITY,
        place_code=code,
        community_codes=(code,),
        member_index=population.cast_person(person.login).index if person.is_member else None,
        constituency=person.constituency,
    )


def _merchant_pair(merchant: DemoMerchant) -> tuple[DemoLogin, DemoLogin]:
    codes = tuple(place.community_code for place in merchant.places)
    owner, clerk = (
        DemoLogin(
            login=f"{merchant.code}-{word}",
            name=name,
            role=role,
            scope=Scope.MERCHANT,
            place_code=merchant.code,
            community_codes=codes,
        )
        for word, name, role in (
            ("owner", merchant.owner, DemoRole.MERCHANT_OWNER),
            ("clerk", merchant.clerk, DemoRole.MERCHANT_CLERK),
        )
    )
    return owner, clerk


def merchant_logins(alliance: DemoAlliance) -> tuple[DemoLogin, ...]:
    """Return owner and clerk of every merchant: `<merchant>-owner`, `<merchant>-clerk`."""
    return tuple(login for merchant in alliance.merchants for login in _merchant_pair(merchant))


def higher_logins(places: DemoPlaces) -> tuple[DemoLogin, ...]:
    """Return the street officers, the district officer, the auditor and the operator."""
    document = read_json("cast.json")
    streets = tuple(
        DemoLogin(
            login=row["login"],
            name=row["name"],
            role=DemoRole.STREET_OFFICER,
            scope=Scope.STREET,
            place_code=row["street"],
        )
        for row in document["streets"]
    )
    above = tuple(
        DemoLogin(
            login=row["login"],
            name=row["name"],
            role=DemoRole(row["role"]),
            scope=Scope.PLATFORM if row["role"] == DemoRole.OPERATOR else Scope.DISTRICT,
            place_code=places.district.code,
        )
        for row in document["district"]
    )
    return (*streets, *above)


def all_logins(
    *, places: DemoPlaces, alliance: DemoAlliance, populations: Mapping[str, DemoPopulation]
) -> tuple[DemoLogin, ...]:
    """Return every login of the demo, district first; `populations` by community code."""
    return (
        *higher_logins(places),
        *(
            login
            for community in places.communities
            for login in community_logins(population=populations[community.code])
        ),
        *merchant_logins(alliance),
    )
