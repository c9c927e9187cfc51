"""About three hundred invented members of a community, in households and beside them.

Ages are only kinds: children under fourteen are nicknames in their household, a senior has a
year since when (as the counter would set it), nobody has a birth date, an ID number or a phone.
"""

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ops.demo.cast import CastMember
from ops.demo.households import HouseholdPlan, household_plans
from ops.demo.names import Gender, Generation, draw_name, draw_surname
from ops.demo.places import DemoCommunity


class AgeKind(StrEnum):
    """As much about age as the product ever needs."""

    ADULT = "adult"
    SENIOR = "senior"


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A household; the first two digits of `code` are its grid, the last two a running number."""

    code: str
    grid_number: int
    is_relocated: bool
    child_nicknames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A member; `index` is unique in the community and equals the place in `people`.

    `activity` weighs how often the person takes part (0 = never). `cast_login` is set for the
    fixed people of the story. `senior_from_year` is set for seniors only.
    """

    index: int
    community_code: str
    name: str
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    household_code: str | None
    grid_number: int | None
    age: AgeKind
    senior_from_year: int | None
    is_household_head: bool
    activity: float
    cast_login: str | None = None
    is_demo: bool = True

    @property
    def has_phone(self) -> bool:
        """Every other senior has none, asks others to claim and pays by card."""
        is_senior = self.age is AgeKind.SENIOR
        return not is_senior or self.cast_login is not None or self.index % 2 == 0

    @property
    def audience_words(self) -> frozenset[str]:
        """The words that an offer's audience may name: kinds, tags and `senior`."""
        return frozenset((*self.kinds, *self.tags, self.age.value))


@dataclass(frozen=True, slots=True)
class DemoPopulation:
    """Members and households of one community."""

    community_code: str
    people: tuple[DemoPerson, ...]
    households: tuple[DemoHousehold, ...]

    def cast_person(self, login: str) -> DemoPerson:
        """Return the person of the story with this short login; KeyError when there is none."""
        return {person.cast_login: person for person in self.people if person.cast_login}[login]

    def share_household(self, first: int, second: int) -> bool:
        """True when both members (by index) are the same person or live in one household."""
        if first == second:
            return True
        code = self.people[first].household_code
        return code is not None and code == self.people[second].household_code


#: Members who live elsewhere: share of the whole community, in percent, by kind.
OUTSIDERS_PERCENT = {"in_service_party_member": 5, "property_staff": 2, "new_employment_worker": 4}
NEVER_ACTIVE_PERCENT = 34


class _Drawing:
    """Draws the people of one community, one after the other."""

    def __init__(self, *, community: DemoCommunity, rng: random.Random, reference_date: date):
        self.community = community
        self.rng = rng
        self.year = reference_date.year
        self.people: list[DemoPerson] = []
        self.taken: set[str] = set()

    def add(
        self,
        *,
        name: str,
        kinds: tuple[str, ...],
        tags: tuple[str, ...],
        household: DemoHousehold | None,
        is_senior: bool,
        is_head: bool = False,
        cast_login: str | None = None,
        grid_number: int | None = None,
    ) -> None:
        self.people.append(
            DemoPerson(
                index=len(self.people),
                community_code=self.community.code,
                name=name,
                kinds=kinds,
                tags=tags,
                household_code=household.code if household else None,
                grid_number=household.grid_number if household else grid_number,
                age=AgeKind.SENIOR if is_senior else AgeKind.ADULT,
                senior_from_year=self.year - self.rng.randint(0, 18) if is_senior else None,
                is_household_head=is_head,
                activity=self._activity(is_cast=cast_login is not None),
                cast_login=cast_login,
            )
        )

    def _activity(self, *, is_cast: bool) -> float:
        """Pareto: a few carry much of the work, many come once, a third never."""
        weight = min(self.rng.paretovariate(1.25), 14.0)
        if is_cast:
            return max(weight, 2.0)
        return 0.0 if self.rng.random() * 100 < NEVER_ACTIVE_PERCENT else weight

    def add_household(self, plan: HouseholdPlan, household: DemoHousehold) -> None:
        surname = draw_surname(self.rng)
        if plan.cast is not None:
            surname = plan.cast.name[0]
        for place, resident in enumerate(plan.residents):
            cast = plan.cast if place == 0 else None
            own = surname if resident.keeps_surname else draw_surname(self.rng)
            tags = ("relocated_household",) if household.is_relocated else ()
            if cast is not None:
                kinds = cast.kinds
                tags = tuple(dict.fromkeys((*tags, *cast.tags)))
                name = cast.name
            else:
                kinds, more_tags = self._kinds(resident.generation)
                tags = (*tags, *more_tags)
                name = draw_name(
                    self.rng,
                    surname=own,
                    gender=resident.gender,
                    generation=resident.generation,
                    taken=self.taken,
                )
            self.add(
                name=name,
                kinds=kinds,
                tags=tags,
                household=household,
                is_senior=cast.is_senior if cast else resident.generation is Generation.ELDER,
                is_head=place == 0,
                cast_login=cast.login if cast else None,
            )

    def _kinds(self, generation: Generation) -> tuple[tuple[str, ...], tuple[str, ...]]:
        chance = self.rng.random()
        if generation is Generation.MIDDLE and chance < 0.08:
            return ("resident", "in_service_party_member"), ("party_member",)
        if generation is Generation.ELDER and chance < 0.12:
            return ("resident",), ("party_member",)
        if generation is Generation.YOUNG and chance < 0.35:
            return ("resident",), ("student",)
        return ("resident",), ()

    def add_outsider(self, kind: str) -> None:
        gender = Gender.MALE if self.rng.random() < 0.6 else Gender.FEMALE
        is_party = kind == "in_service_party_member"
        young = kind == "new_employment_worker"
        name = draw_name(
            self.rng,
            surname=draw_surname(self.rng),
            gender=gender,
            generation=Generation.YOUNG if young else Generation.MIDDLE,
            taken=self.taken,
        )
        tags = ("party_member",) if is_party else ()
        # Reporting cadres are put into a grid to serve in; staff and riders serve everywhere.
        grid = self.rng.choice(self.community.grids).number if is_party else None
        self.add(
            name=name, kinds=(kind,), tags=tags, household=None, is_senior=False, grid_number=grid
        )


def draw_population(
    *,
    community: DemoCommunity,
    cast: tuple[CastMember, ...],
    rng: random.Random,
    reference_date: date,
    member_count: int = 300,
) -> DemoPopulation:
    """Return exactly `member_count` members with their households; same rng seed, same people.

    `reference_date` only dates since which year a senior is one.
    """
    drawing = _Drawing(community=community, rng=rng, reference_date=reference_date)
    members = tuple(person for person in cast if person.is_member)
    drawing.taken.update(person.name for person in cast)
    outsiders = [
        kind
        for kind, percent in OUTSIDERS_PERCENT.items()
        for _ in range(member_count * percent // 100)
    ]
    guests = tuple(person for person in members if person.household_code is None)
    at_home = member_count - len(outsiders) - len(guests)
    households = []
    for plan in household_plans(community=community, cast=members, rng=rng, resident_count=at_home):
        household = DemoHousehold(
            code=plan.code,
            grid_number=plan.grid_number,
            is_relocated=plan.is_relocated,
            child_nicknames=plan.child_nicknames,
        )
        households.append(household)
        drawing.add_household(plan, household)
    for guest in guests:
        drawing.add(
            name=guest.name,
            kinds=guest.kinds,
            tags=guest.tags,
            household=None,
            is_senior=guest.is_senior,
            cast_login=guest.login,
            grid_number=guest.grid_number,
        )
    for kind in outsiders:
        drawing.add_outsider(kind)
    return DemoPopulation(
        community_code=community.code,
        people=tuple(drawing.people),
        households=tuple(households),
    )
