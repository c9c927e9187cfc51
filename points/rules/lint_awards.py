"""Awards: rising steps and bands, ranges the right way round, limits that let one award through."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from kernel.points_value import as_text
from points.rules.awards import Bands, Fixed, Milestones, PerUnit, Range
from points.rules.compiled import CountsIn, Item, ItemKind, Limit, Measure, Rulebook, ScoreOver
from points.rules.findings import Finding, error, warning
from points.rules.largest import least_points


def award_findings(rulebook: Rulebook) -> list[Finding]:
    return [
        *(finding for item in rulebook.items for finding in _award(item)),
        *(finding for item in rulebook.items for finding in _quantity(item)),
        *_validities(rulebook),
        *_own_limits_below_award(rulebook),
        *_shared_limits_below_award(rulebook),
    ]


def reversed_range(place: str, least: Decimal, most: Decimal) -> Finding:
    return error(
        "range_reversed",
        place,
        f"最小 {least} 大于最大 {most}，请对调。",
        f"The least, {least}, is more than the most, {most}; please swap them.",
    )


def _award(item: Item) -> Iterator[Finding]:
    place = f"items[{item.code}].award"
    award = item.award
    if isinstance(award, Range) and award.least > award.most:
        yield reversed_range(place, award.least, award.most)
    if isinstance(award, Milestones):
        yield from _steps(award, place)
    if isinstance(award, Bands):
        yield from _bands(award, place)
    if isinstance(award, PerUnit) and award.levels and award.over is not None:
        yield error(
            "levels_on_accumulated",
            f"{place}.points",
            "分档次的分值不能按累计量计算，请拆成几个项目。",
            "Levels cannot be accumulated; please write one item per level.",
        )


def _steps(award: Milestones, place: str) -> Iterator[Finding]:
    for lower, higher in pairwise(award.steps):
        if higher.at <= lower.at or higher.points <= lower.points:
            yield error(
                "steps_not_rising",
                f"{place}.steps",
                f"每一档的数量和分值都应比前一档高：{lower.at}={lower.points}，"
                f"{higher.at}={higher.points}。",
                "Each step has to be higher than the one before, in quantity and points: "
                f"{lower.at}={lower.points}, {higher.at}={higher.points}.",
            )


def _bands(award: Bands, place: str) -> Iterator[Finding]:
    for lower, higher in pairwise(award.bands):
        width = higher.starts_at - lower.starts_at
        if width <= 0:
            yield error(
                "bands_not_rising",
                f"{place}.bands",
                f"分段重叠：{higher.starts_at} 起的一段应比 {lower.starts_at} 起的一段高，"
                "请从小到大写。",
                f"Bands overlap: the one from {higher.starts_at} has to start above "
                f"{lower.starts_at}; please write them rising.",
            )
        elif award.whole and width % lower.per != 0:
            yield error(
                "band_not_whole",
                f"{place}.bands",
                f"{lower.starts_at} 到 {higher.starts_at} 之间不是 {lower.per} 的整数倍，"
                "零头会丢掉，请调整起点，或写明按比例（whole: false）。",
                f"From {lower.starts_at} to {higher.starts_at} is no whole multiple of "
                f"{lower.per}, so a part would be lost; please move the start or set whole: false.",
            )


def _quantity(item: Item) -> Iterator[Finding]:
    bounds, place = item.quantity, f"items[{item.code}].quantity"
    if bounds.least is not None and bounds.most is not None and bounds.least > bounds.most:
        yield reversed_range(place, bounds.least, bounds.most)
    if isinstance(item.award, Fixed) and not _may_be_one(item):
        yield error(
            "quantity_is_one",
            place,
            "固定分值的项目数量只能是 1，请去掉数量范围，或改为按数量计分。",
            "The quantity of an item with fixed points is 1; please take the bounds out, or "
            "award per unit.",
        )


def _may_be_one(item: Item) -> bool:
    bounds = item.quantity
    return (bounds.least is None or bounds.least <= 1) and (bounds.most is None or bounds.most >= 1)


def _validities(rulebook: Rulebook) -> Iterator[Finding]:
    if rulebook.score.over is not ScoreOver.VALID:
        return
    for item in rulebook.items:
        if item.award and CountsIn.SCORE in item.counts_in and item.validity is None:
            yield error(
                "validity_missing",
                f"items[{item.code}].validity",
                "得分看有效期内的记录，这一项没有写有效期，请补上。",
                "The score reads the records still valid; please say how long this one is.",
            )


def _own_limits_below_award(rulebook: Rulebook) -> Iterator[Finding]:
    for item in rulebook.items:
        least = least_points(item)
        for limit in item.limits:
            if limit.measure is Measure.POINTS and least is not None and limit.cap < least:
                yield error(
                    "limit_below_award",
                    limit.where,
                    f"封顶 {as_text(limit.cap)} 分比一次的分值 {as_text(least)} 分还低，"
                    "一次也记不满，请提高封顶或降低分值。",
                    f"The limit of {as_text(limit.cap)} points is below one award of "
                    f"{as_text(least)}; please raise the limit or lower the award.",
                )


def _shared_limits_below_award(rulebook: Rulebook) -> Iterator[Finding]:
    """A low cap on deductions together is protection; one on bonuses cuts the first award."""
    for limit in rulebook.shared_limits:
        if limit.measure is not Measure.POINTS:
            continue
        least = {
            item.code: points
            for item in rulebook.items
            if item.code in limit.items and item.kind is ItemKind.BONUS
            if (points := least_points(item)) is not None
        }
        cut = [code for code, points in least.items() if limit.cap < points]
        if cut:
            say = error if len(cut) == len(least) else warning
            yield say("limit_below_award", limit.where, *_below(limit, cut))


def _below(limit: Limit, codes: list[str]) -> tuple[str, str]:
    cap = as_text(limit.cap)
    return (
        f"共用封顶 {cap} 分比这些项目一次的分值还低：{'、'.join(codes)}，"
        "请提高封顶，或移出这些项目。",
        f"The shared limit of {cap} points is below one award of: {', '.join(codes)}; please "
        "raise it or take them out.",
    )
