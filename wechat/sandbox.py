"""A sandbox that answers as WeChat's server API does, for the demo and the tests.

Sign-in codes say by their name what happens:

- ``demo-<name>`` and ``demo-<name>.<anything>`` succeed, once; the name alone decides the openid,
  so that a demo person who signs in again with a new code is the same person;
- ``invalid`` 40029, ``busy`` -1, ``blocked`` 40226, ``frequent`` 45011;
- ``slow`` answers -1 after ``slow_seconds``, longer than a client should wait.

A code is valid for five minutes from its issue (``Sandbox.issue_code``, or ``POST /sandbox/codes``
with ``{"name": …}``) or else from the first time it is seen; used, it gives 40163.
Templates: ``not-subscribed`` 43101, ``unknown`` 40037, any other is sent and kept in
``Sandbox.sent``. Pictures to be checked are kept in ``Sandbox.checks`` with their trace id;
``sandbox_state.media_check_event`` is what WeChat pushes about one. With ``Sandbox.pushes_to`` the
sandbox pushes ``Sandbox.verdict`` about each by itself (``sandbox_pushes``), in plain or safe mode.
Everybody may sign in as anybody here, so it binds to the loopback address only, and production
settings refuse every base URL other than https://api.weixin.qq.com.

``python -m wechat.sandbox --port 0`` prints its address on one line and serves until it is ended;
where ``WECHAT_PUSH_TOKEN`` is set it pushes to ``PUBLIC_BASE_URL`` as those settings say.
"""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from kernel import settings
from wechat import push_api, sandbox_pushes
from wechat.messages import Language, ProgramState, kind_of
from wechat.sandbox_pushes import PushTarget
from wechat.sandbox_state import CODE_VALID_SECONDS, Sandbox, media_check_event, openid_of

__all__ = ["CODE_VALID_SECONDS", "Sandbox", "create_sandbox", "openid_of", "sandbox_of"]

EXTENSION = "wechat_sandbox"
WRONG_SECRET = "wrong"  # noqa: S105 - the one that the sandbox refuses
LOOPBACK = "127.0.0.1"

CODE_ANSWERS: Mapping[str, int] = {
    "invalid": 40029,
    "busy": -1,
    "blocked": 40226,
    "frequent": 45011,
    "slow": -1,
}
TEMPLATE_ANSWERS: Mapping[str, int] = {"not-subscribed": 43101, "unknown": 40037}
ERRMSG: Mapping[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    43101: "user refuse to accept the msg",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
    47001: "data format error",
    47003: "argument invalid!",
}

blueprint = Blueprint(EXTENSION, __name__)


def create_sandbox(sandbox: Sandbox | None = None) -> Flask:
    """The sandbox as a WSGI application, for a server or for httpx.WSGITransport."""
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = sandbox or Sandbox()
    app.register_blueprint(blueprint)
    return app


def sandbox_of(app: Flask) -> Sandbox:
    """What a sandbox application remembers."""
    found: Sandbox = app.extensions[EXTENSION]
    return found


@blueprint.get("/sns/jscode2session")
def code_to_session() -> Response:
    sandbox = sandbox_of(current_app)
    wanted = request.args
    code = wanted.get("js_code", "")
    if not wanted.get("appid"):
        return _error(40013)
    if wanted.get("secret", WRONG_SECRET) == WRONG_SECRET:
        return _error(40125)
    if wanted.get("grant_type") != "authorization_code":
        return _error(40002)
    if code == "slow":
        time.sleep(sandbox.slow_seconds)
    if code in CODE_ANSWERS:
        return _error(CODE_ANSWERS[code])
    outcome = sandbox.use_code(code)
    if isinstance(outcome, int):
        return _error(outcome)
    # No errcode: WeChat leaves it out on success, and a client must not look for a 0.
    return _answer({"session_key": secrets.token_urlsafe(16), **outcome})


@blueprint.post("/cgi-bin/stable_token")
def stable_token() -> Response:
    body = _json_body()
    if body is None:
        return _error(47001)
    if body.get("grant_type") != "client_credential":
        return _error(40002)
    if not body.get("appid"):
        return _error(40013)
    if body.get("secret", WRONG_SECRET) == WRONG_SECRET:
        return _error(40001)
    token, seconds = sandbox_of(current_app).token(is_forced=body.get("force_refresh") is True)
    return _answer({"access_token": token, "expires_in": seconds})


@blueprint.post("/cgi-bin/message/subscribe/send")
def send_subscribe_message() -> Response:
    sandbox = sandbox_of(current_app)
    if not sandbox.accepts_token(request.args.get("access_token", "")):
        return _error(40001)
    body = _json_body()
    if body is None:
        return _error(47001)
    number, detail = _message_problem(body)
    if number:
        return _error(number, detail)
    sandbox.sent.append(body)
    return _answer({"errcode": 0, "errmsg": "ok"})


@blueprint.post("/wxa/media_check_async")
def check_media() -> Response:
    """Take a picture to be checked; the answer is pushed afterwards."""
    sandbox = sandbox_of(current_app)
    if not sandbox.accepts_token(request.args.get("access_token", "")):
        return _error(40001)
    body = _json_body()
    is_picture = body is not None and body.get("media_type") == 2 and body.get("version") == 2
    if body is None or not is_picture or not str(body.get("media_url", "")).startswith("http"):
        return _error(47001)
    if not Sandbox.is_openid(body.get("openid")):
        return _error(40003)
    trace_id = f"{secrets.token_hex(4)}-{secrets.token_hex(8)}"
    sandbox.checks.append({**body, "trace_id": trace_id})
    if sandbox.pushes_to:
        event = media_check_event(
            trace_id=trace_id, openid=body["openid"], suggest=sandbox.verdict,
            appid=sandbox.pushes_to.appid, created_at=int(time.time()),
        )  # fmt: skip
        sandbox_pushes.deliver_in_background(event, sandbox.pushes_to)
    return _answer({"errcode": 0, "errmsg": "ok", "trace_id": trace_id})


@blueprint.post("/sandbox/codes")
def issue_code() -> Response:
    """Stands for wx.login, which gives a mini-program its code on the phone."""
    body = _json_body()
    name = body.get("name") if body else None
    if not isinstance(name, str) or not name or "." in name:
        return _error(47001)
    return _answer({"code": sandbox_of(current_app).issue_code(name)})


def _message_problem(body: Mapping[str, Any]) -> tuple[int, str]:
    """The errcode of a message and what its errmsg adds; 0 when it can be sent."""
    template_id = body.get("template_id")
    if not isinstance(template_id, str) or not template_id:
        return 40037, ""
    if not Sandbox.is_openid(body.get("touser")):
        return 40003, ""
    if template_id in TEMPLATE_ANSWERS:
        return TEMPLATE_ANSWERS[template_id], ""
    wrong = next(_wrong_fields(body), None)
    return (47003, f" {wrong} invalid") if wrong else (0, "")


def _wrong_fields(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("miniprogram_state") not in list(ProgramState):
        yield "miniprogram_state"
    if body.get("lang") not in list(Language):
        yield "lang"
    data = body.get("data")
    if not isinstance(data, dict) or not data:
        yield "data"
        return
    for key, holder in data.items():
        kind = kind_of(key)
        value = holder.get("value") if isinstance(holder, dict) else None
        if kind is None or not isinstance(value, str) or not kind.pattern.fullmatch(value):
            yield f"data.{key}.value"


def _json_body() -> dict[str, Any] | None:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else None


def _error(number: int, detail: str = "") -> Response:
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return _answer({"errcode": number, "errmsg": f"{ERRMSG[number]}{detail}, rid: {rid}"})


def _answer(body: Mapping[str, object]) -> Response:
    """HTTP 200 whatever happened, and typed as text: a client must not go by either."""
    return Response(json.dumps(body), content_type="text/plain")


class QuietHandler(WSGIRequestHandler):
    """Logs no requests: their addresses hold secrets and codes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextlib.contextmanager
def running(app: Flask, *, port: int = 0) -> Iterator[str]:
    """Serve ``app`` in a thread on a loopback port; gives the base URL, ends with the block."""
    server = _server(app, port)
    # How soon it ends, in seconds; unsaid, every block would last half a second longer.
    serving = {"poll_interval": 0.01}
    thread = threading.Thread(
        target=server.serve_forever, kwargs=serving, daemon=True, name=EXTENSION
    )
    thread.start()
    try:
        yield _base_url(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def start_in_background(sandbox: Sandbox | None = None, *, port: int = 0) -> str:
    """Serve a sandbox in a daemon thread until the process ends; returns its base URL.

    For the demo only. A production process must not point its client here, and its settings
    refuse to: the only base URL they take is https://api.weixin.qq.com.
    """
    server = _server(create_sandbox(sandbox), port)
    threading.Thread(target=server.serve_forever, daemon=True, name=EXTENSION).start()
    return _base_url(server)


def main() -> None:
    """Serve in the foreground; the first line of the output is the base URL."""
    parser = argparse.ArgumentParser(description="Answer as WeChat's server API does.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    sandbox = Sandbox(pushes_to=target_of(settings.from_environ()))
    server = _server(create_sandbox(sandbox), parser.parse_args().port)
    sys.stdout.write(f"{_base_url(server)}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


def target_of(found: settings.Settings) -> PushTarget | None:
    """The push address of the installation with these settings; None where it takes no push."""
    if not found.screens_photos:
        return None
    address = f"{found.public_base_url}{push_api.ADDRESS}"
    return PushTarget(address=address, appid=found.wechat_appid, settings=found.push)


def _server(app: Flask, port: int) -> BaseWSGIServer:
    return make_server(LOOPBACK, port, app, threaded=True, request_handler=QuietHandler)


def _base_url(server: BaseWSGIServer) -> str:
    return f"http://{LOOPBACK}:{server.server_port}"


if __name__ == "__main__":
    main()
