"""How the counter's pages answer: a step alone for the script, else the whole page around it.

The script sends ``X-Linli-Part`` and gets the step under the same header. Where an act has to be
asked again under its key (``X-Linli-Again``), the answer says nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kernel import clock, problems
from kernel.errors import LinliError, Refused, Unauthenticated, Unavailable
from kernel.http import NoCounter as NoCounterForKey
from kernel.http import actor
from kernel.idempotency import StillRunning
from redemption.errors import NoCounter
from redemption.receipts import Receipt
from web.language import current_language
from web.merchant import reading, words

PART, AGAIN = "X-Linli-Part", "X-Linli-Again"
P = ParamSpec("P")


def wants_part() -> bool:
    """Whether the script asks, which has the rest of the page already."""
    return PART in request.headers


def step(name: str, status: int = 200, /, **values: Any) -> Response:
    """One step of the counter: templates/merchant/steps/<name>.html."""
    values["step"] = f"merchant/steps/{name}.html"
    values["desk"] = reading.desk(actor=actor(), now=clock.now())
    whole = {} if wants_part() else {"waiting": reading.waiting(actor=actor(), now=clock.now())}
    template = values["step"] if wants_part() else "merchant/counter.html"
    response = make_response(render_template(template, **values, **whole), status)
    response.headers[PART] = name
    response.headers["Cache-Control"] = "no-store"
    return response


def ready(status: int = 200, *, wrong: str | None = None, given: str = "") -> Response:
    """Camera and digits, for the next customer; ``wrong`` says what is not right with ``given``."""
    to_answer = reading.reports_to_answer(actor=actor(), now=clock.now())
    return step("ready", status, wrong=wrong, given=given, reports_to_answer=to_answer)


def outcome(found: Receipt | Refused) -> Response:
    """What became of an act: done, or refused with its reason."""
    if isinstance(found, Refused):
        return refused(found)
    return step("done", receipt=found, now=clock.now())


def refused(found: Refused, *, again: Mapping[str, str] | None = None) -> Response:
    """A refusal that was kept, with its number; ``again``: card and offer for one more try."""
    return step(
        "refused",
        problems.REFUSED_STATUS,
        title=words.title(found.code),
        sentence=found.sentence(current_language()),
        kept=True,
        facts=_facts(found.extra),
        again=again,
    )


def part(name: str, /, **values: Any) -> Response:
    """A part that stands beside the steps: templates/merchant/<name>.html."""
    response = make_response(render_template(f"merchant/{name}.html", **values))
    response.headers[PART] = name
    response.headers["Cache-Control"] = "no-store"
    return response


def answered(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """What a concept function raises becomes a step that says what to do next."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except Unauthenticated:
            raise
        except (NoCounter, NoCounterForKey):
            return redirect(url_for("sign_in.shop", next=url_for("merchant.counter")), code=303)
        except (StillRunning, Unavailable) as error:
            if not wants_part():
                raise
            return Response(status=problems.status_of(error), headers={AGAIN: "1"})
        except LinliError as error:
            return step(
                "refused",
                problems.status_of(error),
                title=words.title(error.code),
                sentence=error.sentence(current_language()),
                kept=False,
                facts={},
                again=None,
            )

    return wrapper


def _facts(extra: Mapping[str, object]) -> dict[str, str]:
    known = ("receipt_number", "redeemed_at_utc", "refusal_id")
    return {name: str(extra[name]) for name in known if name in extra}
