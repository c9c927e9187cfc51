"""``Idempotency-Key``: the same request, sent again, has one effect and gets the same answer.

The first statement of the unit of work claims (community, actor, operation, key); a concurrent
twin waits for it and then replays. The row holds ids, never an answer's text: an answer is
rendered again from the row it names, so nothing personal is kept here.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import String, UniqueConstraint, Uuid, bindparam, update
from sqlalchemy.orm import Mapped, mapped_column

from kernel import tenancy
from kernel.database import Base, TenantRow, UtcDateTime, db, table_of, upsert
from kernel.errors import Conflict, Invalid
from kernel.ids import new_id
from kernel.one_time_codes import digest
from kernel.prepared import Prepared

SHORTEST_KEY, LONGEST_KEY = 8, 64


class IdempotencyKeyMissing(Invalid):
    code = "idempotency_key_missing"
    zh = "这一步会动积分，请求要带 Idempotency-Key（8 到 64 个字符，每次操作用新的）。"
    en = "This moves points: send an Idempotency-Key of 8 to 64 characters, new for each act."


class IdempotencyKeyUnusable(Invalid):
    code = "idempotency_key_unusable"
    zh = "Idempotency-Key 只能是 8 到 64 个英文字母、数字或符号，例如一个 UUID。"
    en = "An Idempotency-Key has 8 to 64 letters, digits or ASCII signs, such as a UUID."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    zh = "这个 Idempotency-Key 已用于另一笔内容不同的操作，请换一个新的再办。"
    en = "This Idempotency-Key was used for a different request. Please use a new one."


class StillRunning(Conflict):
    code = "still_running"
    zh = "上一次同样的操作还没有结果，请稍后用同一个 Idempotency-Key 再问一次。"
    en = "The same request is still running. Please ask again with the same Idempotency-Key."


class IdempotencyKey(TenantRow, Base):
    """One claimed key and the row that its answer is rendered from."""

    __tablename__ = "idempotency_key"
    __deletable__ = True
    __table_args__ = (UniqueConstraint("community_id", "actor_id", "operation", "key"),)

    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    operation: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    request_hmac: Mapped[str] = mapped_column(String(64))
    #: None while the first request runs; committed together with the effect.
    result_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


_KEYS = table_of(IdempotencyKey)
_CLAIM = Prepared(
    lambda: upsert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.id)
)
_ANSWER = Prepared(
    lambda: (
        update(_KEYS)
        .where(
            _KEYS.c.community_id == bindparam("p_community_id"), _KEYS.c.id == bindparam("p_row_id")
        )
        .values(result_id=bindparam("p_result_id"))
    )
)


def request_hmac(body: Mapping[str, Any]) -> str:
    """HMAC of the parsed body in canonical form.

    Keyed, because a body may be nothing but eight digits, which a plain hash would tell.
    """
    return digest("request", json.dumps(body, sort_keys=True, ensure_ascii=False, default=str))


def checked_key(key: str | None) -> str:
    """The header's value; IdempotencyKeyMissing, or IdempotencyKeyUnusable for another one."""
    if not key:
        raise IdempotencyKeyMissing(field="Idempotency-Key")
    # A form's field may bring signs that no header can, such as a NUL that no database takes.
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise IdempotencyKeyUnusable(field="Idempotency-Key")
    return key


def once(
    *,
    community_id: uuid.UUID,
    actor_id: uuid.UUID,
    operation: str,
    key: str,
    body: Mapping[str, Any],
    now: dt.datetime,
    act: Callable[[], tuple[uuid.UUID, Any]],
    replay: Callable[[uuid.UUID], Any],
) -> Any:
    """Run ``act`` once for this key; afterwards answer with ``replay(result id)``.

    ``act`` returns (id of the row its answer is rendered from, answer). Raises
    IdempotencyKeyReused when the key came with another body.
    """
    hmac = request_hmac(body)
    row_id = new_id()
    claimed = _CLAIM(
        community_id=community_id,
        id=row_id,
        actor_id=actor_id,
        operation=operation,
        key=key,
        request_hmac=hmac,
        created_at_utc=now,
    )
    if claimed.first() is None:
        return _replayed(
            community_id=community_id,
            actor_id=actor_id,
            operation=operation,
            key=key,
            hmac=hmac,
            replay=replay,
        )
    result_id, answer = act()
    _ANSWER(p_community_id=community_id, p_row_id=row_id, p_result_id=result_id)
    return answer


def _replayed(
    *,
    community_id: uuid.UUID,
    actor_id: uuid.UUID,
    operation: str,
    key: str,
    hmac: str,
    replay: Callable[[uuid.UUID], Any],
) -> Any:
    row = db.session.execute(
        tenancy.columns(
            IdempotencyKey, community_id, IdempotencyKey.request_hmac, IdempotencyKey.result_id
        ).where(
            IdempotencyKey.actor_id == actor_id,
            IdempotencyKey.operation == operation,
            IdempotencyKey.key == key,
        )
    ).one()
    if row.request_hmac != hmac:
        raise IdempotencyKeyReused(field="Idempotency-Key")
    if row.result_id is None:
        raise StillRunning()
    return replay(row.result_id)


def forget(*, community_id: uuid.UUID, before: dt.datetime) -> None:
    """Remove keys older than ``before`` (an operator command keeps a month)."""
    db.session.execute(
        tenancy.delete(IdempotencyKey, community_id).where(IdempotencyKey.created_at_utc < before)
    )
