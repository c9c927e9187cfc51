"""From one item of a document to an :class:`Item`: defaults filled in, ``null`` clears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.points_value import TENTH, ZERO
from points.rules.awards import (
    Award,
    Band,
    Bands,
    Fixed,
    Milestones,
    PerUnit,
    PointsOrLevels,
    Range,
    RankedWithin,
    Ranks,
    Step,
)
from points.rules.compiled import (
    EVERYBODY,
    Across,
    Audience,
    Beneficiary,
    BeneficiaryKind,
    Counts,
    CountsIn,
    Escalation,
    Item,
    ItemKind,
    Limit,
    Measure,
    Publication,
    Quantity,
    Recording,
    Repair,
    Validity,
    ValidityBand,
    Veto,
    VetoBonuses,
    VetoEffect,
    VetoUntil,
)
from points.rules.periods import Period

Json = Mapping[str, Any]

_DEFAULT_PUBLICATION = {
    ItemKind.BONUS: Publication.NAMED,
    ItemKind.DEDUCTION: Publication.ANONYMOUS,
    ItemKind.RECORD: Publication.HIDDEN,
}


def item_of(raw: Json, defaults: Mapping[str, Json], has_balance: bool) -> Item:
    """``defaults`` are those of the document, by kind; a field is taken whole."""
    kind = ItemKind(raw["kind"])
    said = {**defaults.get(kind, {}), **raw}
    return Item(
        code=raw["code"],
        name=raw["name"],
        kind=kind,
        subject=raw["subject"],
        award=_award(said.get("award")),
        counts_in=counts_in_of(said.get("counts_in"), has_balance),
        publication=Publication(said.get("publication") or _DEFAULT_PUBLICATION[kind]),
        category=said.get("category"),
        group=said.get("group"),
        origin=said.get("origin"),
        unit=said.get("unit"),
        quantity=_quantity(said.get("quantity") or {}),
        feeds=said.get("feeds"),
        audience=audience_of(said.get("audience")),
        beneficiary=_beneficiary(said),
        limits=tuple(
            _own_limit(limit, raw["code"], position)
            for position, limit in enumerate(said.get("limits") or (), start=1)
        ),
        escalation=_escalation(said.get("escalation")),
        validity=_validity(said.get("validity")),
        recurs=period_named(said.get("recurs")),
        veto=_veto(said.get("veto")),
        recording=_recording(said.get("recording") or {}),
        note=said.get("note"),
        source_codes=tuple(said.get("source_codes") or ()),
    )


def decimal_of(number: int | Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def period_named(name: str | None) -> Period | None:
    """None for ``each`` (awards) and ``once`` (base)."""
    return None if name in (None, "each", "once") else Period(name)


def counts_in_of(names: Sequence[str] | None, has_balance: bool) -> frozenset[CountsIn]:
    """Both where nothing is said; without a balance there is nothing to spend."""
    said = frozenset(CountsIn) if names is None else frozenset(CountsIn(name) for name in names)
    return said if has_balance else said - {CountsIn.BALANCE}


def audience_of(raw: Json | None) -> Audience:
    if not raw:
        return EVERYBODY
    return Audience(frozenset(raw.get("any", ())), frozenset(raw.get("none", ())))


def across_of(raw: Json) -> Across:
    return Across(raw.get("across", "holder"))


def measured(raw: Json) -> tuple[Measure, Decimal]:
    """What a limit counts, and how much of it there may be."""
    measure = next(measure for measure in Measure if measure in raw)
    return measure, Decimal(raw[measure])


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
    return PerUnit(
        _points(raw["points"]), Decimal(raw["per"]), whole, period_named(raw.get("over"))
    )


def _bands(raw: Json) -> Bands:
    bands = tuple(
        Band(Decimal(band["from"]), Decimal(band["per"]), Decimal(band["points"]))
        for band in raw["bands"]
    )
    return Bands(bands, bool(raw.get("whole", True)), period_named(raw.get("over")))


def _milestones(raw: Json) -> Milestones:
    further = raw.get("then_every")
    return Milestones(
        steps=tuple(Step(Decimal(step["at"]), Decimal(step["points"])) for step in raw["steps"]),
        then_every=Decimal(further["quantity"]) if further else None,
        then_points=Decimal(further["points"]) if further else ZERO,
        over=period_named(raw.get("over")),
    )


def _ranks(raw: Json) -> Ranks:
    return Ranks(
        points=tuple(Decimal(points) for points in raw["points"]),
        over=Period(raw.get("over", "month")),
        within=RankedWithin(raw.get("within", "community")),
    )


_AWARDS: Mapping[str, Callable[[Json], Award]] = {
    "fixed": _fixed,
    "range": _range,
    "per_unit": _per_unit,
    "bands": _bands,
    "milestones": _milestones,
    "ranks": _ranks,
}


def _award(raw: Json | None) -> Award | None:
    return _AWARDS[raw["type"]](raw) if raw else None


def _quantity(raw: Json) -> Quantity:
    return Quantity(
        least=decimal_of(raw.get("min")),
        most=decimal_of(raw.get("max")),
        is_integer=bool(raw.get("integer", False)),
    )


def _beneficiary(said: Json) -> Beneficiary:
    return Beneficiary(
        BeneficiaryKind(said.get("beneficiary") or "actor"), tuple(said.get("relations") or ())
    )


def _own_limit(raw: Json, item_code: str, position: int) -> Limit:
    measure, cap = measured(raw)
    across = across_of(raw)
    per = Period(raw.get("per", "ever"))
    # An interval has no period, so that there is none in its code.
    cells = [] if measure is Measure.MIN_DAYS else [per]
    return Limit(
        code="/".join((item_code, measure, *cells, across)),
        measure=measure,
        cap=cap,
        per=per,
        items=frozenset({item_code}),
        where=f"items[{item_code}].limits[{position}]",
        across=across,
    )


def _escalation(raw: Json | None) -> Escalation | None:
    if not raw:
        return None
    return Escalation(
        factors=tuple(Decimal(factor) for factor in raw["factors"]),
        within_months=raw.get("within_months"),
        grace_days=int(raw.get("grace_days", 0)),
        counts=Counts(raw.get("counts", "item")),
    )


def _validity(raw: Json | None) -> Validity | None:
    if not raw:
        return None
    bands = raw.get("by_points", [raw])
    return Validity(
        tuple(ValidityBand(int(band["months"]), decimal_of(band.get("up_to"))) for band in bands)
    )


def _veto(raw: Json | None) -> Veto | None:
    if not raw:
        return None
    until = raw["until"]
    lasts = until["months"] if isinstance(until, Mapping) else None
    repair = raw.get("repair")
    return Veto(
        until=VetoUntil.MONTHS if lasts is not None else VetoUntil(until),
        months=lasts,
        bonuses=VetoBonuses(raw["bonuses"]),
        effects=frozenset(VetoEffect(effect) for effect in raw["effects"]),
        tier=raw.get("tier"),
        repair=(
            Repair(Decimal(repair["points"]), bool(repair.get("needs_promise", False)))
            if repair
            else None
        ),
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
