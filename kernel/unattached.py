"""Objects of a model that no session follows: what a Prepared statement read, to look at only.

Loading an object through the session costs several times what its row costs. Hot paths that only
look at a row therefore select its columns and make the object of them; changing it changes
nothing, and it cannot be refreshed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import ColumnProperty

from kernel.database import Base

T = TypeVar("T", bound=Base)


class Unattached(Generic[T]):
    """Makes objects of ``model`` from the columns that it adds to a statement.

    Attributes named in ``without`` are not read; asked of such an object they are None.
    """

    def __init__(self, model: type[T], *, without: Collection[str] = ()) -> None:
        self._model = model
        self._without = frozenset(without)

    @cached_property
    def columns(self) -> list[sa.Label[Any]]:
        """Every column of the model, under names that differ between models."""
        table = self._model.__tablename__
        return [each.columns[0].label(f"{table}__{each.key}") for each in self._attributes]

    @cached_property
    def width(self) -> int:
        """How many values of a row belong to one object."""
        return len(self._attributes)

    def of(self, values: Sequence[Any]) -> T:
        """The object of the values of :attr:`columns`, in their order."""
        made: T = self._new()
        vars(made).update(zip(self._keys, values, strict=True))
        return made

    @cached_property
    def _attributes(self) -> list[ColumnProperty[Any]]:
        mapped = sa.inspect(self._model).column_attrs
        return [each for each in mapped if each.key not in self._without]

    @cached_property
    def _keys(self) -> list[str]:
        return [each.key for each in self._attributes]

    @cached_property
    def _new(self) -> Callable[[], Any]:
        return sa.inspect(self._model).class_manager.new_instance
