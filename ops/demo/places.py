"""District, streets, communities and grids of the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.demo.data_files import read_json


@dataclass(frozen=True, slots=True)
class DemoGrid:
    """A grid of a community; `number` is also the first half of its household codes."""

    number: int
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class DemoStreet:
    """A street (街道) with its fictional telephone and office."""

    code: str
    name: str
    telephone: str
    office: str


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """The district with the brand shown on pages, notices and cards."""

    code: str
    name: str
    city: str
    brand: str
    slogan: str
    telephone: str


@dataclass(frozen=True, slots=True)
class DemoCommunity:
    """A community; `code` ([a-z0-9]) stands in addresses such as `/m/<community>/…`.

    `relocated_share_percent` is the share of households with the tag `relocated_household`.
    """

    code: str
    street_code: str
    name: str
    committee: str
    alliance: str
    telephone: str
    office: str
    opening_hours: str
    relocated_share_percent: int
    note: str
    grids: tuple[DemoGrid, ...]


@dataclass(frozen=True, slots=True)
class DemoPlaces:
    """All places of the demo, in the order of the file."""

    district: DemoDistrict
    streets: tuple[DemoStreet, ...]
    communities: tuple[DemoCommunity, ...]

    def community(self, code: str) -> DemoCommunity:
        """Return the community with this code; KeyError when there is none."""
        return {community.code: community for community in self.communities}[code]

    def street_of(self, community: DemoCommunity) -> DemoStreet:
        """Return the street to which the community belongs."""
        return {street.code: street for street in self.streets}[community.street_code]


def _community(row: Mapping[str, Any]) -> DemoCommunity:
    plain = {key: value for key, value in row.items() if key not in {"street", "grids"}}
    grids = tuple(DemoGrid(**grid) for grid in row["grids"])
    return DemoCommunity(street_code=row["street"], grids=grids, **plain)


def load_places() -> DemoPlaces:
    """Return the places of `places.json`."""
    document = read_json("places.json")
    return DemoPlaces(
        district=DemoDistrict(**document["district"]),
        streets=tuple(DemoStreet(**row) for row in document["streets"]),
        communities=tuple(_community(row) for row in document["communities"]),
    )
