"""Marshmallow fields and schemas of the API: strict, bounded, unknown fields refused."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from kernel import clock, dumping, field_messages, points_value

_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
_FIRST_INSTANT = dt.datetime.combine(_FIRST_DAY, dt.time(), dt.UTC)
_LAST_INSTANT = dt.datetime.combine(_LAST_DAY, dt.time(), dt.UTC)


class Schema(ma.Schema):
    """Base of every schema; an unknown field is an error, not noise."""

    class Meta:
        unknown = ma.RAISE

    _plan: dumping.Plan | None = None

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        if many and obj is not None:
            return [None if each is None else self._serialize(each) for each in obj]
        if not dumping.is_plain(obj):
            return super()._serialize(obj)
        if self._plan is None:
            self._plan = dumping.plan(self, {PointsField: points_value.as_number})
        return dumping.written(self, self._plan, obj)


class PointsField(ma.fields.Field[Decimal]):
    """Points: a JSON number with at most one decimal place, 0 < n ≤ 100,000.

    ``Decimal(places=1)`` of the library silently rounds 8.15; this field refuses it.
    """

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "number", "multipleOf": 0.1})
        super().__init__(**kwargs)
        self.allow_zero = allow_zero

    def _serialize(
        self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> int | float | None:
        return None if value is None else points_value.as_number(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ma.ValidationError(field_messages.NOT_A_NUMBER)
        try:
            points = Decimal(str(value))
            if not points.is_finite():
                raise ma.ValidationError(field_messages.NOT_A_NUMBER)
            exact = points_value.is_exact(points)
        except (InvalidOperation, ValueError):
            raise ma.ValidationError(field_messages.TOO_MANY_POINTS) from None
        if points < 0 or (points == 0 and not self.allow_zero):
            raise ma.ValidationError(field_messages.NOT_POSITIVE)
        if points > points_value.MOST:
            raise ma.ValidationError(field_messages.TOO_MANY_POINTS)
        if not exact:
            raise ma.ValidationError(field_messages.NOT_ONE_DECIMAL)
        return points.quantize(points_value.TENTH)


class MonthField(ma.fields.String):
    """An accounting month ``YYYY-MM``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not clock.MONTH_PATTERN.match(text):
            raise ma.ValidationError(field_messages.BAD_MONTH)
        return text


def text(*, longest: int, shortest: int = 1, **kwargs: Any) -> ma.fields.String:
    """A bounded string that both engines can store, and that says something unless it is empty."""
    length: Callable[[str], Any] = Length(min=shortest, max=longest)
    return ma.fields.String(validate=[length, _storable, _visible], **kwargs)


def _storable(value: str) -> None:
    """PostgreSQL takes no NUL in a text, and half a surrogate pair is no character at all."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ma.ValidationError(field_messages.NOT_STORABLE)


def _visible(value: str) -> None:
    """Spaces and characters without a width are no phone number and no reason."""
    if value and all(unicodedata.category(character)[0] in "ZC" for character in value):
        raise ma.ValidationError(field_messages.BLANK)


def whole(*, least: int, most: int, **kwargs: Any) -> ma.fields.Integer:
    """A bounded integer; an unbounded one overflows the database."""
    return ma.fields.Integer(strict=True, validate=Range(min=least, max=most), **kwargs)


def day(**kwargs: Any) -> ma.fields.Date:
    """A day of this century; one without a day before or after it begins or ends no list."""
    return ma.fields.Date(validate=Range(min=_FIRST_DAY, max=_LAST_DAY), **kwargs)


def instant(**kwargs: Any) -> ma.fields.AwareDateTime:
    """An instant of this century, with its zone; one at the edge of time has no day in Shanghai."""
    return ma.fields.AwareDateTime(validate=Range(min=_FIRST_INSTANT, max=_LAST_INSTANT), **kwargs)


def choice(options: Sequence[str], **kwargs: Any) -> ma.fields.String:
    """One of a closed list of words."""
    return ma.fields.String(validate=OneOf(list(options)), **kwargs)


class Listed(Protocol):
    """A row of a list that goes on after its id."""

    @property
    def id(self) -> uuid.UUID: ...


class PageQuery(Schema):
    """Query of a list: where to go on (``next`` of the previous page) and how many."""

    after = ma.fields.UUID(load_default=None)
    # Not strict: what stands in a URL is text.
    limit = ma.fields.Integer(validate=Range(min=1, max=100), load_default=20)


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page: ``items`` and ``next``, which is null on the last page."""
    name = item.__name__.removesuffix("Schema") + "Page"
    return Schema.from_dict(  # type: ignore[return-value]  # from_dict is typed as ma.Schema
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next": ma.fields.UUID(allow_none=True, required=True),
        },
        name=name,
    )


def page(rows: Sequence[Listed], limit: int) -> dict[str, Any]:
    """Cut ``rows`` (fetched with limit + 1) into one page."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {"items": shown, "next": shown[-1].id if more and shown else None}
