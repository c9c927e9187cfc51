"""The way in: text → document → findings → rulebook.

Order: named refusals in the raw document → schema → linter of the document → linter of the compiled
rulebook. A stage with errors ends the reading: the next relies on it. Guard-rails come after it and
belong to a place (``points.rules.guard_rails``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from points.rules.compiled import Rulebook
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.findings import Finding, RulebookRefused, errors_of
from points.rules.lint import lint, lint_document
from points.rules.named_refusals import named_refusals
from points.rules.schema import schema_findings


@dataclass(frozen=True)
class Examined:
    """``rulebook`` is None where there are errors; ``findings`` holds warnings as well."""

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]


def examine(document: Mapping[str, Any]) -> Examined:
    """Everything found in a parsed document; never raises for what stands in it."""
    findings: list[Finding] = []
    for stage in (named_refusals, schema_findings, lint_document):
        findings += stage(document)
        if errors_of(findings):
            return Examined(None, tuple(findings))
    rulebook = rulebook_of(document)
    findings += lint(rulebook, document)
    return Examined(None if errors_of(findings) else rulebook, tuple(findings))


def compile_rulebook(document: Mapping[str, Any]) -> Rulebook:
    """Raises RulebookRefused holding the findings; warnings do not refuse."""
    examined = examine(document)
    if examined.rulebook is None:
        raise RulebookRefused(examined.findings)
    return examined.rulebook


def load(text: str | bytes) -> Rulebook:
    """:func:`points.rules.document.parse`, then :func:`compile_rulebook`."""
    return compile_rulebook(parse(text))
