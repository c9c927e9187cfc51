"""The way in: text → document → findings → rulebook.

Order: named refusals in the raw document → schema → linter of the document → linter of the compiled
rulebook. A stage with errors ends the reading: the next relies on it. Guard-rails come after it and
belong to a place (``points.rules.guard_rails``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from points.rules.compiled import Rulebook
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.findings import Finding, RulebookRefused, errors_of
from points.rules.lint import lint, lint_document
from points.rules.named_refusals import named_refusals
from points.rules.schema import schema_findings

#: A draft is read whole at each step of its editing, and again when it is adopted.
KEPT = 16


@dataclass(frozen=True)
class Examined:
    """``rulebook`` is None where there are errors; ``findings`` holds warnings as well."""

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Said:
    """A document, which is the same as another one that says the same in the same order."""

    words: str
    document: Mapping[str, Any] = field(compare=False)


def examine(document: Mapping[str, Any]) -> Examined:
    """Everything found in a parsed document; never raises for what stands in it.

    The last few answers are kept: they hold nothing that changes.
    """
    return _examined(_Said(repr(document), document))


@lru_cache(maxsize=KEPT)
def _examined(said: _Said) -> Examined:
    document = said.document
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
