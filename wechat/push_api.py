"""The address that WeChat pushes to: ``/api/v1/wechat/push``, set in WeChat's console."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, current_app, request

from kernel import clock
from wechat import push

#: ``app.extensions`` key: event name → handler; app.py fills it.
HANDLERS = "wechat_events"

blueprint = Blueprint("wechat_push", __name__, url_prefix="/api/v1/wechat/push")


@blueprint.get("")
def verify() -> Response:
    """WeChat asks once whether the address is ours: its own text comes back."""
    _require_signed()
    return Response(request.args.get("echostr", ""), content_type="text/plain; charset=utf-8")


@blueprint.post("")
def receive() -> Response:
    """One event; ``success`` tells WeChat not to send it again."""
    _require_signed()
    handlers: Mapping[str, push.EventHandler] = current_app.extensions[HANDLERS]
    push.dispatch(request.get_data(), handlers)
    return Response("success", content_type="text/plain; charset=utf-8")


def _require_signed() -> None:
    given = request.args
    push.require_signed(
        token=current_app.config["LINLI"].wechat_push_token,
        signature=given.get("signature", ""),
        timestamp=given.get("timestamp", ""),
        nonce=given.get("nonce", ""),
        now=clock.now(),
    )
