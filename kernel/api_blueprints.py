"""flask-smorest with our parsing and our problems: strict arguments, schemas made once."""

from __future__ import annotations

from functools import cache
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest


class Parser(FlaskParser):
    """Unknown fields are refused wherever they stand."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(
        ("json", "form", "query", "json_or_form", "files"), ma.RAISE
    )

    def _get_schema(self, argmap: Any, req: Request) -> ma.Schema:
        """One instance of a schema serves every request; making one copies all its fields."""
        return _instance(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """JSON that is too deep or holds a number of thousands of digits cannot be read either."""
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError):
            raise BadRequest() from None


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
