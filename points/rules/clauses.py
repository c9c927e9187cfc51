"""The clauses an item is made of: audience, beneficiary, limits, escalation, validity, veto …

Values only; what they do is in the modules of the evaluation. Everybody imports them from
``points.rules.compiled``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from points.rules.periods import Period, day_months_later


class Measure(StrEnum):
    """What a limit counts. ``scale`` is the number of decimal places kept in storage."""

    QUANTITY = "max_quantity"
    TIMES = "max_times"
    POINTS = "max_points"
    #: An interval: counts nothing, so that it has no row of usage.
    MIN_DAYS = "min_days_between"

    @property
    def scale(self) -> int:
        return 2 if self is Measure.QUANTITY else 1 if self is Measure.POINTS else 0

    def stored(self, amount: Decimal) -> int:
        """Hundredths of a unit, times, or tenths of a point."""
        return int(amount.scaleb(self.scale).to_integral_exact())

    def loaded(self, stored: int) -> Decimal:
        """The inverse of :meth:`stored`."""
        return Decimal(stored).scaleb(-self.scale)


class Across(StrEnum):
    """Whose facts fill one cell of a limit, from the narrowest to the widest.

    ``person`` is one person's conduct within one holder's account: whoever acts for several
    accounts has room in each.
    """

    PERSON = "person"
    HOLDER = "holder"
    HOUSEHOLD = "household"

    @property
    def rank(self) -> int:
        """A smaller rank lies in a larger one."""
        return _WIDTH[self]


_WIDTH = {across: rank for rank, across in enumerate(Across)}


@dataclass(frozen=True)
class Audience:
    """``any_of``: at least one of these tags, where given; ``none_of``: not one of those."""

    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    def has(self, tags: frozenset[str]) -> bool:
        return (not self.any_of or bool(self.any_of & tags)) and not self.none_of & tags


EVERYBODY = Audience()


class BeneficiaryKind(StrEnum):
    """Whose account receives the points."""

    ACTOR = "actor"
    HOUSEHOLD = "household"
    HEAD = "head"
    EACH_MEMBER = "each_member"
    #: Persons the recorder names, each standing in one of the ``relations`` to the actor.
    NAMED = "named"


@dataclass(frozen=True)
class Beneficiary:
    """``relations`` are words of the schema: spouse, child, parent, organization_head …"""

    who: BeneficiaryKind = BeneficiaryKind.ACTOR
    relations: tuple[str, ...] = ()


THE_ACTOR = Beneficiary()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most ``cap`` points, times or units per ``per``, over ``items``.

    ``code`` is stable across versions: the shared limit's own, or ``XF-01/max_points/month/holder``
    (``XF-01/min_days_between/holder``) for an item's own limit. An interval has the days in
    ``cap`` and ``per`` ever. ``where`` names the place in the document.
    """

    code: str
    measure: Measure
    cap: Decimal
    per: Period
    items: frozenset[str]
    where: str
    across: Across = Across.HOLDER
    name: str | None = None
    is_shared: bool = False


class Same(StrEnum):
    """What makes facts of a conflict belong together."""

    DEED = "deed"
    ACTIVITY = "activity"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Only the highest of one deed counts, or one item cancels another.

    Exactly one of the two: ``cancelled_by`` is empty where the highest is kept.
    """

    code: str
    items: frozenset[str]
    same: Same
    cancelled_by: frozenset[str] = frozenset()
    note: str | None = None

    @property
    def keeps_highest(self) -> bool:
        return not self.cancelled_by


class Counts(StrEnum):
    """Which earlier occurrences an escalation counts."""

    ITEM = "item"
    GROUP = "group"


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """``factors`` for the 1st, 2nd, 3rd … told occurrence; the last repeats, 0 is a warning.

    ``within_months`` None: an earlier record counts as long as it is valid.
    """

    factors: tuple[Decimal, ...]
    within_months: int | None = None
    grace_days: int = 0
    counts: Counts = Counts.ITEM


@dataclass(frozen=True)
class ValidityBand:
    """Records of at most ``up_to`` points (None: of any size) count for ``months``."""

    months: int
    up_to: Decimal | None = None


@dataclass(frozen=True)
class Validity:
    """How long a record counts, by its listed points; the last band takes the rest."""

    bands: tuple[ValidityBand, ...]

    def months(self, points: Decimal) -> int:
        fitting = (band for band in self.bands if band.up_to is None or points <= band.up_to)
        return next(fitting, self.bands[-1]).months

    def ends_before(self, starts_on: dt.date, points: Decimal) -> dt.date:
        """The record counts in [starts_on, this day)."""
        return day_months_later(starts_on, self.months(points))


class VetoUntil(StrEnum):
    CORRECTED = "corrected"
    END_OF_YEAR = "end_of_year"
    END_OF_NEXT_YEAR = "end_of_next_year"
    MONTHS = "months"


class VetoBonuses(StrEnum):
    """What happens to bonuses dated inside a veto."""

    KEPT = "kept"
    #: Count once the failing is corrected.
    HELD = "held"
    LOST = "lost"


class VetoEffect(StrEnum):
    SCORE_ZERO = "score_zero"
    BAR_HONORS = "bar_honors"
    BAR_REDEMPTION = "bar_redemption"


@dataclass(frozen=True)
class Repair:
    """What a corrected veto is worth instead of its award."""

    points: Decimal
    needs_promise: bool = False


@dataclass(frozen=True, kw_only=True)
class Veto:
    """``months`` is given where it lasts ``until`` so many months. ``tier`` is a tier's name."""

    until: VetoUntil
    bonuses: VetoBonuses
    months: int | None = None
    effects: frozenset[VetoEffect] = frozenset()
    tier: str | None = None
    repair: Repair | None = None


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Bounds of one fact's quantity, in the item's unit."""

    least: Decimal | None = None
    most: Decimal | None = None
    is_integer: bool = False


ANY_QUANTITY = Quantity()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Duties of those who record; checked at the door, never part of worth.

    ``evidence`` lists alternatives, each a set needed together; empty asks for none.
    ``recorders`` empty means every role that may record at all.
    """

    evidence: tuple[frozenset[str], ...] = ()
    recorders: frozenset[str] = frozenset()
    approved_by: str | None = None
    approval_count: int = 0
    reason_required: bool = False
    activity_required: bool = False
    deadline_days: int | None = None


NO_DUTIES = Recording()
