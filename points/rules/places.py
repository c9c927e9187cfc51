"""Places of a document in words: ``items[XF-03].award.points`` instead of ``items/2/award``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ANY = "*"


def where(document: object, path: Iterable[str | int]) -> str:
    """Entries of lists are named by their code, else their name, else their position from 1."""
    words: list[str] = []
    here: Any = document
    for step in path:
        if isinstance(here, list) and isinstance(step, int):
            here = here[step] if step < len(here) else None
            words.append(f"[{_label(here, step)}]")
        else:
            here = here.get(step) if isinstance(here, dict) else None
            words.append(f".{step}" if words else str(step))
    return "".join(words)


def _label(entry: object, position: int) -> str:
    if isinstance(entry, dict):
        for key in ("code", "name"):
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return str(position + 1)


def matches(document: object, pattern: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """(where, value) of every place that ``pattern`` fits; ``*`` is any entry or key."""
    for path, value in _walk(document, pattern):
        yield where(document, path), value


def _walk(here: object, pattern: Sequence[str]) -> Iterator[tuple[list[str | int], Any]]:
    if not pattern:
        yield [], here
        return
    head, rest = pattern[0], pattern[1:]
    entries: Iterable[tuple[str | int, Any]] = ()
    if isinstance(here, list) and head == ANY:
        entries = enumerate(here)
    elif isinstance(here, dict):
        entries = here.items() if head == ANY else [(head, here[head])] if head in here else ()
    for step, inner in entries:
        for path, value in _walk(inner, rest):
            yield [step, *path], value
