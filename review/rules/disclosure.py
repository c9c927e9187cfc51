"""THE disclosure rule: what page, print, API and CSV may show of a sheet.

Every outlet gets its rows from here. Per row, decided once when the sheet is made:

* ranked: rank within the top N and at or above base → rank, masked label, grid, household code,
  score;
* listed: any other row at or above base → household code and score, no rank, no label;
* counted: below base → only the number of such rows.

Where a month has several sheets, a row that another of them would give away is counted, too
(rules/side_by_side.py).

Whatever is published about more than one row (households, grids, longer periods) is computed
**from the public rows only**, so no subtraction between two outlets can reach a row that is not
public. The two sums that are not, bonus and deduction of the whole month, are given together or
not at all, and only where no household or at least five stand behind what they give away.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from points.rules.ranking import competition_ranks, top

#: Fewer households than this never stand behind a published figure about deductions.
FEWEST_HOUSEHOLDS = 5
#: N where the rulebook names no top for the month's ranking of members.
DEFAULT_TOP = 50


class Disclosure(StrEnum):
    """How much of a row is public."""

    RANKED = "ranked"
    LISTED = "listed"
    COUNTED = "counted"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One holder's month as the ledger has it. ``key`` is unique; equal codes share a household."""

    key: str
    household: str
    label: str
    grid: int | None
    base: Decimal
    bonus: Decimal
    deduction: Decimal

    @property
    def score(self) -> Decimal:
        return self.base + self.bonus - self.deduction


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A scored row with its rank among all rows and its place in public reading order.

    ``position`` counts from 1 over the public rows; a counted row has none.
    """

    scored: Scored
    rank: int
    disclosure: Disclosure
    position: int | None


@dataclass(frozen=True, kw_only=True)
class PublicRow:
    """What anybody may see of one row; fields that are not public are None."""

    household_code: str
    score: Decimal
    rank: int | None = None
    label: str | None = None
    grid_number: int | None = None


@dataclass(frozen=True, kw_only=True)
class CategoryCount:
    """How many deductions a category had; never of fewer than five households."""

    category: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Bonus and deduction of the whole month; both None where they would tell on a household."""

    bonus: Decimal | None
    deduction: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Adjustments:
    """Points entered in batches 调整: how many, and their sum where it tells on no household."""

    count: int
    points: Decimal | None


def is_below(scored: Scored, threshold: Decimal) -> bool:
    """Whether the row is below base.

    ``threshold`` is the month's base; a row with a larger base of its own is measured against
    that, because whoever knows the base could otherwise subtract it.
    """
    return scored.score < max(threshold, scored.base)


def disclosure_of(
    *, scored: Scored, rank: int, top_places: int, threshold: Decimal, is_withheld: bool = False
) -> Disclosure:
    """The rule for one row; ``is_withheld``: another sheet of the month would give it away."""
    if is_withheld or is_below(scored, threshold):
        return Disclosure.COUNTED
    return Disclosure.RANKED if rank <= top_places else Disclosure.LISTED


def placed(
    rows: Sequence[Scored],
    *,
    top_places: int,
    threshold: Decimal,
    withheld: AbstractSet[str] = frozenset(),
) -> list[Placed]:
    """All rows with rank, disclosure and position, in the order of ``rows``.

    Equals share a rank and a tie at N is inside. Listed rows stand in the order of household
    codes and then of score, which both are public; never in the order of rank. ``withheld`` keys
    leave no gap: the others are ranked as if they were not there.
    """
    ranks = _ranks(rows, withheld)
    shown = {
        row.key: disclosure_of(
            scored=row, rank=ranks[row.key], top_places=top_places, threshold=threshold,
            is_withheld=row.key in withheld,
        )
        for row in rows
    }  # fmt: skip
    ranked = [row for row in rows if shown[row.key] is Disclosure.RANKED]
    listed = [row for row in rows if shown[row.key] is Disclosure.LISTED]
    ranked.sort(key=lambda row: (ranks[row.key], row.household, row.key))
    listed.sort(key=lambda row: (row.household, -row.score, row.key))
    positions = {row.key: place for place, row in enumerate(ranked + listed, start=1)}
    return [
        Placed(
            scored=row,
            rank=ranks[row.key],
            disclosure=shown[row.key],
            position=positions.get(row.key),
        )
        for row in rows
    ]


def _ranks(rows: Sequence[Scored], withheld: AbstractSet[str]) -> dict[str, int]:
    """Ranks among the rows that are not withheld; a withheld one gets what it would have there."""
    among = {row.key: row.score for row in rows if row.key not in withheld}
    ranks = competition_ranks(among)
    if withheld:
        falling = sorted(-score for score in among.values())
        ranks |= {
            row.key: 1 + bisect_left(falling, -row.score) for row in rows if row.key in withheld
        }
    return ranks


def public_row(
    *,
    disclosure: Disclosure,
    household_code: str,
    score: Decimal,
    rank: int,
    label: str,
    grid_number: int | None,
) -> PublicRow | None:
    """The public part of one row; None for a row that is only counted."""
    if disclosure is Disclosure.COUNTED:
        return None
    if disclosure is Disclosure.LISTED:
        return PublicRow(household_code=household_code, score=score)
    return PublicRow(
        household_code=household_code,
        score=score,
        rank=rank,
        label=label,
        grid_number=grid_number,
    )


def aggregated(
    values: dict[str, Decimal], *, top_places: int
) -> list[tuple[str, Decimal, int | None]]:
    """Sums of public rows by household or member, in public order: (key, sum, rank or None).

    Those within the top by rank, the others without a rank in the order of their keys.
    """
    ranks = top(competition_ranks(values), top_places)
    inside = sorted(ranks, key=lambda key: (ranks[key], key))
    outside = sorted(key for key in values if key not in ranks)
    return [(key, values[key], ranks[key]) for key in inside] + [
        (key, values[key], None) for key in outside
    ]


def category_counts(deducted: Iterable[tuple[str, str]]) -> list[CategoryCount]:
    """Counts per category of (category, household) pairs, one pair per deduction.

    A category of fewer than five households is left out. There is no total, from which the one
    that is missing could be subtracted.
    """
    counts: dict[str, int] = defaultdict(int)
    households: dict[str, set[str]] = defaultdict(set)
    for category, household in deducted:
        counts[category] += 1
        households[category].add(household)
    return [
        CategoryCount(category=category, count=counts[category])
        for category in sorted(counts)
        if len(households[category]) >= FEWEST_HOUSEHOLDS
    ]


def sums(rows: Sequence[Placed]) -> Sums:
    """The month's bonus and deduction, given only where nobody can be subtracted out.

    Total score − public rows = the rows below base, so these must be of no household or of at
    least five; and the same holds for the households that had deductions at all.
    """
    below = {row.scored.household for row in rows if row.disclosure is Disclosure.COUNTED}
    deducted = {row.scored.household for row in rows if row.scored.deduction != 0}
    if any(0 < len(behind) < FEWEST_HOUSEHOLDS for behind in (below, deducted)):
        return Sums(bonus=None, deduction=None)
    return Sums(
        bonus=sum((row.scored.bonus for row in rows), Decimal(0)),
        deduction=sum((row.scored.deduction for row in rows), Decimal(0)),
    )


def adjustments(rows: Sequence[tuple[str, Decimal]]) -> Adjustments:
    """Of (household, signed points) pairs, one pair per adjustment.

    That there were some, and how many, is always said: nobody's points appear from nowhere. The
    sum is given where at least five households stand behind it.
    """
    households = {household for household, _ in rows}
    told = not households or len(households) >= FEWEST_HOUSEHOLDS
    total = sum((points for _, points in rows), Decimal(0))
    return Adjustments(count=len(rows), points=total if told else None)
