"""What stands beside the items: base, score, balance, counters, tiers, rankings.

Values only. Everybody imports them from ``points.rules.compiled``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kernel.points_value import ZERO
from points.rules.clauses import EVERYBODY, Audience
from points.rules.periods import Period


class CountsIn(StrEnum):
    SCORE = "score"
    BALANCE = "balance"


class Joiners(StrEnum):
    """What somebody gets who joins within a base period."""

    FULL = "full"
    NEXT_PERIOD = "next_period"


@dataclass(frozen=True, kw_only=True)
class Base:
    """Points given once (``per`` None) or on the first day of each period.

    Where ``percent_of_last`` is given, ``points`` is 0: the base is that share of the sealed
    score of the period before, not below 0.
    """

    code: str
    name: str
    points: Decimal
    per: Period | None
    counts_in: frozenset[CountsIn]
    percent_of_last: Decimal | None = None
    joiners: Joiners = Joiners.FULL
    audience: Audience = EVERYBODY
    duties: tuple[str, ...] = ()


class ScoreOver(StrEnum):
    """Over what the standing is read: sheets of a period, or all records still valid.

    Equal to the :class:`Period` of the same name.
    """

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    EVER = "ever"
    VALID = "valid"

    @property
    def period(self) -> Period | None:
        """None for ``valid``, which reads lines instead of sheets."""
        return None if self is ScoreOver.VALID else Period(self.value)


@dataclass(frozen=True)
class Score:
    """Floor and ceiling clamp the reading, never the sheet."""

    over: ScoreOver
    floor: Decimal | None = None
    ceiling: Decimal | None = None


class Spendable(StrEnum):
    """When points reach the balance: once approved, or when the month is sealed."""

    RECORDED = "recorded"
    SEALED = "sealed"


class Deductions(StrEnum):
    """What deductions do to the balance."""

    NEVER = "never"
    TO_ZERO = "to_zero"
    BELOW_ZERO = "below_zero"


@dataclass(frozen=True)
class ExpiresAfter:
    """So many months after the day the points are dated."""

    months: int


@dataclass(frozen=True)
class ExpiresOn:
    """On the next of these days of a year, each (month, day)."""

    days: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ExpiresAtEnd:
    """At the end of the period the points are dated in, and some days more."""

    of: Period
    plus_days: int = 0


Expiry = ExpiresAfter | ExpiresOn | ExpiresAtEnd


@dataclass(frozen=True, kw_only=True)
class Balance:
    """When points can be spent, and what becomes of them; ``spend_above`` has to stay."""

    deductions: Deductions
    spendable_from: Spendable = Spendable.RECORDED
    spend_above: Decimal = ZERO
    expiry: Expiry | None = None


@dataclass(frozen=True)
class Counter:
    """A quantity kept beside points; items point to it with ``feeds``."""

    code: str
    name: str
    unit: str


#: Measures a tier or ranking may read, besides the codes of counters.
SCORE, SCORE_PER_HEAD, BALANCE = "score", "score_per_head", "balance"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A band of one measure. ``over`` None reads it over the rulebook's own score period.

    At most one of ``at_least``/``above`` and one of ``at_most``/``below`` is given.
    """

    measure: str
    over: ScoreOver | None = None
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None


class TierEffect(StrEnum):
    BAR_HONORS = "bar_honors"
    BAR_REDEMPTION = "bar_redemption"
    BADGE = "badge"
    PRIORITY = "priority"
    OFFER_ACCESS = "offer_access"


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Given to those of ``audience`` who meet every condition of ``when``."""

    name: str
    when: tuple[Condition, ...]
    audience: Audience = EVERYBODY
    effects: frozenset[TierEffect] = frozenset()
    note: str | None = None


class RankingUnit(StrEnum):
    MEMBER = "member"
    HOUSEHOLD = "household"
    GRID = "grid"


class Within(StrEnum):
    """Where those who are compared live."""

    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Who is compared with whom. At most one of the ``top_`` fields is given."""

    code: str
    name: str
    unit: RankingUnit
    over: Period
    within: Within = Within.COMMUNITY
    audience: Audience = EVERYBODY
    measure: str = SCORE
    per_head: bool = False
    top_count: int | None = None
    top_percent: Decimal | None = None


@dataclass(frozen=True)
class NotCarriedOver:
    """A clause of the source text that was left out, and why."""

    clause: str
    code: str
    reason: str
