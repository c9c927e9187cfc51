"""Clauses of items that do not go together: escalation, recurring, veto, audience, approval."""

from __future__ import annotations

from collections.abc import Iterator

from points.rules.compiled import (
    BeneficiaryKind,
    Counts,
    Item,
    ItemKind,
    Rulebook,
    VetoBonuses,
    VetoUntil,
)
from points.rules.findings import Finding, error

#: Who records for an own account.
_OWN_RECORDER = {"member": "member", "household": "member", "merchant": "merchant_owner"}


def clause_findings(rulebook: Rulebook) -> list[Finding]:
    return [
        finding
        for item in rulebook.items
        for finding in (
            *_only_on_deductions(item),
            *_on_accumulated(item),
            *_escalation(item),
            *_validity(item),
            *_veto(item, rulebook),
            *_people(item),
            *_self_approval(item, rulebook),
            *_counter(item, rulebook),
            *_group(item),
        )
    ]


def _clauses(item: Item) -> Iterator[tuple[str, str]]:
    """(field, Chinese word) of the clauses that judge a failing."""
    if item.escalation is not None:
        yield "escalation", "递进"
    if item.veto is not None:
        yield "veto", "一票否决"
    if item.recurs is not None:
        yield "recurs", "未改续扣"


def _only_on_deductions(item: Item) -> Iterator[Finding]:
    """Also where a default put it there."""
    for key, zh in _clauses(item):
        if item.kind is not ItemKind.DEDUCTION:
            yield error(
                f"{key}_only_on_deduction",
                f"items[{item.code}].{key}",
                f"“{zh}”只能用于扣分，请去掉。",
                f"{key} is for deductions only; please take it out.",
            )


def _on_accumulated(item: Item) -> Iterator[Finding]:
    for key, zh in _clauses(item):
        if item.kind is ItemKind.DEDUCTION and item.over is not None:
            yield error(
                f"{key}_on_accumulated",
                f"items[{item.code}].{key}",
                f"按累计量计分的项目没有单独的一次，不能用“{zh}”；请改为每次计分。",
                f"An item that accumulates has no deed of its own value, so no {key}; please let "
                "each deed count alone.",
            )


def _escalation(item: Item) -> Iterator[Finding]:
    if item.escalation and item.escalation.counts is Counts.GROUP and item.group is None:
        yield error(
            "escalation_needs_group",
            f"items[{item.code}].escalation.counts",
            "递进按同组计次，这一项没有写分组，请补上分组。",
            "The escalation counts the group, and the item has none; please give it a group.",
        )


def _validity(item: Item) -> Iterator[Finding]:
    bands = item.validity.bands if item.validity else ()
    bounds = [band.up_to for band in bands]
    known = [bound for bound in bounds[:-1] if bound is not None]
    rises = len(known) == len(bounds[:-1]) and known == sorted(set(known))
    if bands and (not rises or bounds[-1] is not None):
        yield error(
            "validity_not_rising",
            f"items[{item.code}].validity.by_points",
            "有效期按分值分段时，应从低到高写，最后一段不写上限（其余）。",
            "Validity by points has to rise, and its last band has no upper end.",
        )


def _veto(item: Item, rulebook: Rulebook) -> Iterator[Finding]:
    veto = item.veto
    if veto is None:
        return
    if veto.bonuses is VetoBonuses.HELD and veto.until is not VetoUntil.CORRECTED:
        yield error(
            "held_needs_until_corrected",
            f"items[{item.code}].veto.bonuses",
            "“加分暂缓”要等整改后补计，只能与“至整改”一起用；否则写“加分作废”或“照计”。",
            "Held bonuses count once the failing is corrected, so the veto has to last until "
            "corrected; otherwise write lost or kept.",
        )
    if veto.tier is not None and veto.tier not in {tier.name for tier in rulebook.tiers}:
        yield error(
            "tier_unknown",
            f"items[{item.code}].veto.tier",
            f"没有名为“{veto.tier}”的等级，请核对等级的名称。",
            f'There is no tier "{veto.tier}"; please check the name.',
        )


def _people(item: Item) -> Iterator[Finding]:
    who = item.beneficiary
    if who.relations and who.who is not BeneficiaryKind.NAMED:
        yield error(
            "relations_need_named",
            f"items[{item.code}].relations",
            "写了与行为人的关系，受益人应写“指定”。",
            "Relations are given, so the beneficiary has to be named.",
        )
    audience = item.audience
    if audience.any_of and audience.any_of <= audience.none_of:
        yield error(
            "audience_empty",
            f"items[{item.code}].audience",
            "适用对象互相矛盾：要有的标签又都被排除了，没有人适用。",
            "The audience contradicts itself: every tag asked for is excluded, too.",
        )


def _self_approval(item: Item, rulebook: Rulebook) -> Iterator[Finding]:
    recording = item.recording
    own = _OWN_RECORDER[rulebook.holder]
    if own in recording.recorders and recording.approval_count == 0:
        yield error(
            "self_approval",
            f"items[{item.code}].recording.approval",
            "本人可以记录的项目必须有别人审核，请写明审核人和人数。",
            "What people may record for themselves needs somebody else's approval; please say "
            "whose.",
        )


def _counter(item: Item, rulebook: Rulebook) -> Iterator[Finding]:
    if item.feeds is not None and item.feeds not in {each.code for each in rulebook.counters}:
        yield error(
            "counter_unknown",
            f"items[{item.code}].feeds",
            f"没有编号为“{item.feeds}”的累计量，请先在 counters 里写明。",
            f'There is no counter "{item.feeds}"; please define it in counters.',
        )


def _group(item: Item) -> Iterator[Finding]:
    if item.group and item.group.startswith(("group:", "*")):
        yield error(
            "group_circular",
            f"items[{item.code}].group",
            f"分组名“{item.group}”写成了选择符，分组不能再指向分组；请只写名称。",
            f'The group "{item.group}" is written as a selector, and groups cannot hold groups; '
            "please write a name.",
        )
