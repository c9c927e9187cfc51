"""The stored text of a rulebook: one canonical JSON, so that its hash means the document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal


def canonical(document: object) -> str:
    """Compact JSON in the document's own order (levels are shown in it); numbers as written.

    ``document`` is what ``points.rules.document.parse`` returns: fractions are ``Decimal``.
    """
    if isinstance(document, Mapping):
        inner = ",".join(f"{_word(str(key))}:{canonical(value)}" for key, value in document.items())
        return f"{{{inner}}}"
    if isinstance(document, list):
        return f"[{','.join(canonical(value) for value in document)}]"
    if isinstance(document, Decimal):
        return format(document.normalize(), "f")
    return _word(document)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _word(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
