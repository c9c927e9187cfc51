"""The counter: look at a code, redeem it, take it back; requests of the standing code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import clock, conditional
from kernel.errors import Refused
from kernel.http import actor, committed, idempotent
from redemption import redemptions, requests
from redemption.models import CancellationReason, DeclineReason
from redemption.receipts import Receipt
from redemption.redemptions import Preview
from web import typed
from web.language import current_language
from web.merchant import checks, reading, typed_codes
from web.merchant.answering import answered, outcome, part, ready, refused, step
from web.merchant.blueprint import blueprint
from web.merchant.card_routes import offers_for


@blueprint.get("/counter")
@answered
def counter() -> Response:
    """Where a clerk stands all day."""
    return ready()


@blueprint.post("/counter/preview")
@answered
def preview() -> Response:
    """What a code is for, before it is redeemed."""
    code = request.form.get("code", "")[: typed_codes.LONGEST]
    kind, wrong = typed_codes.kind(code), typed_codes.problem(code)
    if kind is typed_codes.Kind.CARD or request.form.get("as") == "card":
        return offers_for(code)
    if kind is typed_codes.Kind.STANDING:
        wrong = _("这是店码，给居民扫的；请扫居民手机上的码")
    if wrong is not None:
        return ready(422, wrong=wrong, given=code)
    return _previewed(_look(code), code)


@committed
def _look(code: str) -> Preview | Refused:
    return redemptions.preview(actor=actor(), now=clock.now(), code=code)


def _previewed(found: Preview | Refused, code: str) -> Response:
    if isinstance(found, Refused):
        return refused(found)
    conditions = checks.checks(found, clock.now())
    return step("preview", preview=found, code=code, conditions=conditions)


@blueprint.post("/counter/redeem")
@answered
def redeem() -> Response:
    """Redeem the code that was looked at."""
    return outcome(_redeem({"code": typed.text("code", longest=typed_codes.LONGEST)}))


@committed
@idempotent("redeem", replay=redemptions.replay)
def _redeem(body: dict[str, str]) -> Receipt | Refused:
    return redemptions.redeem(actor=actor(), now=clock.now(), **body)


@blueprint.get("/counter/requests")
@answered
def waiting() -> ResponseReturnValue:
    """The waiting requests; as long as they are the same ones, 304 after one statement."""
    who, now = actor(), clock.now()
    shown: ResponseReturnValue = conditional.answer(
        state=(current_language(), requests.waiting_ids(actor=who, now=now)),
        body=lambda: part("requests", waiting=reading.waiting(actor=who, now=now)),
    )
    return shown


@blueprint.post("/counter/requests/<uuid:redemption_id>/redeem")
@answered
def accept_request(redemption_id: UUID) -> Response:
    """Redeem a request of the standing code."""
    return outcome(_accept({"redemption_id": redemption_id}))


@committed
@idempotent("accept", replay=redemptions.replay)
def _accept(body: dict[str, UUID]) -> Receipt | Refused:
    return requests.accept(actor=actor(), now=clock.now(), **body)


@blueprint.post("/counter/requests/<uuid:redemption_id>/decline")
@answered
def decline_request(redemption_id: UUID) -> Response:
    """Send a request away; the points are free at once."""
    return step("declined", receipt=_decline(redemption_id, typed.word("reason", DeclineReason)))


@committed
def _decline(redemption_id: UUID, reason: DeclineReason) -> Receipt:
    return requests.decline(
        actor=actor(), now=clock.now(), redemption_id=redemption_id, reason=reason
    )


@blueprint.post("/counter/receipts/<uuid:redemption_id>/cancellation")
@answered
def cancel(redemption_id: UUID) -> Response:
    """Take a redemption back within its window."""
    reason = typed.word("reason", CancellationReason)
    receipt = _cancel({"redemption_id": redemption_id, "reason": reason})
    return step("cancelled", receipt=receipt)


@committed
@idempotent("cancel", replay=redemptions.replay)
def _cancel(body: dict[str, Any]) -> Receipt:
    return redemptions.cancel(actor=actor(), now=clock.now(), **body)
