"""Reading a draft as a whole: parent, shape, linter, guard-rails, tags; and its sentences."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from points import tags
from points.rulebook_life import guarding, parents
from points.rules.compiled import Rulebook
from points.rules.findings import Finding, RulebookRefused, error, errors_of
from points.rules.reading import examine


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a text says. ``rulebook`` is None where its shape or the linter finds errors.

    ``whole`` is the text joined with its parent; ``findings`` include those of the guard-rails.
    """

    whole: Mapping[str, Any]
    rulebook: Rulebook | None
    findings: tuple[Finding, ...]
    parent_sha256: str | None = None

    def require_right(self) -> Rulebook:
        """The rulebook; raises RulebookRefused with every finding where some is an error."""
        if self.rulebook is None or errors_of(self.findings):
            raise RulebookRefused(self.findings)
        return self.rulebook


def read(community_id: uuid.UUID, document: Mapping[str, Any], on: dt.date) -> Read:
    """Read ``document`` as it would stand in this community on ``on``; never raises for it."""
    whole = parents.joined(community_id, document)
    if errors_of(whole.findings):
        return Read(whole=whole.document, rulebook=None, findings=whole.findings)
    examined = examine(whole.document)
    findings = [*whole.findings, *examined.findings]
    if examined.rulebook is not None:
        findings += _unknown_tags(community_id, examined.rulebook)
        findings += guarding.findings(community_id, examined.rulebook, on)
    return Read(
        whole=whole.document,
        rulebook=examined.rulebook,
        findings=tuple(findings),
        parent_sha256=whole.parent_sha256,
    )


def _unknown_tags(community_id: uuid.UUID, rulebook: Rulebook) -> list[Finding]:
    unknown = sorted(rulebook.tags - tags.known(community_id)) if rulebook.tags else []
    return [
        error(
            "unknown_tag",
            "audience",
            f"本社区没有“{tag}”这个人员标签，请先给居民打上，或换一个。",
            f'This community knows no tag "{tag}". Assign it to members first, or choose another.',
        )
        for tag in unknown
    ]
