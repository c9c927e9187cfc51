"""The clauses of an item in words, each as (Chinese, English)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from kernel.points_value import as_text
from points.rules.compiled import (
    EVERYBODY,
    Across,
    Audience,
    BeneficiaryKind,
    Counts,
    CountsIn,
    Escalation,
    Item,
    ItemKind,
    Limit,
    Measure,
    Publication,
    Rulebook,
    Validity,
    Veto,
    VetoUntil,
)
from points.rules.readback_awards import number, plural, points_en, unit_word
from points.rules.readback_words import (
    BENEFICIARIES,
    HOLDERS,
    PER,
    PUBLICATIONS,
    RELATIONS,
    TAGS,
    VETO_BONUSES,
    VETO_EFFECTS,
    VETO_UNTIL,
    Both,
)

_USUAL_PUBLICATION = {
    ItemKind.BONUS: Publication.NAMED,
    ItemKind.DEDUCTION: Publication.ANONYMOUS,
    ItemKind.RECORD: Publication.HIDDEN,
}
_ONE = Decimal(1)


def limit_words(limit: Limit, item: Item, holder: str = "member") -> Both:
    """``holder`` says whose accounts the rulebook has."""
    if limit.measure is Measure.MIN_DAYS:
        days = number(limit.cap)
        together = limit.across is Across.HOUSEHOLD
        whose = ("同一户", " within one household") if together else ("", "")
        return (
            f"{whose[0]}两次之间至少隔 {days} 天",
            f"at least {days} {plural(limit.cap, 'day')} apart{whose[1]}",
        )
    return cap_words(limit, item.kind, unit_word(item, 0), unit_word(item, 1), holder)


def cap_words(limit: Limit, kind: ItemKind, zh_unit: str, en_unit: str, holder: str) -> Both:
    verb = "最多扣" if kind is ItemKind.DEDUCTION else "最多"
    if limit.measure is Measure.POINTS:
        what_zh, what_en = f"{number(limit.cap)} 分", points_en(limit.cap)
    else:
        verb = "最多计"
        zh, en = ("次", "time") if limit.measure is Measure.TIMES else (zh_unit, en_unit)
        what_zh, what_en = (
            f"{number(limit.cap)} {zh}",
            f"{number(limit.cap)} {plural(limit.cap, en)}",
        )
    whose = {
        Across.HOLDER: (HOLDERS[holder][0], ""),
        Across.PERSON: ("每个行为人", " for each person acting"),
        Across.HOUSEHOLD: ("每户", " for each household"),
    }[limit.across]
    return (
        f"{whose[0]}{PER[limit.per][0]}{verb} {what_zh}",
        f"at most {what_en} {PER[limit.per][1]}{whose[1]}",
    )


def clauses(item: Item, rulebook: Rulebook | None) -> Iterator[Both]:
    """Everything between the limits and the duties of those who record."""
    yield from _quantity(item)
    yield from audience_words(item.audience)
    yield from _beneficiary(item)
    yield from _counts(item, rulebook)
    if item.escalation:
        yield _escalation(item.escalation, item)
    if item.validity:
        yield _validity(item.validity)
    if item.recurs:
        zh, en = PER[item.recurs]
        yield f"未改正的，{zh}再扣一次，直到改正", f"charged again once {en} until corrected"
    if item.veto:
        yield _veto(item.veto)


def audience_words(audience: Audience) -> Iterator[Both]:
    if audience == EVERYBODY:
        return
    zh, en = [], []
    if audience.any_of:
        words = tag_words(audience.any_of)
        zh.append(f"只适用于{words[0]}")
        en.append(f"only for {words[1]}")
    if audience.none_of:
        words = tag_words(audience.none_of)
        zh.append(f"不适用于{words[0]}")
        en.append(f"not for {words[1]}")
    yield "，".join(zh), ", ".join(en)


def tag_words(tags: Iterable[str]) -> Both:
    words = [TAGS.get(tag, (f"“{tag}”", f"“{tag}”")) for tag in sorted(tags)]
    return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)


def _quantity(item: Item) -> Iterator[Both]:
    bounds, zh, en = item.quantity, unit_word(item, 0), unit_word(item, 1)
    if bounds.least is not None and bounds.most is not None:
        least, most = number(bounds.least), number(bounds.most)
        yield f"一次 {least}～{most} {zh}", f"{least}–{most} {plural(bounds.most, en)} at once"
    elif bounds.least is not None:
        least = number(bounds.least)
        yield f"一次不少于 {least} {zh}", f"at least {least} {plural(bounds.least, en)} at once"
    elif bounds.most is not None:
        most = number(bounds.most)
        yield f"一次不超过 {most} {zh}", f"at most {most} {plural(bounds.most, en)} at once"
    if bounds.is_integer:
        yield "数量只记整数", "whole quantities only"


def _beneficiary(item: Item) -> Iterator[Both]:
    who = item.beneficiary
    if who.who is BeneficiaryKind.ACTOR:
        return
    zh, en = BENEFICIARIES[who.who]
    if who.relations:
        words = [RELATIONS[relation] for relation in who.relations]
        zh += f"（{'、'.join(word[0] for word in words)}）"
        en += f" ({', '.join(word[1] for word in words)})"
    yield f"记给{zh}", f"credited to {en}"


def _counts(item: Item, rulebook: Rulebook | None) -> Iterator[Both]:
    if item.award is not None:
        if item.counts_in == {CountsIn.SCORE} and not _without_balance(rulebook):
            yield "只计得分", "counts in the score only"
        elif item.counts_in == {CountsIn.BALANCE}:
            yield "只计可用积分", "counts in the balance only"
        elif not item.counts_in:
            yield "不计入得分和可用积分", "counts neither in the score nor in the balance"
    if item.feeds is not None:
        names = {counter.code: counter.name for counter in rulebook.counters} if rulebook else {}
        name = names.get(item.feeds, item.feeds)
        yield f"数量计入“{name}”", f"its quantity is added to “{name}”"


def _without_balance(rulebook: Rulebook | None) -> bool:
    """Where nothing can be spent, nobody expects it of one item."""
    return rulebook is not None and rulebook.balance is None


def _escalation(escalation: Escalation, item: Item) -> Both:
    last = len(escalation.factors)
    zh, en = [], []
    for place, factor in enumerate(escalation.factors, start=1):
        since = place == last
        zh.append(f"第 {place} 次{'起' if since else ''}{_factor_zh(factor)}")
        en.append(f"{_ordinal(place)} time{' and later' if since else ''}: {_factor_en(factor)}")
    months = escalation.within_months
    within = (f"{months} 个月内", f"within {months} months") if months else ("", "")
    group = escalation.counts is Counts.GROUP and item.group
    grace = escalation.grace_days
    more_zh = ([f"“{item.group}”一组合并计次"] if group else []) + (
        [f"告知后宽限 {grace} 天"] if grace else []
    )
    more_en = ([f"counted over the group “{item.group}”"] if group else []) + (
        [f"{grace} days of grace after being told"] if grace else []
    )
    return (
        within[0] + "、".join(zh) + (f"（{'，'.join(more_zh)}）" if more_zh else ""),
        ", ".join([*en, *([within[1]] if months else []), *more_en]),
    )


def _factor_zh(factor: Decimal) -> str:
    if factor == 0:
        return "只提醒"
    return "照扣" if factor == _ONE else f"按 {number(factor)} 倍扣"


def _factor_en(factor: Decimal) -> str:
    if factor == 0:
        return "a warning"
    return "charged" if factor == _ONE else f"charged {number(factor)} times"


def _ordinal(place: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(place, f"{place}th")


def _validity(validity: Validity) -> Both:
    if len(validity.bands) == 1:
        months = validity.bands[0].months
        return f"记录有效 {months} 个月", f"counts for {months} months"
    zh, en = [], []
    for band in validity.bands:
        if band.up_to is not None:
            points = as_text(band.up_to)
            zh.append(f"{points} 分及以下的有效 {band.months} 个月")
            en.append(f"up to {points_en(band.up_to)} counts for {band.months} months")
        else:
            zh.append(f"其余的有效 {band.months} 个月")
            en.append(f"everything else for {band.months} months")
    return "、".join(zh), ", ".join(en)


def _veto(veto: Veto) -> Both:
    if veto.until is VetoUntil.MONTHS:
        until = (f"{veto.months} 个月内", f"for {veto.months} months")
    else:
        until = VETO_UNTIL[veto.until]
    effects = [VETO_BONUSES[veto.bonuses]]
    effects += [words for effect, words in VETO_EFFECTS.items() if effect in veto.effects]
    if veto.tier is not None:
        effects.append((f"等级为“{veto.tier}”", f"the tier is “{veto.tier}”"))
    zh = f"一票否决：{until[0]}{'、'.join(each[0] for each in effects)}"
    en = f"veto {until[1]}: {', '.join(each[1] for each in effects)}"
    if veto.repair:
        points = veto.repair.points
        promise = ("（须书面承诺）", " (with a promise)") if veto.repair.needs_promise else ("", "")
        zh += f"，改正后改为扣 {as_text(points)} 分{promise[0]}"
        en += f"; once corrected, minus {points_en(points)} instead{promise[1]}"
    return zh, en


def publication_words(item: Item) -> Iterator[Both]:
    if item.publication is not _USUAL_PUBLICATION[item.kind]:
        yield PUBLICATIONS[item.publication]
