"""Whether a rulebook keeps the guard-rails of the bodies above it.

Every refusal says the reason and whose rule it is. Codes: ``guard_rail_`` and the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from kernel.points_value import as_text
from points.rules.clauses import Across
from points.rules.compiled import (
    BeneficiaryKind,
    Item,
    ItemKind,
    Measure,
    Rulebook,
    Veto,
    VetoUntil,
)
from points.rules.findings import Finding, error
from points.rules.guard_rails_document import DeductionCap, Inherited, MergedGuardRails
from points.rules.largest import largest_points
from points.rules.readback_words import PER

_DISTRICT_OR_STREET = ("district", "street")
_MONTHS_OF_A_YEAR = 12
#: How long a veto may last at most; one that ends with the correction lasts as long as the failing.
_LONGEST: Mapping[VetoUntil, int] = {
    VetoUntil.END_OF_YEAR: _MONTHS_OF_A_YEAR,
    VetoUntil.END_OF_NEXT_YEAR: 2 * _MONTHS_OF_A_YEAR,
}
_EFFECTS = {
    "bar_honors": ("停评优", "bar from honors"),
    "bar_redemption": ("停兑换", "bar from redemption"),
    "score_zero": ("得分计零", "show the score as 0"),
}


def check(rulebook: Rulebook, merged: MergedGuardRails) -> list[Finding]:
    """Errors only, in the order of the guard-rails; ``rulebook`` is whole (joined to its parent).

    An item is the community's own unless its ``origin`` is the district or the street.
    """
    return [
        *_points(rulebook, merged),
        *_deduction_caps(rulebook, merged),
        *_own_items(rulebook, merged),
        *_subjects_and_words(rulebook, merged),
        *_needs(rulebook, merged),
        *_vetoes(rulebook, merged),
        *_effects(rulebook, merged),
        *_households(rulebook, merged),
    ]


def _refusal(field: str, owner: str, where: str, zh: str, en: str) -> Finding:
    return error(
        f"guard_rail_{field}", where, f"{zh}（{owner}的护栏）", f"{en} (guard-rails of {owner})"
    )


def _most(rulebook: Rulebook, item: Item) -> Decimal | None:
    limits = (limit for measure in Measure for limit in rulebook.limits_of(item.code, measure))
    return largest_points(item, limits)


def _points(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    rails = {ItemKind.BONUS: merged.max_bonus, ItemKind.DEDUCTION: merged.max_deduction}
    for item in rulebook.items:
        rail = rails.get(item.kind)
        if rail is not None:
            yield from _too_many_points(rulebook, item, rail, "max_points")


def _too_many_points(
    rulebook: Rulebook, item: Item, rail: Inherited[Decimal], field: str
) -> Iterator[Finding]:
    most, where = _most(rulebook, item), f"items[{item.code}].award"
    allowed = as_text(rail.value)
    if most is None:
        yield _refusal(
            field,
            rail.owner,
            where,
            f"一次最多 {allowed} 分，这一项没有写上限，请写数量上限或封顶。",
            f"At most {allowed} points at once; nothing bounds this item: please give its quantity "
            "a maximum, or a limit.",
        )
    elif most > rail.value:
        yield _refusal(
            field,
            rail.owner,
            where,
            f"一次最多 {allowed} 分，这一项（按最大倍数）可到 {as_text(most)} 分，请调低。",
            f"At most {allowed} points at once; this item can reach {as_text(most)} (after the "
            "largest factor): please lower it.",
        )


def _deduction_caps(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    charged = frozenset(item.code for item in rulebook.items if item.kind is ItemKind.DEDUCTION)
    for rail in merged.max_deductions:
        if charged and not any(
            limit.measure is Measure.POINTS
            and limit.items >= charged
            and limit.across.rank >= Across.HOLDER.rank
            and DeductionCap(limit.cap, limit.per).implies(rail.value)
            for limit in rulebook.shared_limits
        ):
            points, per = as_text(rail.value.points), PER[rail.value.per]
            yield _refusal(
                "max_deductions",
                rail.owner,
                "limits",
                f"须写一条管全部扣分的共用封顶：{per[0]}最多 {points} 分（项目写 *deduction）。",
                f"A shared limit on *deduction is needed: at most {points} points {per[1]}.",
            )


def _is_own(item: Item) -> bool:
    return item.origin not in _DISTRICT_OR_STREET


def _own_items(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    own = [item for item in rulebook.items if _is_own(item) and item.kind is not ItemKind.RECORD]
    words = (
        (ItemKind.BONUS, merged.own_bonuses, "加分", "bonuses"),
        (ItemKind.DEDUCTION, merged.own_deductions, "扣分", "deductions"),
    )
    for kind, rail, zh, en in words:
        codes = [item.code for item in own if item.kind is kind]
        if rail is not None and len(codes) > rail.value:
            yield _refusal(
                "own_items",
                rail.owner,
                "items",
                f"社区自设的{zh}项目最多 {rail.value} 个，现有 {len(codes)} 个："
                f"{'、'.join(codes)}。",
                f"At most {rail.value} {en} of the community's own; there are {len(codes)}: "
                f"{', '.join(codes)}.",
            )
    if merged.own_points_each is not None:
        for item in own:
            yield from _too_many_points(rulebook, item, merged.own_points_each, "own_items")


def _subjects_and_words(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    subjects = {each.value: each.owner for each in merged.forbidden_subjects}
    for item in rulebook.items:
        if item.subject in subjects:
            yield _refusal(
                "forbidden_subjects",
                subjects[item.subject],
                f"items[{item.code}].subject",
                f"不得设“{item.subject}”这类主题的项目，请删去。",
                f'No item may be about "{item.subject}"; please take it out.',
            )
        texts = {"name": item.name, "category": item.category or "", "group": item.group or ""}
        texts["award.points"] = " ".join(item.levels)
        for key, text in texts.items():
            for word in merged.forbidden_words:
                if word.value in text:
                    yield _refusal(
                        "forbidden_words",
                        word.owner,
                        f"items[{item.code}].{key}",
                        f"不得出现“{word.value}”，请改写或删去这一项。",
                        f'"{word.value}" must not stand here; please reword or take the item out.',
                    )


_Need = tuple[Callable[[Item], bool], str, str, str]
_NEEDS: Mapping[str, _Need] = {
    "warning_first": (
        lambda item: item.escalation is not None and item.escalation.factors[0] == 0,
        "escalation",
        "扣分前须先提醒，请把递进写成“0/1”这样从 0 开始。",
        "A warning has to come first; please begin the escalation with 0.",
    ),
    "evidence": (
        lambda item: bool(item.recording.evidence),
        "recording.evidence",
        "扣分须有佐证，请写明要什么材料。",
        "A deduction needs evidence; please say which.",
    ),
    "approval": (
        lambda item: item.recording.approval_count > 0,
        "recording.approval",
        "扣分须有人审核，请写明审核人和人数。",
        "A deduction needs an approval; please say whose.",
    ),
    "reason": (
        lambda item: item.recording.reason_required,
        "recording.reason_required",
        "扣分须写明事由，请在“须写事由”写“是”。",
        "A deduction needs a written reason; please set reason_required.",
    ),
    "validity": (
        lambda item: item.validity is not None,
        "validity",
        "扣分须有有效期，请写明几个月。",
        "A deduction needs a validity; please say how many months.",
    ),
}


def _needs(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    for need in merged.deductions_need:
        is_met, place, zh, en = _NEEDS[need.value]
        for item in rulebook.items:
            if item.kind is ItemKind.DEDUCTION and not is_met(item):
                where = f"items[{item.code}].{place}"
                yield _refusal("deductions_need", need.owner, where, zh, en)


def _longest(veto: Veto) -> int:
    """0 for a veto that ends with the correction: its length is in the person's own hand."""
    return veto.months or _LONGEST.get(veto.until, 0)


def _vetoes(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    rail = merged.max_veto_months
    for item in rulebook.items:
        if rail is None or item.veto is None:
            continue
        if rail.value == 0 or _longest(item.veto) > rail.value:
            most = f"最多 {rail.value} 个月" if rail.value else "不得设"
            yield _refusal(
                "max_veto_months",
                rail.owner,
                f"items[{item.code}].veto.until",
                f"一票否决{most}，请改短或删去。",
                f"A veto lasts {rail.value} months at most; please shorten it or take it out.",
            )


def _effects(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    owners = {each.value: each.owner for each in merged.refused_effects}
    places: list[tuple[str, frozenset[str]]] = [
        (f"items[{item.code}].veto.effects", frozenset(item.veto.effects))
        for item in rulebook.items
        if item.veto
    ]
    places += [(f"tiers[{tier.name}].effects", frozenset(tier.effects)) for tier in rulebook.tiers]
    for where, effects in places:
        for effect in sorted(effects & owners.keys()):
            zh, en = _EFFECTS[effect]
            yield _refusal(
                "refused_effects",
                owners[effect],
                where,
                f"不得“{zh}”，请删去这一效果。",
                f"Nothing may {en}; please take this effect out.",
            )


def _households(rulebook: Rulebook, merged: MergedGuardRails) -> Iterator[Finding]:
    rail = merged.household_deductions_refused
    if rail is None:
        return
    for item in rulebook.items:
        reaches = (
            rulebook.holder == "household" or item.beneficiary.who is BeneficiaryKind.HOUSEHOLD
        )
        if item.kind is ItemKind.DEDUCTION and reaches:
            yield _refusal(
                "allow_household_deductions",
                rail.owner,
                f"items[{item.code}]",
                "不得扣户的分，请删去这一项，或改用居民细则。",
                "Households must not be charged; please take the item out or use a members' "
                "rulebook.",
            )
