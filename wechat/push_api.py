"""The address that WeChat pushes to: ``/api/v1/wechat/push``, set in WeChat's console."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Blueprint, Response, current_app, request

from kernel import clock
from kernel.errors import LinliError
from kernel.settings import Settings
from wechat import push

#: ``app.extensions`` key: event name → handler; app.py fills it.
HANDLERS = "wechat_events"
ADDRESS = "/api/v1/wechat/push"

blueprint = Blueprint("wechat_push", __name__, url_prefix=ADDRESS)
log = logging.getLogger("linli.wechat")


@blueprint.get("")
def verify() -> Response:
    """WeChat asks once whether the address is ours: its own text comes back, in either mode."""
    push.require_signed(token=_settings().push.token, query=request.args, now=clock.now())
    return _text(request.args.get("echostr", ""))


@blueprint.post("")
def receive() -> Response:
    """One event; ``success`` tells WeChat not to send it again."""
    settings = _settings()
    try:
        event = push.read(
            # Of what is too long no more than shows that it is.
            request.stream.read(push.MOST_BYTES + 1), query=request.args,
            settings=settings.push, appid=settings.wechat_appid, now=clock.now(),
        )  # fmt: skip
    except LinliError as error:
        # WeChat shows nobody our answer, and who runs this must learn which setting is wrong.
        log.warning("a push was refused: %s", error.code)
        raise
    handlers: Mapping[str, push.EventHandler] = current_app.extensions[HANDLERS]
    push.dispatch(event, handlers)
    return _text("success")


def _settings() -> Settings:
    found: Settings = current_app.config["LINLI"]
    return found


def _text(answer: str) -> Response:
    return Response(answer, content_type="text/plain; charset=utf-8")
