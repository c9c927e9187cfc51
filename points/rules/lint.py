"""The linter: everything that crosses fields and that JSON Schema cannot say.

First what can be read in the document alone, then, on the compiled rulebook with defaults filled
in, one module for each part: ``lint_awards``, ``lint_limits`` (and ``lint_nesting``),
``lint_clauses``, ``lint_conflicts``, ``lint_tiers``, ``lint_header``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kernel.points_value import TENTH
from points.rules.compiled import Rulebook
from points.rules.findings import Finding, error
from points.rules.lint_awards import award_findings
from points.rules.lint_clauses import clause_findings
from points.rules.lint_conflicts import conflict_findings
from points.rules.lint_header import document_findings, header_findings
from points.rules.lint_limits import limit_findings
from points.rules.lint_tiers import tier_findings
from points.rules.places import Patterns

_HUNDREDTH = Decimal("0.01")

#: Every place that holds points; one decimal place, because the ledger counts tenths.
_POINTS = Patterns.of(
    [
        "base.*.points",
        "score.floor",
        "score.ceiling",
        "balance.spend_above",
        "items.*.award.points",
        "items.*.award.points.*",
        "items.*.award.min",
        "items.*.award.max",
        "items.*.award.step",
        "items.*.award.steps.*.points",
        "items.*.award.then_every.points",
        "items.*.award.bands.*.points",
        "items.*.limits.*.max_points",
        "items.*.veto.repair.points",
        "items.*.validity.by_points.*.up_to",
        "defaults.*.limits.*.max_points",
        "defaults.*.validity.by_points.*.up_to",
        "limits.*.max_points",
    ]
)
#: Every place that holds a quantity; two decimal places.
_QUANTITIES = Patterns.of(
    [
        "items.*.quantity.min",
        "items.*.quantity.max",
        "items.*.award.per",
        "items.*.award.bands.*.from",
        "items.*.award.bands.*.per",
        "items.*.award.steps.*.at",
        "items.*.award.then_every.quantity",
        "items.*.limits.*.max_quantity",
        "defaults.*.limits.*.max_quantity",
        "limits.*.max_quantity",
    ]
)


def lint_document(document: Mapping[str, Any]) -> list[Finding]:
    """Rules that read the document alone."""
    return [*_decimals(document), *document_findings(document)]


def lint(rulebook: Rulebook, document: Mapping[str, Any]) -> list[Finding]:
    """Rules about everything else, with defaults filled in and selectors resolved."""
    return [
        *award_findings(rulebook),
        *limit_findings(rulebook, document),
        *clause_findings(rulebook),
        *conflict_findings(rulebook, document),
        *tier_findings(rulebook),
        *header_findings(rulebook),
    ]


def _decimals(document: Mapping[str, Any]) -> Iterator[Finding]:
    for place, number in _POINTS.found(document, lambda it: not _is_multiple(it, TENTH)):
        yield error(
            "not_one_decimal",
            place,
            f"分值最多一位小数，{number} 不行。",
            f"Points have one decimal place at most; {number} has more.",
        )
    for place, number in _QUANTITIES.found(document, lambda it: not _is_multiple(it, _HUNDREDTH)):
        yield error(
            "quantity_not_two_decimals",
            place,
            f"数量最多两位小数，{number} 不行。",
            f"Quantities have two decimal places at most; {number} has more.",
        )


def _is_multiple(value: object, least: Decimal) -> bool:
    """Of ``least``, as every integer is; what is no number is said by the schema."""
    return not isinstance(value, Decimal) or value == value.quantize(least)
