"""Places of a document in words: ``items[XF-03].award.points`` instead of ``items/2/award``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
        entries = here.items() if head == ANY else _entry(here, head)
    for step, inner in entries:
        for path, value in _walk(inner, rest):
            yield [step, *path], value


def _entry(here: dict[str, Any], key: str) -> Sequence[tuple[str, Any]]:
    return ((key, here[key]),) if key in here else ()


@dataclass
class Patterns:
    """Patterns that begin alike, walked together; what they look for is rarely there."""

    #: The position of the pattern that ends here; None where none does.
    number: int | None = None
    further: dict[str, Patterns] = field(default_factory=dict)

    @classmethod
    def of(cls, patterns: Sequence[str]) -> Patterns:
        """Of patterns with dots between the steps: ``items.*.award.points``."""
        root = cls()
        for number, pattern in enumerate(patterns):
            here = root
            for step in pattern.split("."):
                here = here.further.setdefault(step, cls())
            here.number = number
        return root

    def found(self, document: object, is_meant: Callable[[Any], bool]) -> Iterator[tuple[str, Any]]:
        """(where, value) of every place of a pattern that is meant, pattern by pattern."""
        hits: list[tuple[int, list[str | int], Any]] = []
        self._walk(document, [], is_meant, hits)
        for _, path, value in sorted(hits, key=lambda hit: hit[0]):
            yield where(document, path), value

    def _walk(
        self,
        here: object,
        path: list[str | int],
        is_meant: Callable[[Any], bool],
        hits: list[tuple[int, list[str | int], Any]],
    ) -> None:
        if self.number is not None and is_meant(here):
            hits.append((self.number, [*path], here))
        for head, pattern in self.further.items():
            entries: Iterable[tuple[str | int, Any]] = ()
            if isinstance(here, dict):
                entries = here.items() if head == ANY else _entry(here, head)
            elif isinstance(here, list) and head == ANY:
                entries = enumerate(here)
            for step, inner in entries:
                path.append(step)
                pattern._walk(inner, path, is_meant, hits)
                path.pop()
