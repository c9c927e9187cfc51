"""Which households a community has: code, grid, who lives there, before anybody has a name."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from ops.demo.cast import CastMember
from ops.demo.names import CHILD_NICKNAMES, Gender, Generation
from ops.demo.places import DemoCommunity, DemoGrid


@dataclass(frozen=True, slots=True)
class ResidentPlan:
    """One place in a household; a spouse brings an own surname."""

    gender: Gender
    generation: Generation
    keeps_surname: bool


@dataclass(frozen=True, slots=True)
class HouseholdPlan:
    """A household of one to five people, children under fourteen included as nicknames."""

    code: str
    grid_number: int
    is_relocated: bool
    residents: tuple[ResidentPlan, ...]
    child_nicknames: tuple[str, ...]
    cast: CastMember | None


F, M = Gender.FEMALE, Gender.MALE
E, D, Y = Generation.ELDER, Generation.MIDDLE, Generation.YOUNG

#: (weight, residents, children): the first resident is the head; "own" spouses change surname.
HOUSEHOLD_SHAPES: tuple[tuple[int, tuple[tuple[Gender, Generation, bool], ...], int], ...] = (
    (12, ((F, E, True),), 0),
    (7, ((M, E, True),), 0),
    (6, ((M, D, True),), 0),
    (20, ((M, E, True), (F, E, False)), 0),
    (9, ((M, D, True), (F, D, False)), 0),
    (16, ((M, D, True), (F, D, False)), 1),
    (9, ((M, D, True), (F, D, False)), 2),
    (7, ((F, D, True), (M, Y, False)), 0),
    (12, ((M, D, True), (F, D, False), (M, Y, True)), 0),
    (9, ((M, D, True), (F, D, False), (F, Y, True)), 1),
    (6, ((M, D, True), (F, D, False), (F, E, False)), 1),
    (5, ((M, D, True), (F, D, False), (M, E, True), (F, E, False)), 1),
)
HIGHEST_NUMBER_IN_GRID = 60


def household_plans(
    *,
    community: DemoCommunity,
    cast: tuple[CastMember, ...],
    rng: random.Random,
    resident_count: int,
) -> Iterator[HouseholdPlan]:
    """Yield households, by code, whose residents add up to exactly `resident_count`.

    Cast members head the household that their row names. ValueError when the grids cannot take
    so many households.
    """
    heads = {person.household_code: person for person in cast if person.household_code}
    shapes = _shapes(rng, resident_count=resident_count, at_least=len(heads))
    codes = _codes(rng, grids=community.grids, count=len(shapes), reserved=tuple(heads))
    relocated = _relocated(rng, codes=codes, percent=community.relocated_share_percent, heads=heads)
    for code, (residents, children) in zip(codes, shapes, strict=True):
        yield HouseholdPlan(
            code=code,
            grid_number=int(code[:2]),
            is_relocated=code in relocated,
            residents=residents,
            child_nicknames=tuple(rng.sample(CHILD_NICKNAMES, children)),
            cast=heads.get(code),
        )


def _shapes(
    rng: random.Random, *, resident_count: int, at_least: int
) -> list[tuple[tuple[ResidentPlan, ...], int]]:
    weights = [weight for weight, _, _ in HOUSEHOLD_SHAPES]
    shapes: list[tuple[tuple[ResidentPlan, ...], int]] = []
    left = resident_count
    while left > 0:
        _, residents, children = rng.choices(HOUSEHOLD_SHAPES, weights=weights)[0]
        if len(residents) > left:
            residents, children = residents[:left], 0
        shapes.append((tuple(ResidentPlan(*resident) for resident in residents), children))
        left -= len(residents)
    if len(shapes) < at_least:
        raise ValueError(f"{resident_count} residents are too few for the cast of the story")
    return shapes


def _codes(
    rng: random.Random, *, grids: tuple[DemoGrid, ...], count: int, reserved: tuple[str, ...]
) -> list[str]:
    """Return `count` codes spread over the grids, gaps included: some doors take no part."""
    free = [
        f"{grid.number:02d}{number:02d}"
        for grid in grids
        for number in range(1, HIGHEST_NUMBER_IN_GRID + 1)
        if f"{grid.number:02d}{number:02d}" not in reserved
    ]
    if count - len(reserved) > len(free):
        raise ValueError(f"{count} households do not fit into {len(grids)} grids")
    return sorted([*reserved, *rng.sample(free, count - len(reserved))])


def _relocated(
    rng: random.Random, *, codes: list[str], percent: int, heads: dict[str, CastMember]
) -> frozenset[str]:
    """Return the codes of relocated households: the cast as its rows say, the others drawn."""
    named = {code for code, person in heads.items() if "relocated_household" in person.tags}
    others = [code for code in codes if code not in heads]
    wanted = max(0, round(len(codes) * percent / 100) - len(named))
    return frozenset(named | set(rng.sample(others, min(wanted, len(others)))))
