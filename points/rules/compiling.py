"""From a document of the right shape to a :class:`Rulebook`.

Shape and rules have been checked (``points.rules.reading``), an add-on list has been joined to
its parent (``points.rules.extending``); here defaults are filled in, an explicit ``null`` clears,
selectors are resolved to item codes and numbers become ``Decimal``. Items are compiled in
``points.rules.compiling_items``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from kernel.points_value import ZERO
from points.rules.compiled import (
    Balance,
    Base,
    Condition,
    Conflict,
    Counter,
    Deductions,
    ExpiresAfter,
    ExpiresAtEnd,
    ExpiresOn,
    Expiry,
    Item,
    ItemKind,
    Joiners,
    Limit,
    NotCarriedOver,
    Ranking,
    RankingUnit,
    Rulebook,
    Same,
    Score,
    ScoreOver,
    Spendable,
    Tier,
    TierEffect,
    Within,
)
from points.rules.compiling_items import (
    Json,
    across_of,
    audience_of,
    counts_in_of,
    decimal_of,
    item_of,
    measured,
    period_named,
)
from points.rules.periods import Period


def rulebook_of(document: Json) -> Rulebook:
    """``document`` has passed the schema and stands alone: what it extends has been joined."""
    has_balance = "balance" in document
    # Where deductions never touch the balance, they count in the score alone.
    never = has_balance and document["balance"]["deductions"] == Deductions.NEVER
    items = tuple(
        item_of(
            raw,
            document.get("defaults", {}),
            has_balance and not (never and raw["kind"] == ItemKind.DEDUCTION),
        )
        for raw in document["items"]
    )
    adopted = document.get("adopted", {})
    return Rulebook(
        code=document["code"],
        version=int(document["version"]),
        title=document["title"],
        effective_from=dt.date.fromisoformat(document["effective_from"]),
        holder=document["holder"],
        items=items,
        base=tuple(_base(raw, has_balance) for raw in document["base"]),
        score=_score(document["score"]),
        balance=_balance(document["balance"]) if has_balance else None,
        counters=tuple(
            Counter(raw["code"], raw["name"], raw["unit"]) for raw in document.get("counters", ())
        ),
        shared_limits=tuple(_shared_limit(raw, items) for raw in document.get("limits", ())),
        conflicts=tuple(_conflict(raw, items) for raw in document.get("conflicts", ())),
        tiers=tuple(_tier(raw) for raw in document.get("tiers", ())),
        rankings=tuple(_ranking(raw) for raw in document.get("rankings", ())),
        excluded_tags=frozenset(document.get("excluded_tags", ())),
        not_carried_over=tuple(
            NotCarriedOver(raw["clause"], raw["code"], raw["reason"])
            for raw in document["not_carried_over"]
        ),
        year_starts_month=int(document.get("year_starts_month", 1)),
        place=document.get("place"),
        source=document.get("source"),
        adopted_meeting=adopted.get("meeting"),
        adopted_on=dt.date.fromisoformat(adopted["on"]) if adopted else None,
    )


def resolve(selector: str, items: Sequence[Item]) -> frozenset[str]:
    """Codes of the items a selector means: a code, ``group:名``, ``*bonus`` or ``*deduction``."""
    if selector.startswith("group:"):
        return frozenset(item.code for item in items if item.group == selector.split(":", 1)[1])
    if selector.startswith("*"):
        return frozenset(item.code for item in items if item.kind == selector[1:])
    return frozenset(item.code for item in items if item.code == selector)


def _resolved(selectors: Sequence[str], items: Sequence[Item]) -> frozenset[str]:
    return frozenset().union(*(resolve(selector, items) for selector in selectors))


def _base(raw: Json, has_balance: bool) -> Base:
    return Base(
        code=raw["code"],
        name=raw["name"],
        points=Decimal(raw["points"]) if "points" in raw else ZERO,
        per=period_named(raw["per"]),
        counts_in=counts_in_of(raw["counts_in"], has_balance),
        percent_of_last=decimal_of(raw.get("percent_of_last")),
        joiners=Joiners(raw.get("joiners", "full")),
        audience=audience_of(raw.get("audience")),
        duties=tuple(raw.get("duties", ())),
    )


def _score(raw: Json) -> Score:
    return Score(
        ScoreOver(raw["over"]), decimal_of(raw.get("floor")), decimal_of(raw.get("ceiling"))
    )


def _balance(raw: Json) -> Balance:
    return Balance(
        deductions=Deductions(raw["deductions"]),
        spendable_from=Spendable(raw["spendable_from"]),
        spend_above=Decimal(raw.get("spend_above", ZERO)),
        expiry=_expiry(raw["expiry"]) if "expiry" in raw else None,
    )


def _expiry(raw: Json) -> Expiry:
    if "after_months" in raw:
        return ExpiresAfter(int(raw["after_months"]))
    if "on" in raw:
        days = (day.split("-") for day in raw["on"])
        return ExpiresOn(tuple(sorted((int(month), int(day)) for month, day in days)))
    return ExpiresAtEnd(Period(raw["end_of"]), int(raw.get("plus_days", 0)))


def _shared_limit(raw: Json, items: Sequence[Item]) -> Limit:
    measure, cap = measured(raw)
    return Limit(
        code=raw["code"],
        measure=measure,
        cap=cap,
        per=Period(raw["per"]),
        items=_resolved(raw["items"], items),
        where=f"limits[{raw['code']}]",
        across=across_of(raw),
        name=raw.get("name"),
        is_shared=True,
    )


def _conflict(raw: Json, items: Sequence[Item]) -> Conflict:
    return Conflict(
        code=raw["code"],
        items=_resolved(raw["items"], items),
        same=Same(raw["same"]),
        cancelled_by=frozenset(raw.get("cancelled_by", ())),
        note=raw.get("note"),
    )


def _condition(raw: Json) -> Condition:
    return Condition(
        measure=raw["measure"],
        over=ScoreOver(raw["over"]) if "over" in raw else None,
        at_least=decimal_of(raw.get("at_least")),
        above=decimal_of(raw.get("above")),
        at_most=decimal_of(raw.get("at_most")),
        below=decimal_of(raw.get("below")),
    )


def _tier(raw: Json) -> Tier:
    return Tier(
        name=raw["name"],
        when=tuple(_condition(condition) for condition in raw["when"]),
        audience=audience_of(raw.get("audience")),
        effects=frozenset(TierEffect(effect) for effect in raw.get("effects", ())),
        note=raw.get("note"),
    )


def _ranking(raw: Json) -> Ranking:
    top = raw.get("top", {})
    return Ranking(
        code=raw["code"],
        name=raw["name"],
        unit=RankingUnit(raw["unit"]),
        over=Period(raw["over"]),
        within=Within(raw["within"]),
        audience=audience_of(raw.get("audience")),
        measure=raw.get("measure", "score"),
        per_head=bool(raw.get("per_head", False)),
        top_count=top.get("count"),
        top_percent=decimal_of(top.get("percent")),
    )
