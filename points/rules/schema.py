"""Shape of a rulebook and of guard-rails: JSON Schema findings in words of place.

The schema file is package data. Numbers are ``int`` or ``Decimal`` (points.rules.document), so the
validator's idea of a number is widened; dates are checked against the calendar; a pattern's ``$``
is the end of the text, not a line feed before it.

jsonschema is imported where a document is looked at, which few processes do: it is large.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from points.rules.findings import Finding, error
from points.rules.places import where

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SIGNS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
}


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(dt.date.fromisoformat(value))


def _is_number(_checker: object, value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(_validator: Any, pattern: str, value: object, _schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@cache
def _validator(definition: str) -> Any:
    """``definition`` is a name of the schema's ``$defs``: rulebook or guard_rails."""
    from jsonschema import Draft202012Validator, FormatChecker, validators

    formats = FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    source = files("points").joinpath("rulebook_data/rulebook.schema.json")
    schema = json.loads(source.read_text(encoding="utf-8"))
    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number)
    types = types.redefine("integer", _is_integer)
    # jsonschema's own types leave extend() untyped; what it returns is a validator class.
    exact: Any = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": _pattern}, type_checker=types
    )
    root = {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    return exact(root, format_checker=formats)


def schema_findings(document: Mapping[str, Any], definition: str = "rulebook") -> list[Finding]:
    """One finding per place that has not the right shape, in the order of the document."""
    problems = (_nearest(problem) for problem in _validator(definition).iter_errors(document))
    findings = [_finding(document, problem) for problem in problems]
    return list(dict.fromkeys(findings))


def _nearest(problem: ValidationError) -> ValidationError:
    """Inside ``oneOf``, the problem of the branch that the writer most likely meant."""
    while problem.validator in ("oneOf", "anyOf") and problem.context:
        branches: dict[object, list[ValidationError]] = {}
        for inner in problem.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        problem = min(branches.values(), key=_distance)[0]
    return problem


def _distance(problems: list[ValidationError]) -> tuple[bool, bool, int]:
    """A branch of another award type or another JSON type was not meant."""
    other_type = any(each.validator == "const" for each in problems)
    other_shape = any(
        each.validator == "type" and len(each.path) == len(problems[0].parent.path)
        for each in problems
        if problems[0].parent is not None
    )
    return other_type, other_shape, len(problems)


def _listed(names: Iterable[object]) -> str:
    return "、".join(str(name) for name in names)


def _finding(document: Mapping[str, Any], problem: ValidationError) -> Finding:
    place = where(document, problem.absolute_path)
    rule = str(problem.validator)
    expected: Any = problem.validator_value
    instance: Any = problem.instance
    schema: Any = problem.schema
    if rule == "additionalProperties":
        names = _listed(key for key in instance if key not in schema.get("properties", {}))
        return error("unknown_field", place, f"不认识的字段：{names}。", f"Unknown field: {names}.")
    if rule == "required":
        names = _listed(key for key in expected if key not in instance)
        return error("field_missing", place, f"缺少字段：{names}。", f"Missing field: {names}.")
    if rule in ("enum", "const"):
        names = _listed(expected if isinstance(expected, list) else [expected])
        return error(
            "value_not_allowed", place, f"只能是：{names}。", f"Has to be one of: {names}."
        )
    if rule == "type":
        return error("wrong_type", place, f"类型应为 {expected}。", f"Has to be a {expected}.")
    if rule in _SIGNS:
        bound = f"{_SIGNS[rule]} {expected}"
        return error("out_of_range", place, f"应 {bound}。", f"Has to be {bound}.")
    return error("wrong_shape", place, f"写法不对（{rule}）。", f"Not the right shape ({rule}).")
