"""Everything of a rulebook beside its items, one plain sentence for each, Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kernel.points_value import as_text
from points.rules.compiled import (
    Base,
    Condition,
    Conflict,
    ExpiresAfter,
    ExpiresOn,
    Expiry,
    ItemKind,
    Joiners,
    Limit,
    Ranking,
    Rulebook,
    Same,
    Spendable,
    Tier,
)
from points.rules.readback_awards import number, points_en
from points.rules.readback_clauses import audience_words, cap_words, tag_words
from points.rules.readback_words import (
    COUNTS_IN,
    DEDUCTIONS,
    HOLDERS,
    MEASURES,
    PER,
    RANKING_PLACES,
    RANKING_UNITS,
    SCORE_OVER,
    SCORE_READ,
    TIER_EFFECTS,
    UNITS,
    Both,
)

_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Said:
    """``where`` is the place in the document: ``limits[donations]``."""

    where: str
    zh: str
    en: str


def read_back_header(rulebook: Rulebook) -> list[Said]:
    """In the order of the document."""
    holder = HOLDERS[rulebook.holder]
    said = [
        Said(
            where="holder",
            zh=f"积分记在{holder[1]}名下。",
            en=f"Points are kept for {holder[2]}.",
        ),
        *_year(rulebook),
        *(_base(base) for base in rulebook.base),
        _score(rulebook),
        *_balance(rulebook),
        *_counters(rulebook),
        *(_limit(limit, rulebook) for limit in rulebook.shared_limits),
        *(_conflict(conflict, rulebook) for conflict in rulebook.conflicts),
        *(_tier(tier, rulebook) for tier in rulebook.tiers),
        *(_ranking(ranking, rulebook) for ranking in rulebook.rankings),
    ]
    return [*said, *_excluded(rulebook)]


def _sentence(where: str, parts: Iterable[Both]) -> Said:
    listed = list(parts)
    zh = "，".join(zh for zh, _ in listed)
    en = ", ".join(en for _, en in listed)
    return Said(where=where, zh=f"{zh}。", en=f"{en[:1].upper()}{en[1:]}.")


def _year(rulebook: Rulebook) -> Iterator[Said]:
    month = rulebook.year_starts_month
    if month != 1:
        yield Said(
            where="year_starts_month",
            zh=f"年度从 {month} 月起算。",
            en=f"The year begins in month {month}.",
        )


def _base(base: Base) -> Said:
    per = PER[base.per] if base.per else ("一次性", "once")
    if base.percent_of_last is not None:
        share = number(base.percent_of_last)
        worth = (f"上期得分的 {share}%", f"{share}% of the last period's score")
    else:
        worth = (f" {as_text(base.points)} 分", points_en(base.points))
    counts = [COUNTS_IN[each] for each in sorted(base.counts_in, reverse=True)]
    parts = [(f"{base.name}：{per[0]}{worth[0]}", f"{base.name}: {worth[1]} {per[1]}")]
    if counts:
        parts.append(
            (
                f"计入{'和'.join(zh for zh, _ in counts)}",
                f"counted in {' and '.join(en for _, en in counts)}",
            )
        )
    parts += audience_words(base.audience)
    if base.joiners is Joiners.NEXT_PERIOD:
        parts.append(("当期新加入的从下期起", "who joins starts with the next period"))
    if base.duties:
        duties = "、".join(base.duties)
        parts.append((f"对应的基础职责：{duties}", f"for the basic duties: {duties}"))
    return _sentence(f"base[{base.code}]", parts)


def _score(rulebook: Rulebook) -> Said:
    score = rulebook.score
    parts = [SCORE_READ[score.over]]
    if score.floor is not None:
        parts.append((f"最低按 {as_text(score.floor)} 分", f"not below {as_text(score.floor)}"))
    if score.ceiling is not None:
        parts.append((f"最高按 {as_text(score.ceiling)} 分", f"not above {as_text(score.ceiling)}"))
    return _sentence("score", parts)


def _balance(rulebook: Rulebook) -> Iterator[Said]:
    balance = rulebook.balance
    if balance is None:
        yield Said(
            where="balance",
            zh="积分只用来看得分，不能兑换。",
            en="Points make the score only; nothing can be spent.",
        )
        return
    when = (
        ("审核通过就可以兑换", "points can be spent once approved")
        if balance.spendable_from is Spendable.RECORDED
        else ("当月封账后才可以兑换", "points can be spent once the month is sealed")
    )
    parts = [when, DEDUCTIONS[balance.deductions]]
    if balance.spend_above:
        kept = as_text(balance.spend_above)
        parts.append(
            (f"只有超过 {kept} 分的部分可以兑换", f"only what is above {kept} can be spent")
        )
    parts.append(_expiry(balance.expiry))
    yield _sentence("balance", parts)


def _expiry(expiry: Expiry | None) -> Both:
    match expiry:
        case None:
            return "长期有效", "they never expire"
        case ExpiresAfter():
            return f"{expiry.months} 个月后到期", f"they expire after {expiry.months} months"
        case ExpiresOn():
            days = [f"{month} 月 {day} 日" for month, day in expiry.days]
            dates = [f"{month:02d}-{day:02d}" for month, day in expiry.days]
            return f"每年 {'、'.join(days)}到期", f"they expire each year on {', '.join(dates)}"
    over = SCORE_OVER[expiry.of]
    zh = f"{over[0]}结束" + (f"后 {expiry.plus_days} 天" if expiry.plus_days else "") + "到期"
    later = f" plus {expiry.plus_days} days" if expiry.plus_days else ""
    return zh, f"they expire at the end of {over[1]}{later}"


def _counters(rulebook: Rulebook) -> Iterator[Said]:
    for counter in rulebook.counters:
        zh, en = UNITS[counter.unit]
        yield Said(
            where=f"counters[{counter.code}]",
            zh=f"积分之外另行累计“{counter.name}”（{zh}）。",
            en=f"“{counter.name}” is counted beside the points ({en}s).",
        )


def items_words(codes: frozenset[str], rulebook: Rulebook) -> Both:
    """All bonuses, all deductions, both, or the items by name."""
    kinds = {
        ItemKind.BONUS: ("全部加分", "all bonuses"),
        ItemKind.DEDUCTION: ("全部扣分", "all deductions"),
    }
    left, zh, en = set(codes), [], []
    for kind, words in kinds.items():
        of_kind = {item.code for item in rulebook.items if item.kind is kind}
        if len(of_kind) > 1 and of_kind <= left:
            left -= of_kind
            zh.append(words[0])
            en.append(words[1])
    named = [f"“{item.name}”" for item in rulebook.items if item.code in left]
    shown = named[:_MOST_NAMED]
    more = len(named) - len(shown)
    zh += shown
    en += shown
    return (
        "、".join(zh) + (f"等 {len(named)} 项" if more else ""),
        ", ".join(en) + (f" and {more} more" if more else ""),
    )


def _limit(limit: Limit, rulebook: Rulebook) -> Said:
    items = [item for item in rulebook.items if item.code in limit.items]
    units = {item.unit for item in items}
    unit = UNITS.get((units.pop() if len(units) == 1 else None) or "", ("个单位", "unit"))
    kind = items[0].kind if items else ItemKind.BONUS
    zh, en = items_words(limit.items, rulebook)
    cap = cap_words(limit, kind, unit[0], unit[1], rulebook.holder)
    name = f"{limit.name}：" if limit.name else ""
    return Said(where=limit.where, zh=f"{name}{zh}合计{cap[0]}。", en=f"{en} together: {cap[1]}.")


def _conflict(conflict: Conflict, rulebook: Rulebook) -> Said:
    same = {
        Same.DEED: ("同一行为", "for one deed"),
        Same.ACTIVITY: ("同一活动中", "within one activity"),
    }[conflict.same]
    zh, en = items_words(conflict.items, rulebook)
    if conflict.keeps_highest:
        said = (
            f"{same[0]}符合{zh}中几项的，加分、扣分各只计最高的一项，不累加",
            f"of {en}, only the highest bonus and the highest deduction count {same[1]}",
        )
    else:
        by_zh, by_en = items_words(conflict.cancelled_by, rulebook)
        said = (f"{same[0]}有{by_zh}的，{zh}不计", f"{by_en} cancels {en} {same[1]}")
    return _sentence(f"conflicts[{conflict.code}]", [said])


def _measure(code: str, rulebook: Rulebook) -> Both:
    names = {counter.code: counter.name for counter in rulebook.counters}
    return MEASURES.get(code) or (f"“{names.get(code, code)}”", f"“{names.get(code, code)}”")


def _tier(tier: Tier, rulebook: Rulebook) -> Said:
    conditions = [_condition(condition, rulebook) for condition in tier.when]
    zh = "，并且".join(zh for zh, _ in conditions)
    en = " and ".join(en for _, en in conditions)
    parts = [(f"{zh} 的为“{tier.name}”", f"“{tier.name}”: {en}"), *audience_words(tier.audience)]
    parts += [words for effect, words in TIER_EFFECTS.items() if effect in tier.effects]
    return _sentence(f"tiers[{tier.name}]", parts)


def _condition(condition: Condition, rulebook: Rulebook) -> Both:
    measure = _measure(condition.measure, rulebook)
    over = SCORE_OVER[condition.over] if condition.over else ("", "")
    bounds = (
        (condition.at_least, "不低于", "at least"),
        (condition.above, "高于", "above"),
        (condition.at_most, "不高于", "at most"),
        (condition.below, "低于", "below"),
    )
    zh = "、".join(f"{word} {number(value)}" for value, word, _ in bounds if value is not None)
    en = " and ".join(f"{word} {number(value)}" for value, _, word in bounds if value is not None)
    period = f" {over[1]}" if condition.over else ""
    return f"{over[0]}{measure[0]}{zh}", f"{measure[1]}{period} {en}"


def _ranking(ranking: Ranking, rulebook: Rulebook) -> Said:
    unit, place = RANKING_UNITS[ranking.unit], RANKING_PLACES[ranking.within]
    measure, over = _measure(ranking.measure, rulebook), SCORE_OVER[ranking.over]
    head = ("人均", " per head") if ranking.per_head else ("", "")
    parts = [
        (
            f"{ranking.name}：{unit[0]}在{place[0]}按{over[0]}{head[0]}{measure[0]}排名",
            f"{ranking.name}: {unit[1]} within {place[1]} by {measure[1]}{head[1]} {over[1]}",
        ),
        *audience_words(ranking.audience),
    ]
    if ranking.top_count is not None:
        parts.append((f"取前 {ranking.top_count} 名", f"the first {ranking.top_count}"))
    if ranking.top_percent is not None:
        share = number(ranking.top_percent)
        parts.append((f"取前 {share}%", f"the first {share}%"))
    return _sentence(f"rankings[{ranking.code}]", parts)


def _excluded(rulebook: Rulebook) -> Iterator[Said]:
    if rulebook.excluded_tags:
        zh, en = tag_words(rulebook.excluded_tags)
        yield Said(
            where="excluded_tags",
            zh=f"期末有这些标签的，当期不发基础分、不评等级、不排名，已有的记录保留：{zh}。",
            en="On the last day of a period these get no base, tier or rank; their records stay: "
            f"{en}.",
        )
