"""flask-smorest with our parsing and our problems: strict arguments, schemas made once."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Request
from webargs.core import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from kernel.errors import Invalid

_LONGEST_NAME_SHOWN = 40


class DuplicateJsonKey(Invalid):
    code = "duplicate_json_key"
    zh = "“{key}”写了两次，请只留一个。"
    en = "“{key}” stands there twice. Please keep one of them."


class Parser(FlaskParser):
    """Unknown fields are refused wherever they stand, and so is a field that stands there twice."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(
        ("json", "form", "query", "json_or_form", "files"), ma.RAISE
    )

    def _get_schema(self, argmap: Any, req: Request) -> ma.Schema:
        """One instance of a schema serves every request; making one copies all its fields."""
        return _instance(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """JSON that is too deep or holds a number of thousands of digits cannot be read either."""
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType()
        try:
            return json.loads(body.decode("utf-8"), object_pairs_hook=_each_once)
        except (ValueError, RecursionError):
            abort(400, messages={"json": ["Invalid JSON body."]})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; which of two values of one name was meant, nobody can tell."""
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read:
            shown = key[:_LONGEST_NAME_SHOWN]
            raise DuplicateJsonKey(field=shown, key=shown)
        read[key] = value
    return read


@cache
def _instance(schema: type[ma.Schema]) -> ma.Schema:
    return schema()


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's blueprint with strict arguments."""

    ARGUMENTS_PARSER = Parser()


class ProblemSchema(ma.Schema):
    """RFC 9457 problem+json."""

    type = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String(metadata={"description": "stable, for programs"})
    detail = ma.fields.String(metadata={"description": "one sentence, in the caller's language"})
    request_id = ma.fields.String()
    errors = ma.fields.List(ma.fields.Dict())


class Api(flask_smorest.Api):
    """flask-smorest with our problems; its own error handler drops headers."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_CONTENT_TYPE = "application/problem+json"

    def _register_error_handlers(self) -> None:
        """Errors are handled by :func:`kernel.http.configure` for API and pages alike."""
