"""From a document of the right shape to a :class:`Rulebook`.

Shape and rules have been checked (``points.rules.reading``); here defaults are filled in, an
explicit ``null`` clears, selectors are resolved to item codes and numbers become ``Decimal``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.points_value import TENTH, ZERO
from points.rules.awards import Award, Fixed, Milestones, PerUnit, PointsOrLevels, Range, Step
from points.rules.compiled import (
    EVERYBODY,
    Audience,
    Balance,
    Base,
    CountsIn,
    Deductions,
    Item,
    ItemKind,
    Joiners,
    Limit,
    Measure,
    NotCarriedOver,
    Publication,
    Quantity,
    Ranking,
    RankingUnit,
    Recording,
    Rulebook,
)
from points.rules.periods import Period

Json = Mapping[str, Any]

_DEFAULT_PUBLICATION = {
    ItemKind.BONUS: Publication.NAMED,
    ItemKind.DEDUCTION: Publication.ANONYMOUS,
    ItemKind.RECORD: Publication.HIDDEN,
}


def rulebook_of(document: Json) -> Rulebook:
    """``document`` has passed the schema and uses supported constructs only."""
    has_balance = "balance" in document
    items = tuple(
        _item(raw, document.get("defaults", {}), has_balance) for raw in document["items"]
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
        score_over=Period(document["score"]["over"]),
        balance=Balance(Deductions(document["balance"]["deductions"])) if has_balance else None,
        shared_limits=tuple(_shared_limit(raw, items) for raw in document.get("limits", ())),
        rankings=tuple(_ranking(raw) for raw in document.get("rankings", ())),
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


def _decimal(number: int | Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _period(name: str | None) -> Period | None:
    """None for ``each`` (awards) and ``once`` (base)."""
    return None if name in (None, "each", "once") else Period(name)


def _points(raw: int | Decimal | Mapping[str, int | Decimal]) -> PointsOrLevels:
    if isinstance(raw, Mapping):
        return {level: Decimal(points) for level, points in raw.items()}
    return Decimal(raw)


def _fixed(raw: Json) -> Fixed:
    return Fixed(_points(raw["points"]))


def _range(raw: Json) -> Range:
    return Range(Decimal(raw["min"]), Decimal(raw["max"]), Decimal(raw.get("step", TENTH)))


def _per_unit(raw: Json) -> PerUnit:
    whole = bool(raw.get("whole", True))
    return PerUnit(_points(raw["points"]), Decimal(raw["per"]), whole, _period(raw.get("over")))


def _milestones(raw: Json) -> Milestones:
    further = raw.get("then_every")
    return Milestones(
        steps=tuple(Step(Decimal(step["at"]), Decimal(step["points"])) for step in raw["steps"]),
        then_every=Decimal(further["quantity"]) if further else None,
        then_points=Decimal(further["points"]) if further else ZERO,
        over=_period(raw.get("over")),
    )


_AWARDS: Mapping[str, Callable[[Json], Award]] = {
    "fixed": _fixed,
    "range": _range,
    "per_unit": _per_unit,
    "milestones": _milestones,
}


def _award(raw: Json | None) -> Award | None:
    return _AWARDS[raw["type"]](raw) if raw else None


def _counts_in(names: Sequence[str] | None, has_balance: bool) -> frozenset[CountsIn]:
    """Both where nothing is said; without a balance there is nothing to spend."""
    said = frozenset(CountsIn) if names is None else frozenset(CountsIn(name) for name in names)
    return said if has_balance else said - {CountsIn.BALANCE}


def _audience(raw: Json | None) -> Audience:
    if not raw:
        return EVERYBODY
    return Audience(frozenset(raw.get("any", ())), frozenset(raw.get("none", ())))


def _measured(raw: Json) -> tuple[Measure, Decimal]:
    measure = next(measure for measure in Measure if measure in raw)
    return measure, Decimal(raw[measure])


def _own_limit(raw: Json, item_code: str, where: str) -> Limit:
    measure, cap = _measured(raw)
    per = Period(raw["per"])
    return Limit(
        code=f"{item_code}/{measure}/{per}/{raw.get('across', 'holder')}",
        measure=measure,
        cap=cap,
        per=per,
        items=frozenset({item_code}),
        where=where,
    )


def _shared_limit(raw: Json, items: Sequence[Item]) -> Limit:
    measure, cap = _measured(raw)
    return Limit(
        code=raw["code"],
        measure=measure,
        cap=cap,
        per=Period(raw["per"]),
        items=frozenset().union(*(resolve(selector, items) for selector in raw["items"])),
        where=f"limits[{raw['code']}]",
        name=raw.get("name"),
        is_shared=True,
    )


def _recording(raw: Json) -> Recording:
    approval = raw.get("approval", {})
    return Recording(
        evidence=tuple(frozenset(together) for together in raw.get("evidence", ())),
        recorders=frozenset(raw.get("recorders", ())),
        approved_by=approval.get("by"),
        approval_count=int(approval.get("count", 0)),
        reason_required=bool(raw.get("reason_required", False)),
        activity_required=bool(raw.get("activity_required", False)),
        deadline_days=raw.get("deadline_days"),
    )


def _item(raw: Json, defaults: Mapping[str, Json], has_balance: bool) -> Item:
    kind = ItemKind(raw["kind"])
    said = {**defaults.get(kind, {}), **raw}
    quantity = said.get("quantity") or {}
    place = f"items[{raw['code']}]"
    return Item(
        code=raw["code"],
        name=raw["name"],
        kind=kind,
        subject=raw["subject"],
        award=_award(said.get("award")),
        counts_in=_counts_in(said.get("counts_in"), has_balance),
        publication=Publication(said.get("publication") or _DEFAULT_PUBLICATION[kind]),
        category=said.get("category"),
        group=said.get("group"),
        origin=said.get("origin"),
        unit=said.get("unit"),
        quantity=Quantity(
            least=_decimal(quantity.get("min")),
            most=_decimal(quantity.get("max")),
            is_integer=bool(quantity.get("integer", False)),
        ),
        audience=_audience(said.get("audience")),
        limits=tuple(
            _own_limit(limit, raw["code"], f"{place}.limits[{position}]")
            for position, limit in enumerate(said.get("limits") or (), start=1)
        ),
        recording=_recording(said.get("recording") or {}),
        note=said.get("note"),
        source_codes=tuple(said.get("source_codes") or ()),
    )


def _base(raw: Json, has_balance: bool) -> Base:
    return Base(
        code=raw["code"],
        name=raw["name"],
        points=Decimal(raw["points"]),
        per=_period(raw["per"]),
        counts_in=_counts_in(raw["counts_in"], has_balance),
        joiners=Joiners(raw.get("joiners", "full")),
        audience=_audience(raw.get("audience")),
        duties=tuple(raw.get("duties", ())),
    )


def _ranking(raw: Json) -> Ranking:
    top = raw.get("top", {})
    return Ranking(
        code=raw["code"],
        name=raw["name"],
        unit=RankingUnit(raw["unit"]),
        over=Period(raw["over"]),
        per_head=bool(raw.get("per_head", False)),
        top_count=top.get("count"),
        top_percent=_decimal(top.get("percent")),
    )
