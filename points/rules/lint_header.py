"""The header: codes, measures, base, score, balance and expiry."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from points.rules.compiled import (
    ExpiresAfter,
    ExpiresAtEnd,
    ExpiresOn,
    ItemKind,
    Rulebook,
    Spendable,
)
from points.rules.findings import Finding, error, warning
from points.rules.header import BALANCE, SCORE, SCORE_PER_HEAD
from points.rules.lint_awards import reversed_range
from points.rules.places import matches

_MEASURES = frozenset({SCORE, SCORE_PER_HEAD, BALANCE})
#: A month is sealed some days after its end; what dies sooner can never be spent.
SEALED_WITHIN_DAYS = 15
_SHORTEST_MONTHS = 2
#: Limits and conflicts are compared with each other; no rulebook we know has half as many.
_MOST_ENTRIES = {
    "items": 500,
    "base": 50,
    "limits": 50,
    "conflicts": 100,
    "counters": 50,
    "rankings": 50,
}
_MOST_OWN_LIMITS = 1_000
#: Any year without a 29 February: a day of the year has to exist in each.
_COMMON_YEAR = 2027


def document_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Rules that read the document alone."""
    return [
        *_extends(document),
        *_sizes(document),
        *_codes(document),
        *_measures(document),
        *_ranked_in_private(document),
        *_days(document),
    ]


def header_findings(rulebook: Rulebook) -> list[Finding]:
    return [*_base(rulebook), *_score(rulebook), *_balance(rulebook), *_rankings(rulebook)]


def _extends(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Alone, an add-on list is no rulebook: its selectors mean the parent's items as well."""
    if "extends" in document:
        parent = document["extends"]
        yield error(
            "extends_not_joined",
            "extends",
            f"这是叠加在“{parent['code']}”第 {parent['version']} 版之上的细则，"
            "要与它合并后才能用。",
            f'This is an add-on to "{parent["code"]}" version {parent["version"]} and has to be '
            "joined to it first.",
        )


def _sizes(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What could not be compared while somebody waits is refused before it is compared."""
    sizes = [(key, len(document.get(key) or ()), most) for key, most in _MOST_ENTRIES.items()]
    own = sum(len(item.get("limits") or ()) for item in document["items"])
    for place, size, most in (*sizes, ("items.*.limits", own, _MOST_OWN_LIMITS)):
        if size > most:
            yield error(
                "too_many",
                place,
                f"有 {size} 条，最多 {most} 条，请合并或删去一些。",
                f"There are {size}, at most {most} may be; please join or remove some.",
            )


def _codes(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Base and items share their codes: both are score items."""
    tables = ("base", "items", "conflicts", "rankings", "counters", "tiers")
    codes = {table: [_code(entry) for entry in document.get(table, ())] for table in tables}
    for table, found in codes.items():
        for code, times in Counter(found).items():
            if times > 1:
                yield _duplicate(f"{table}[{code}]", code, times)
    for code in dict.fromkeys(codes["base"]):
        if code in codes["items"]:
            yield _duplicate(f"base[{code}]", code, 2)
    for code in dict.fromkeys(codes["counters"]):
        if code in _MEASURES:
            yield error(
                "duplicate_code",
                f"counters[{code}]",
                f"“{code}”是得分或余额的编号，累计量请换一个编号。",
                f'"{code}" names the score or the balance; please give the counter another code.',
            )


def _code(entry: Mapping[str, Any]) -> str:
    return str(entry.get("code", entry.get("name")))


def _duplicate(where: str, code: str, times: int) -> Finding:
    return error(
        "duplicate_code",
        where,
        f"编号“{code}”用了 {times} 次，请改成不同的编号。",
        f'The code "{code}" is used {times} times; please make them differ.',
    )


def _measures(document: Mapping[str, Any]) -> Iterator[Finding]:
    known = (_MEASURES if "balance" in document else _MEASURES - {BALANCE}) | {
        counter["code"] for counter in document.get("counters", ())
    }
    for pattern in (("rankings", "*", "measure"), ("tiers", "*", "when", "*", "measure")):
        for place, measure in matches(document, pattern):
            if measure not in known:
                yield error(
                    "measure_unknown",
                    place,
                    f"“{measure}”不是得分、余额或累计量，可写：{'、'.join(sorted(known))}。",
                    f'"{measure}" is no score, balance or counter; there are: '
                    f"{', '.join(sorted(known))}.",
                )


def _ranked_in_private(document: Mapping[str, Any]) -> Iterator[Finding]:
    """A table of ranks is public, and what somebody has left to spend is theirs to know."""
    for place, measure in matches(document, ("rankings", "*", "measure")):
        if measure == BALANCE:
            yield error(
                "ranking_not_published",
                place,
                "余额是个人的事，不公示，不能用来排名；可以按得分或累计量（如服务时长）排名。",
                "A balance is private and not published, so nobody is ranked by it; a ranking can "
                "read the score or a counter, such as hours of service.",
            )
        elif measure == SCORE_PER_HEAD:
            yield error(
                "ranking_per_head",
                place,
                "按人均排名请写“人均：是”（per_head: true），口径写得分。",
                "For a ranking per head please set per_head and let the measure be the score.",
            )


def _days(document: Mapping[str, Any]) -> Iterator[Finding]:
    for place, day in matches(document, ("balance", "expiry", "on", "*")):
        try:
            dt.date.fromisoformat(f"{_COMMON_YEAR}-{day}")
        except ValueError:
            yield error(
                "expiry_day_unknown",
                place,
                f"不是每年都有 {day} 这一天，请换一天。",
                f"Not every year has the day {day}; please take another.",
            )


def _base(rulebook: Rulebook) -> Iterator[Finding]:
    for base in rulebook.base:
        if base.percent_of_last is not None and base.per is None:
            yield error(
                "percent_needs_period",
                f"base[{base.code}].per",
                "按上期得分的百分比，要写明多久发一次（月、季、半年或年）。",
                "A share of the last period's score needs a period, not once.",
            )


def _score(rulebook: Rulebook) -> Iterator[Finding]:
    score = rulebook.score
    if score.floor is not None and score.ceiling is not None and score.floor > score.ceiling:
        yield reversed_range("score", score.floor, score.ceiling)


def _balance(rulebook: Rulebook) -> Iterator[Finding]:
    balance = rulebook.balance
    if balance is None:
        return
    if rulebook.holder == "merchant":
        yield error(
            "merchant_has_balance",
            "balance",
            "商户只有得分，没有可兑换的余额，请去掉余额一节。",
            "Merchants have a score only; please take the balance out.",
        )
    is_late = balance.spendable_from is Spendable.SEALED
    if is_late and _dies_before_sealing(balance.expiry):
        yield warning(
            "expires_before_spendable",
            "balance.expiry",
            "封账后才可兑换，而有些积分可能没等封账就到期；请把到期推后。",
            "Points can be spent once sealed, and some may expire before; please let them live "
            "longer.",
        )


def _dies_before_sealing(expiry: object) -> bool:
    match expiry:
        case ExpiresAfter():
            return expiry.months < _SHORTEST_MONTHS
        case ExpiresOn():
            return any(day <= SEALED_WITHIN_DAYS for _month, day in expiry.days)
        case ExpiresAtEnd():
            return expiry.plus_days < SEALED_WITHIN_DAYS
    return False


def _rankings(rulebook: Rulebook) -> Iterator[Finding]:
    """A ranking names those who have most; of failings nobody may be named."""
    feeding: dict[str | None, set[ItemKind]] = {}
    for item in rulebook.items:
        feeding.setdefault(item.feeds, set()).add(item.kind)
    for ranking in rulebook.rankings:
        kinds = feeding.get(ranking.measure, set())
        where = f"rankings[{ranking.code}].measure"
        if ItemKind.DEDUCTION in kinds:
            yield error(
                "ranking_of_deductions",
                where,
                f"“{ranking.measure}”由扣分项目累计，扣分不得署名公布，不能用来排名。",
                f'"{ranking.measure}" is fed by deductions, which are never published by name, so '
                "nobody is ranked by it.",
            )
        elif ItemKind.RECORD in kinds:
            yield warning(
                "ranking_of_records",
                where,
                f"“{ranking.measure}”由只记录不计分的项目累计，请确认不是缺席、警告之类；"
                "排名会公布前若干名的数量。",
                f'"{ranking.measure}" is fed by records; please make sure they are not absences or '
                "warnings, since a ranking publishes the quantities of the first.",
            )
