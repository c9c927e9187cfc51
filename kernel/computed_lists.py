"""Pages of rows that were computed and not read, so that no statement can cut them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar


class _HasId(Protocol):
    @property
    def id(self) -> uuid.UUID: ...


T = TypeVar("T", bound=_HasId)


def go_on(
    rows: Sequence[T], *, wanted: Callable[[T], bool], after: uuid.UUID | None, limit: int
) -> list[T]:
    """The first ``limit`` wanted rows behind the row ``after``.

    A row that is gone since the last page begins the list anew.
    """
    ids = [each.id for each in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return [each for each in rows[start:] if wanted(each)][:limit]
