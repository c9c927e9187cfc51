"""Tiers: bands that overlap, leave a gap, or can never be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from points.rules.compiled import Condition, Rulebook, ScoreOver, Tier
from points.rules.findings import Finding, error, warning

#: Which measure, over which period.
_Key = tuple[str, ScoreOver]
_INFINITY = Decimal("Infinity")


@dataclass(frozen=True)
class _Band:
    """Numbers from ``low`` to ``high``. An end is (number, side): side -1 lies just below the
    number, 1 just above, so that [60, 70) is ((60, -1), (70, -1)).
    """

    low: tuple[Decimal, int] = (-_INFINITY, 0)
    high: tuple[Decimal, int] = (_INFINITY, 0)

    @property
    def is_empty(self) -> bool:
        return self.low >= self.high

    def meets(self, other: _Band) -> _Band:
        return _Band(max(self.low, other.low), min(self.high, other.high))

    def lies_in(self, other: _Band) -> bool:
        return self.low >= other.low and self.high <= other.high


_EVERYTHING = _Band()
_Box = Mapping[_Key, _Band]


def tier_findings(rulebook: Rulebook) -> list[Finding]:
    boxes = [_box(tier, rulebook) for tier in rulebook.tiers]
    empty = [tier.name for tier, box in zip(rulebook.tiers, boxes, strict=True) if _is_empty(box)]
    if empty:
        return [_reversed(name) for name in empty]
    tiers = list(zip(rulebook.tiers, boxes, strict=True))
    return [
        *(
            _overlap(higher[0], lower[0])
            for higher, lower in combinations(tiers, 2)
            if _overlaps(higher, lower)
        ),
        *_gaps(tiers),
    ]


def _band(condition: Condition) -> _Band:
    low, high = _EVERYTHING.low, _EVERYTHING.high
    if condition.at_least is not None:
        low = (condition.at_least, -1)
    if condition.above is not None:
        low = (condition.above, 1)
    if condition.at_most is not None:
        high = (condition.at_most, 1)
    if condition.below is not None:
        high = (condition.below, -1)
    return _Band(low, high)


def _box(tier: Tier, rulebook: Rulebook) -> dict[_Key, _Band]:
    box: dict[_Key, _Band] = {}
    for condition in tier.when:
        key = (condition.measure, condition.over or rulebook.score.over)
        box[key] = box.get(key, _EVERYTHING).meets(_band(condition))
    return box


def _is_empty(box: _Box) -> bool:
    return any(band.is_empty for band in box.values())


def _reversed(name: str) -> Finding:
    return error(
        "range_reversed",
        f"tiers[{name}].when",
        "没有一个数同时符合这些条件，请核对上下限。",
        "No number meets these conditions together; please check the ends.",
    )


def _overlaps(higher: tuple[Tier, _Box], lower: tuple[Tier, _Box]) -> bool:
    """Bands of one same measure must not share a number; of several, the first that fits wins,
    but a tier that an earlier one covers wholly could never be reached.
    """
    (above, first), (below, second) = higher, lower
    if above.audience != below.audience:
        return False
    if len(first) == 1 and first.keys() == second.keys():
        (key,) = first
        return not first[key].meets(second[key]).is_empty
    return all(second.get(key, _EVERYTHING).lies_in(band) for key, band in first.items())


def _overlap(above: Tier, below: Tier) -> Finding:
    return error(
        "tier_overlap",
        f"tiers[{below.name}].when",
        f"与等级“{above.name}”重叠，先符合的算，同一个数不能写进两个等级；请写明上下限。",
        f'Overlaps the tier "{above.name}": the first that fits wins, so one number must not stand '
        "in two tiers; please give both ends.",
    )


def _gaps(tiers: Sequence[tuple[Tier, _Box]]) -> Iterator[Finding]:
    """Between bands of one measure; below the lowest and above the highest may be no tier."""
    ladders: dict[object, list[tuple[_Band, Tier]]] = {}
    for tier, box in tiers:
        if len(box) == 1:
            ((key, band),) = box.items()
            ladders.setdefault((key, tier.audience), []).append((band, tier))
    for ladder in ladders.values():
        rising = sorted(ladder, key=lambda step: (step[0].low, step[0].high))
        for (lower, below), (higher, above) in pairwise(rising):
            if lower.high < higher.low:
                yield warning(
                    "tier_gap",
                    f"tiers[{above.name}].when",
                    f"“{below.name}”与“{above.name}”之间有空档，落在中间的没有等级；请确认这样可以。",
                    f'Between "{below.name}" and "{above.name}" is a gap without a tier; please '
                    "make sure that this is meant.",
                )
