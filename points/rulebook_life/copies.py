"""A version as a file: the text as it is in force, with its meeting and its date written in."""

from __future__ import annotations

import json
from typing import Any

from points import rulebook_text
from points.models import RulebookVersion
from points.rules.document import parse


def written_back(row: RulebookVersion) -> dict[str, Any]:
    """The document; an adopted one says which meeting adopted it, and the day it took effect."""
    document = parse(row.document)
    if row.effective_from is None or row.adopted_on is None:
        return document
    return {
        **document,
        "effective_from": row.effective_from.isoformat(),
        "adopted": {"meeting": row.adopted_meeting, "on": row.adopted_on.isoformat()},
    }


def as_json(row: RulebookVersion) -> str:
    """:func:`written_back` as indented JSON text."""
    # Numbers are spelled as in the canonical text, which keeps fractions exact.
    plain = json.loads(rulebook_text.canonical(written_back(row)))
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def filename(row: RulebookVersion, ending: str) -> str:
    """``xinfu-community-demo-2.json``."""
    document = parse(row.document)
    return f"{document['code']}-{document['version']}.{ending}"
