"""The named people of the demo story: who holds an office, and one resident to sign in as.

Everybody else is drawn by `ops.demo.people`; the cast is fixed so that a walk-through can name
its people, and so that no two office holders share a household.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ops.demo.data_files import read_json


class DemoRole(StrEnum):
    """Roles that the story seeds, named as in the access table."""

    MEMBER = "member"
    GRID_WORKER = "grid_worker"
    PANELIST = "panelist"
    SUPERVISOR = "supervisor"
    COMMUNITY_ADMIN = "community_admin"
    STREET_OFFICER = "street_officer"
    DISTRICT_OFFICER = "district_officer"
    AUDITOR = "auditor"
    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_CLERK = "merchant_clerk"
    OPERATOR = "operator"


class Constituency(StrEnum):
    """For whom a seat of the supervision committee speaks."""

    GRID_WORKERS = "grid_workers"
    RESIDENT_DELEGATES = "resident_delegates"
    PARTY_DELEGATES = "party_delegates"


@dataclass(frozen=True, slots=True)
class CastMember:
    """A fixed person of one community.

    `login` is the part after the community code. Somebody without `kinds` (the administrator) is
    staff and no member; somebody without `household_code` lives outside the community.
    """

    login: str
    name: str
    role: DemoRole
    constituency: Constituency | None
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    grid_number: int | None
    household_code: str | None
    is_senior: bool

    @property
    def is_member(self) -> bool:
        """True when this person also earns points in the community."""
        return bool(self.kinds)


def _cast_member(row: Mapping[str, Any]) -> CastMember:
    constituency = row.get("constituency")
    return CastMember(
        login=row["login"],
        name=row["name"],
        role=DemoRole(row["role"]),
        constituency=Constituency(constituency) if constituency else None,
        kinds=tuple(row.get("kinds", ())),
        tags=tuple(row.get("tags", ())),
        grid_number=row.get("grid"),
        household_code=row.get("household"),
        is_senior=row.get("is_senior", False),
    )


def load_cast(community_code: str) -> tuple[CastMember, ...]:
    """Return the cast of one community in the order of the file."""
    return tuple(_cast_member(row) for row in read_json("cast.json")["communities"][community_code])
