"""Dumping what marshmallow describes, without asking each field anew how it is done.

A page of twenty rows has five hundred fields; marshmallow's accessor, default and kwargs for each
of them cost more than reading the rows. What a plain field does to a value is therefore looked up
once for each schema. Fields of any other class, and values that are not there, go marshmallow's
own way, so the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import marshmallow as ma
from marshmallow import fields

Convert = Callable[[Any], Any]
#: What has to be converted of values of these types: (key, how).
Changes = Callable[[tuple[type, ...]], Sequence[tuple[str, Convert]]]


class Writer(NamedTuple):
    """How one field is written; ``convert`` is None where marshmallow has to be asked."""

    key: str
    name: str
    attribute: str
    convert: Convert | None
    #: What a Function field says of the whole object.
    tells: Convert | None
    field: fields.Field[Any]


class Plan(NamedTuple):
    """How the objects of one schema are written.

    ``values`` reads the attributes of an object at once, in the order of ``keys``; ``changes`` says
    which of them are not JSON's yet; ``tellers`` ask the whole object. ``values`` is None where
    some field has to ask marshmallow.
    """

    writers: list[Writer]
    keys: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]] | None
    changes: Changes
    tellers: tuple[tuple[str, Convert], ...]


def plan(schema: ma.Schema, known: Mapping[type, Convert]) -> Plan:
    """The plan of a schema; ``known`` adds field classes of ours to marshmallow's plain ones."""
    found = _writers(schema, known)
    plain = [each for each in found if each.tells is None]
    # One name alone would give a bare value.
    is_whole = len(plain) > 1 and all(each.convert is not None for each in plain)
    return Plan(
        writers=found,
        keys=tuple(each.key for each in plain),
        values=attrgetter(*(each.attribute for each in plain)) if is_whole else None,
        changes=_changes(plain),
        tellers=tuple((each.key, each.tells) for each in found if each.tells is not None),
    )


def _changes(writers: Sequence[Writer]) -> Changes:
    @lru_cache(maxsize=256)
    def changes(types: tuple[type, ...]) -> Sequence[tuple[str, Convert]]:
        """Rows of a page are alike, so this is asked for each kind of them once."""
        return tuple(
            (writer.key, writer.convert)
            for writer, found in zip(writers, types, strict=True)
            if writer.convert is not None
            and found is not type(None)
            and found is not _AS_IS.get(type(writer.field))
        )

    return changes


def _writers(schema: ma.Schema, known: Mapping[type, Convert]) -> list[Writer]:
    found = []
    for name, field in schema.dump_fields.items():
        attribute = name if field.attribute is None else field.attribute
        convert = _converter(field, known)
        if "." in attribute:
            convert = None
        key = field.data_key if field.data_key is not None else name
        tells = field.serialize_func if type(field) is fields.Function else None
        found.append(Writer(key, name, attribute, convert, tells, field))
    return found


def written(schema: ma.Schema, plan: Plan, obj: Any) -> dict[str, Any]:
    """One object as JSON's types."""
    is_mapping = type(obj) is dict
    if plan.values is not None and not is_mapping:
        try:
            values = plan.values(obj)
        except AttributeError:
            return _written_singly(schema, plan, obj, is_mapping=False)
        answer = dict(zip(plan.keys, values, strict=True))
        for key, convert in plan.changes(tuple(map(type, values))):
            answer[key] = convert(answer[key])
        for key, tells in plan.tellers:
            answer[key] = tells(obj)
        return answer
    return _written_singly(schema, plan, obj, is_mapping=is_mapping)


def _written_singly(schema: ma.Schema, plan: Plan, obj: Any, *, is_mapping: bool) -> dict[str, Any]:
    """Field by field: something is not there, or only marshmallow knows how."""
    answer: dict[str, Any] = {}
    for key, name, attribute, convert, tells, field in plan.writers:
        if tells is not None:
            answer[key] = tells(obj)
            continue
        if convert is not None:
            try:
                value = obj[attribute] if is_mapping else getattr(obj, attribute)
            except (KeyError, AttributeError):
                value = ma.missing
            if value is None:
                answer[key] = None
                continue
            if value is not ma.missing:
                answer[key] = convert(value)
                continue
        value = field.serialize(name, obj, accessor=schema.get_attribute)
        if value is not ma.missing:
            answer[key] = value
    return answer


def is_plain(obj: Any) -> bool:
    """Whether values are read from ``obj`` by name: a dict, or nothing that has items."""
    return type(obj) is dict or not hasattr(obj, "__getitem__")


def _converter(field: fields.Field[Any], known: Mapping[type, Convert]) -> Convert | None:
    if isinstance(field, fields.AwareDateTime | fields.Date):
        return field.SERIALIZATION_FUNCS.get(field.format or field.DEFAULT_FORMAT)
    if isinstance(field, fields.List):
        return _each(field.inner, known)
    if type(field) is fields.Nested:
        return lambda value: field.schema.dump(value, many=field.schema.many or field.many)
    if type(field) is fields.Boolean:
        return lambda value: field._serialize(value, None, None)
    if isinstance(field, fields.Integer) and field.as_string:
        return None
    return known.get(type(field)) or _PLAIN.get(type(field))


def _each(inner: fields.Field[Any], known: Mapping[type, Convert]) -> Convert | None:
    """How a list is written; objects that are alike by their schema, which knows how once."""
    if type(inner) is fields.Nested and not inner.many:
        return lambda values: inner.schema.dump(values, many=True)
    convert = _converter(inner, known)
    if convert is None:
        return None
    return lambda values: [None if value is None else convert(value) for value in values]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


#: Values of exactly this type are JSON's already.
_AS_IS: Mapping[type, type] = {fields.String: str, fields.Boolean: bool, fields.Integer: int}
_PLAIN: Mapping[type, Convert] = {fields.String: _text, fields.UUID: str, fields.Integer: int}
