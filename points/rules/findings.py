"""What reading a rulebook finds: each finding names its place and says it in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import Invalid


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``where`` is a place in words of the document: ``items[XF-03].award.points``."""

    severity: Severity
    code: str
    where: str
    zh: str
    en: str


def error(code: str, where: str, zh: str, en: str) -> Finding:
    return Finding(Severity.ERROR, code, where, zh, en)


def warning(code: str, where: str, zh: str, en: str) -> Finding:
    return Finding(Severity.WARNING, code, where, zh, en)


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


class RulebookRefused(Invalid):
    """The document is not a rulebook that can be used; ``findings`` says everything found."""

    code = "rulebook_refused"
    zh = "细则有 {count} 处需要改：{first}"
    en = "The rulebook has {count} problems. The first: {first_en}"

    def __init__(self, findings: Sequence[Finding]) -> None:
        refusing = errors_of(findings)
        first = refusing[0]
        super().__init__(
            count=len(refusing),
            first=f"{first.where} {first.zh}".strip(),
            first_en=f"{first.where} {first.en}".strip(),
        )
        self.findings = tuple(findings)
        self.extra = {
            "findings": [
                {
                    "severity": each.severity.value,
                    "code": each.code,
                    "where": each.where,
                    "zh": each.zh,
                    "en": each.en,
                }
                for each in findings
            ]
        }
