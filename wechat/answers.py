"""Reads what WeChat answers: JSON in HTTP 200, with a number when something is wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import httpx

from kernel.errors import LinliError
from wechat.errors import (
    WeChatCodeInvalid,
    WeChatRefused,
    WeChatTooFrequent,
    WeChatUnavailable,
    WeChatUserBlocked,
)

SYSTEM_BUSY = -1
CODE_UNKNOWN, CODE_USED = 40029, 40163
USER_BLOCKED = 40226
TOO_FREQUENT, QUOTA_REACHED = 45011, 45009
NOT_SUBSCRIBED = 43101
#: The access token is wrong, unknown or expired; 40001 also stands for a wrong secret.
TOKEN_ERRCODES = frozenset({40001, 40014, 42001})

_RID = re.compile(r"rid:\s*([0-9A-Za-z-]{1,64})")
log = logging.getLogger("linli.wechat")


def read(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; raises WeChatUnavailable when there is none."""
    if response.status_code != httpx.codes.OK:
        log.warning("wechat answered HTTP %d", response.status_code)
        raise WeChatUnavailable
    found: object = None
    try:
        found = response.json()
    except ValueError:
        log.warning("wechat answered something that is not JSON")
    # Raised out here because the decoder's error holds the whole text, session_key included.
    if not isinstance(found, dict):
        raise WeChatUnavailable
    return found


def errcode(answer: Mapping[str, Any]) -> int:
    """WeChat's number for what is wrong; 0 when it is absent, as it may be on success."""
    found = answer.get("errcode") or 0
    if isinstance(found, bool) or not isinstance(found, int):
        raise WeChatUnavailable
    return found


def error_of(number: int, answer: Mapping[str, Any]) -> LinliError:
    """Our error for WeChat's ``number``; logs the number and the request id, never the errmsg.

    The errmsg may quote what we sent; with its ``rid`` an operator can ask WeChat for the rest.
    """
    rid = _RID.search(str(answer.get("errmsg", "")))
    log.warning("wechat answered errcode %d, rid %s", number, rid[1] if rid else "none")
    if number in (CODE_UNKNOWN, CODE_USED):
        return WeChatCodeInvalid()
    if number in (TOO_FREQUENT, QUOTA_REACHED):
        return WeChatTooFrequent(retry_after=60)
    if number == USER_BLOCKED:
        return WeChatUserBlocked()
    if number == SYSTEM_BUSY:
        return WeChatUnavailable()
    return WeChatRefused(errcode=number)


def text(answer: Mapping[str, Any], key: str) -> str:
    """A text that must be in the answer; raises WeChatUnavailable when it is not."""
    found = answer.get(key)
    if not isinstance(found, str) or not found:
        log.warning("wechat answered without %s", key)
        raise WeChatUnavailable
    return found
