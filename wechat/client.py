"""The calls that we make to WeChat's server API.

Nothing here touches the database: call it before or after a unit of work, never inside one, since
a slow WeChat would hold locks for seconds.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx

from wechat import answers, messages, secrecy
from wechat.errors import WeChatUnavailable
from wechat.messages import Language, MessageResult, ProgramState
from wechat.tokens import AccessToken, TokenCache

BASE_URL = "https://api.weixin.qq.com"
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
#: media_type and scene of a content check.
IMAGE, COMMENT = 2, 2

log = logging.getLogger("linli.wechat")


@dataclass(frozen=True, kw_only=True)
class WeChatIdentity:
    """Who signed in. ``unionid`` only exists when the app is bound to an Open Platform account."""

    openid: str
    unionid: str | None


class WeChatClient:
    """One app's client; threads share it, connections open at the first call.

    ``base_url`` is WeChat or a sandbox: the settings of a production installation refuse every
    other address than https://api.weixin.qq.com, since whoever answers there decides who signs in.
    ``transport`` and ``monotonic`` are for tests.
    """

    def __init__(
        self,
        appid: str,
        secret: str,
        base_url: str = BASE_URL,
        timeout: httpx.Timeout = TIMEOUT,
        *,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        secrecy.redact_httpx_log()
        self._appid = appid
        self._secret = secret
        self._base_url, self._timeout, self._transport = base_url, timeout, transport
        self._tokens = TokenCache(self._fetch_token, monotonic=monotonic)

    def close(self) -> None:
        """Close the connections, if there ever were any."""
        if "_http" in vars(self):
            self._http.close()

    @cached_property
    def _http(self) -> httpx.Client:
        # Made at the first call: most processes never call, and it reads all certificates.
        return httpx.Client(
            base_url=self._base_url,
            timeout=self._timeout,
            transport=self._transport,
            # A proxy of the environment leads out of the house, not back to a sandbox in it.
            trust_env=not _is_loopback(self._base_url),
        )

    def code_to_session(self, js_code: str) -> WeChatIdentity:
        """Exchange a wx.login code (valid five minutes, once) for who it is.

        WeChat's session_key is read past: we need none, and what is not kept cannot leak.
        Raises WeChatCodeInvalid, WeChatTooFrequent, WeChatUserBlocked, WeChatUnavailable,
        WeChatRefused. Never tried twice: a code that was lost on its way may be used up.
        """
        answer = self._ask(
            "GET",
            "/sns/jscode2session",
            params={
                "appid": self._appid,
                "secret": self._secret,
                "js_code": js_code,
                "grant_type": "authorization_code",
            },
        )
        if number := answers.errcode(answer):
            raise answers.error_of(number, answer)
        unionid = answer.get("unionid")
        return WeChatIdentity(
            openid=answers.text(answer, "openid"),
            unionid=unionid if isinstance(unionid, str) and unionid else None,
        )

    def send_subscribe_message(
        self,
        *,
        openid: str,
        template_id: str,
        data: Mapping[str, str],
        page: str | None = None,
        state: ProgramState = ProgramState.FORMAL,
        language: Language = Language.ZH_CN,
    ) -> MessageResult:
        """Send one subscribe message; ``data`` is key → text, cut to WeChat's limits.

        ``page`` is a path of the mini-program that a tap opens, with its query if it has one.
        NOT_SUBSCRIBED is an answer, not an error: forget the credit and do not try again.
        Raises WeChatValueUnfit, WeChatTooFrequent, WeChatUnavailable (may be tried again; after a
        timeout the message may have been sent) and WeChatRefused (trying again does not help).
        """
        body: dict[str, object] = {
            "touser": openid,
            "template_id": template_id,
            "data": messages.fitted(data),
            "miniprogram_state": state.value,
            "lang": language.value,
        }
        if page is not None:
            body["page"] = page
        answer = self._ask_with_token("/cgi-bin/message/subscribe/send", body)
        number = answers.errcode(answer)
        if number == answers.NOT_SUBSCRIBED:
            return MessageResult.NOT_SUBSCRIBED
        if number:
            raise answers.error_of(number, answer)
        return MessageResult.SENT

    def check_image(self, *, openid: str, media_url: str) -> str:
        """Ask for the content check of a picture that WeChat fetches itself; its trace id.

        The answer is pushed within 30 minutes (``wechat.push``) and names the trace id. The person
        must have used the mini-program within the last two hours, and ``media_url`` must be
        readable from outside until then: a picture that WeChat cannot fetch was seen to pass.
        Raises WeChatTooFrequent, WeChatUnavailable and WeChatRefused.
        """
        body: dict[str, object] = {
            "media_url": media_url,
            "media_type": IMAGE,
            "version": 2,
            "scene": COMMENT,
            "openid": openid,
        }
        answer = self._ask_with_token("/wxa/media_check_async", body)
        if number := answers.errcode(answer):
            raise answers.error_of(number, answer)
        return answers.text(answer, "trace_id")

    def _ask_with_token(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """POST with the access token; a refused token is fetched anew and tried once more."""
        token = self._tokens.get()
        answer = self._ask("POST", path, params={"access_token": token}, body=body)
        if answers.errcode(answer) in answers.TOKEN_ERRCODES:
            self._tokens.forget(token)
            token = self._tokens.get()
            answer = self._ask("POST", path, params={"access_token": token}, body=body)
        return answer

    def _fetch_token(self) -> AccessToken:
        answer = self._ask(
            "POST",
            "/cgi-bin/stable_token",
            body={
                "grant_type": "client_credential",
                "appid": self._appid,
                "secret": self._secret,
                # True would take the token away from our other processes.
                "force_refresh": False,
            },
        )
        if number := answers.errcode(answer):
            raise answers.error_of(number, answer)
        seconds = answer.get("expires_in")
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            raise WeChatUnavailable
        return AccessToken(value=answers.text(answer, "access_token"), expires_in_seconds=seconds)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        response: httpx.Response | None = None
        try:
            response = self._http.request(method, path, params=params, json=body)
        except httpx.HTTPError as error:
            # Only the class: the error's request holds the address with the secret in it.
            log.warning("wechat did not answer: %s", type(error).__name__)
        # Raised out here so that no report of this error can reach that address by its context.
        if response is None:
            raise WeChatUnavailable
        return answers.read(response)


def _is_loopback(base_url: str) -> bool:
    host = httpx.URL(base_url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
