"""Requests that may come twice: the decorator that lets them have one effect and equal answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request

from kernel import clock, idempotency
from kernel.access import Actor
from kernel.callers import actor
from kernel.errors import Invalid, Refused


def idempotent(
    operation: str,
    *,
    replay: Callable[..., Any],
    result_id: Callable[[Any], uuid.UUID] = lambda result: result.id,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same Idempotency-Key and body get the same answer, and one effect.

    A page's form carries the key in its hidden field ``idempotency_key``.
    ``replay(community_id=…, result_id=…)`` renders the answer again; ``result_id`` names the row
    of a first answer (a Refused must carry ``row_id``).
    """

    def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            caller = actor()
            community_id = kwargs.get("community_id") or _counter_community(caller)

            def act() -> tuple[uuid.UUID, Any]:
                result = view(*args, **kwargs)
                row_id = result.row_id if isinstance(result, Refused) else result_id(result)
                if row_id is None:
                    raise RuntimeError(f"{operation}: an answer without a row")
                return row_id, result

            return idempotency.once(
                community_id=community_id,
                actor_id=caller.account_id,
                operation=operation,
                key=idempotency.checked_key(_idempotency_key()),
                body={"path": request.path, "body": args[0] if args else _form()}
                | ({} if "community_id" in kwargs else {"counter": _counter_shop(caller)}),
                now=clock.now(),
                act=act,
                replay=lambda row_id: replay(community_id=community_id, result_id=row_id),
            )

        return wrapper

    return decorator


def _counter_community(caller: Actor) -> uuid.UUID:
    if caller.counter is None or caller.counter.community_id is None:
        raise NoCounter()
    return caller.counter.community_id


def _counter_shop(caller: Actor) -> uuid.UUID | None:
    """The shop stands in the request: a clerk who works elsewhere now replays nothing of there."""
    return None if caller.counter is None else caller.counter.merchant_id


def _idempotency_key() -> str | None:
    return request.headers.get("Idempotency-Key") or request.form.get("idempotency_key")


def _form() -> dict[str, list[str]]:
    """What a page's form says, without what only guards it."""
    return {
        name: values
        for name, values in request.form.lists()
        if name not in ("csrf_token", "idempotency_key")
    }


class NoCounter(Invalid):
    code = "no_counter"
    zh = "请先登录到一家店（登录时写明社区和商户）。"
    en = "Please sign in to one shop first (name the community and the merchant)."
