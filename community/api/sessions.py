"""Signing in and out. Sign-in runs its own units of work, see community/signing_in.py."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, request

from community import signing_in
from community.api.session_schemas import SignedInSchema, SignIn, SignInWeChat
from kernel import clock
from kernel.access import Place
from kernel.http import Blueprint, actor, hooks, in_unit_of_work
from wechat.client import WeChatClient

blp = Blueprint(
    "sessions", __name__, url_prefix="/api/v1/sessions", description="Signing in and out"
)


@blp.post("")
@blp.arguments(SignIn)
@blp.response(201, SignedInSchema)
def sign_in(body: dict[str, Any]) -> signing_in.SignedIn:
    """Sign in with name and password; unknown names and wrong passwords look the same."""
    return signing_in.sign_in(
        login_name=body["login_name"],
        password=body["password"],
        counter=_counter(body),
        now=clock.now(),
        table=hooks().roles,
        address=request.remote_addr,
    )


@blp.post("/wechat")
@blp.arguments(SignInWeChat)
@blp.response(201, SignedInSchema)
def sign_in_wechat(body: dict[str, Any]) -> signing_in.SignedIn:
    """Sign in with a wx.login code; the first sign-in makes the account."""
    return signing_in.sign_in_wechat(
        js_code=body["js_code"],
        exchange=_wechat().code_to_session,
        counter=_counter(body),
        now=clock.now(),
        table=hooks().roles,
        address=request.remote_addr,
    )


@blp.delete("/current")
@blp.response(204)
@in_unit_of_work
def sign_out() -> None:
    """End this session."""
    signing_in.sign_out(actor=actor(), now=clock.now())


@blp.delete("")
@blp.response(204)
@in_unit_of_work
def sign_out_everywhere() -> None:
    """End every session of the account."""
    signing_in.sign_out_everywhere(actor=actor(), now=clock.now())


def _counter(body: dict[str, Any]) -> Place | None:
    return Place(**body["counter"]) if body["counter"] else None


def _wechat() -> WeChatClient:
    """The one client of the process, made by app.py."""
    return cast(WeChatClient, current_app.extensions["wechat"])
