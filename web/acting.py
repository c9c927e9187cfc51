"""What a form does: one unit of work, then on to the next page, or the form again.

    @blueprint.post("/me/<community>/offers")
    @acting(again=offers, then=shown)
    @idempotent("issue", replay=redemptions.replay)
    def issue(community_id):
        return redemptions.issue(actor=actor(), now=clock.now(), ...)

A domain error or a Refused shows the page ``again`` with its sentence, at the field it names, and
with everything that was typed: ``problem()``, ``problem_at(name)`` and ``typed(name)`` are known to
every template, and the macro ``field`` asks them by itself. ``then(result, **kwargs)`` gives the
address that follows a success.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from kernel import http, problems
from kernel.errors import Invalid, LinliError, NotFound, Refused, TooMany, Unauthenticated
from kernel.idempotency import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    IdempotencyKeyUnusable,
)
from kernel.ids import new_id
from web.language import current_language

View = Callable[..., ResponseReturnValue]
#: A longer wait is said in minutes.
LONGEST_IN_SECONDS = 90


class SentBefore(Invalid):
    """The person went back, changed the form, and sent it under the key of the first time."""

    code = "sent_before"
    zh = "这一页刚才已经提交过。请核对现在填的内容，再提交一次。"
    en = "This page was sent before. Please check what you entered and send it once more."


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What was wrong with a form, in the reader's language; ``field`` None is the whole form."""

    code: str
    sentence: str
    field: str | None
    extra: Mapping[str, object]


def configure(app: Flask) -> None:
    """``problem()``, ``problem_at(name)``, ``typed(name)`` and ``new_key()`` in templates."""
    app.add_template_global(problem)
    app.add_template_global(problem_at)
    app.add_template_global(typed)
    app.add_template_global(lambda: str(new_id()), "new_key")


def problem() -> Problem | None:
    """What was wrong with the form that this page shows again."""
    found: Problem | None = g.get("form_problem")
    return found


def problem_at(name: str) -> str | None:
    """The sentence that belongs under one field."""
    found = problem()
    return found.sentence if found is not None and found.field == name else None


def typed(name: str, otherwise: object = "") -> object:
    """What was typed into a field of the form that is shown again; secrets never."""
    return request.form.get(name, otherwise) if problem() is not None else otherwise


def shown_again(again: View, wrong: LinliError | Refused, **kwargs: Any) -> Response:
    """The page ``again`` with what was wrong, under the status that it has in the API."""
    status = 409
    if isinstance(wrong, LinliError):
        if isinstance(wrong, IdempotencyKeyReused | IdempotencyKeyMissing | IdempotencyKeyUnusable):
            wrong = SentBefore()
        status = problems.status_of(wrong)
    g.form_problem = Problem(
        code=wrong.code,
        sentence=_sentence(wrong),
        field=getattr(wrong, "field", None),
        extra=wrong.extra,
    )
    response = make_response(again(**kwargs), status)
    if (seconds := getattr(wrong, "retry_after", None)) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def _sentence(wrong: LinliError | Refused) -> str:
    """What went wrong; nobody counts 887 seconds."""
    if isinstance(wrong, TooMany) and wrong.retry_after > LONGEST_IN_SECONDS:
        minutes = -(-wrong.retry_after // 60)
        return str(
            ngettext(
                "试得太快了，请过 %(num)s 分钟再试。",
                "试得太快了，请过 %(num)s 分钟再试。",
                minutes,
            )
        )
    return wrong.sentence(current_language())


def acting(
    *, again: View, then: Callable[..., str], told: Callable[..., ResponseReturnValue] | None = None
) -> Callable[[Callable[..., Any]], View]:
    """Decorate what a form does; see the module.

    ``told(result, **kwargs)`` is what a page's script hears instead of being sent on.
    """

    def decorator(act: Callable[..., Any]) -> View:
        run = http.committed(act)

        @wraps(run)
        def wrapper(**kwargs: Any) -> ResponseReturnValue:
            try:
                result = run(**kwargs)
            except Unauthenticated:
                raise
            except LinliError as error:
                # What does not exist for this person, pages say by themselves.
                if http.asks_for_json() or (isinstance(error, NotFound) and not error.field):
                    raise
                return shown_again(again, error, **kwargs)
            if isinstance(result, Refused):
                if http.asks_for_json():
                    return problems.of_refusal(result)
                return shown_again(again, result, **kwargs)
            if told is not None and http.asks_for_json():
                return told(result, **kwargs)
            return redirect(then(result, **kwargs), code=303)

        return wrapper

    return decorator
