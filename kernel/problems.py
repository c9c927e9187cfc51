"""Errors as RFC 9457 problem+json; the only place that chooses an HTTP status.

Every problem has a stable ``code``, a ``detail`` in the caller's language (zh-CN first, en), the
``request_id`` and, where fields are wrong, ``errors``: a list of {field, detail}.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, g, has_request_context, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from kernel import errors
from kernel.database import db
from kernel.field_messages import translated
from kernel.unit_of_work import as_domain_error

STATUS: tuple[tuple[type[errors.LinliError], int], ...] = (
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)
REFUSED_STATUS = 409

_HTTP_SENTENCES: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求的格式读不懂，请检查后再发。", "The request cannot be read."),
    401: ("not_signed_in", "请先登录。", "Please sign in first."),
    403: ("forbidden", "您不能办这件事。", "You cannot do this."),
    404: ("not_found", "没有找到，请核对后再试。", "Not found. Please check and try again."),
    405: ("method_not_allowed", "这个地址不支持这种操作。", "This address does not do that."),
    413: ("too_large", "文件太大，请换一个小一些的。", "The file is too large."),
    415: ("unsupported_media_type", "请用 JSON 发送。", "Please send JSON."),
    422: ("invalid_input", "填的内容有不对的地方。", "Something you entered is not right."),
    429: ("too_many_requests", "试得太快了，请稍后再试。", "Too many requests. Please wait."),
    500: (
        "internal_error",
        "这一步没有办成，没有改动任何数据；请稍后再试，或把编号告诉工作人员。",
        "This did not work and nothing was changed. Please try again later.",
    ),
    503: ("unavailable", "系统正忙，请稍后再试。", "The system is busy. Please try again shortly."),
}

log = logging.getLogger("linli.http")


def language() -> str:
    """The caller's language, "zh" or "en"; Chinese unless English is asked for."""
    if not has_request_context():
        return "zh"
    if "language" in g:  # chosen for the pages
        return str(g.language)
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return "en" if wanted == "en" else "zh"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: list[dict[str, str]] | None = None,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem+json response."""
    body: dict[str, object] = {
        **(extra or {}),
        "type": f"urn:linli:problem:{code}",
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": g.get("request_id", ""),
    }
    if fields:
        body["errors"] = fields
    return Response(
        # The name of an unknown field is shown again; half a surrogate pair in it has no UTF-8.
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type="application/problem+json",
        headers=dict(headers or {}),
    )


def status_of(error: errors.LinliError) -> int:
    """The HTTP status of a domain error, by its base class."""
    return next(status for base, status in STATUS if isinstance(error, base))


def of_domain_error(error: errors.LinliError) -> Response:
    """Render what a concept function raised."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, errors.TooMany | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    detail = error.sentence(language())
    fields = [{"field": error.field, "detail": detail}] if error.field else []
    extra: dict[str, object] = dict(error.extra)
    if isinstance(error, errors.InvalidRows):
        extra["rows"] = [
            {
                "row": row.row,
                "column": row.column,
                "code": row.code,
                "detail": row.en if language() == "en" else row.zh,
            }
            for row in error.rows
        ]
    return problem(status, error.code, detail, fields=fields, extra=extra, headers=headers)


def of_refusal(refused: errors.Refused) -> Response:
    """Render a refusal that was committed."""
    return problem(REFUSED_STATUS, refused.code, refused.sentence(language()), extra=refused.extra)


def of_http_error(error: HTTPException) -> Response:
    """Render what Flask, webargs or werkzeug raised, keeping its headers (Allow, Retry-After)."""
    status = error.code or 500
    code, zh, en = _HTTP_SENTENCES.get(status, ("http_error", "这一步没有办成。", error.name))
    fields = list(_field_errors(getattr(error, "data", None) or {}))
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return problem(status, code, en if language() == "en" else zh, fields=fields, headers=headers)


def of_broken_body(_error: Exception) -> Response:
    """A body that ends too early or is not cut into chunks as it says."""
    code, zh, en = _HTTP_SENTENCES[400]
    return problem(400, code, en if language() == "en" else zh)


def of_database_error(error: DBAPIError) -> Response:
    """A database error outside a unit of work (a read): 503 when it is not a defect."""
    db.session.rollback()
    known = as_domain_error(error)
    if isinstance(known, errors.LinliError):
        return of_domain_error(known)
    return of_defect(error)


def of_defect(error: Exception) -> Response:
    """Something we did not foresee: logged by class and request id, told as 500."""
    log.exception("unhandled error", exc_info=error)
    code, zh, en = _HTTP_SENTENCES[500]
    return problem(500, code, en if language() == "en" else zh)


def http_sentence(status: int, language_code: str) -> str:
    """The sentence of a plain HTTP error, for pages."""
    _, zh, en = _HTTP_SENTENCES.get(status, _HTTP_SENTENCES[500])
    return en if language_code == "en" else zh


def _field_errors(data: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for location in (data.get("messages") or {}).values():
        yield from _flattened("", location)


def _flattened(path: str, messages: Any) -> Iterator[dict[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key == "_schema" else str(key)
            yield from _flattened(f"{path}.{step}".strip("."), inner)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flattened(path, inner)
    else:
        text = str(messages)
        yield {
            "field": path,
            "detail": text if language() == "en" else translated(text),
        }
