"""The same key and body: one effect, one answer; another body is refused."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from kernel import idempotency, unit_of_work
from kernel.database import db
from kernel.ids import new_id

COMMUNITY, ACTOR = new_id(), new_id()


def once(now: dt.datetime, effects: list[uuid.UUID], **changes: Any) -> Any:
    def act() -> tuple[uuid.UUID, str]:
        effects.append(new_id())
        return effects[-1], f"first {effects[-1]}"

    arguments: dict[str, Any] = {
        "community_id": COMMUNITY,
        "actor_id": ACTOR,
        "operation": "redeem",
        "key": "key-12345",
        "body": {"code": "1"},
        "now": now,
        "act": act,
        "replay": lambda row_id: f"again {row_id}",
        **changes,
    }
    return unit_of_work.run(lambda: idempotency.once(**arguments))


def test_a_repeated_request_is_answered_from_the_first(session: Any, now: dt.datetime) -> None:
    effects: list[uuid.UUID] = []
    assert once(now, effects) == f"first {effects[0]}"
    assert once(now, effects) == f"again {effects[0]}"
    assert len(effects) == 1


def test_the_same_key_with_another_body_is_refused(session: Any, now: dt.datetime) -> None:
    effects: list[uuid.UUID] = []
    once(now, effects)
    with pytest.raises(idempotency.IdempotencyKeyReused):
        once(now, effects, body={"code": "2"})
    assert len(effects) == 1


@pytest.mark.parametrize(
    "change",
    [{"actor_id": new_id()}, {"operation": "issue"}, {"community_id": new_id()},
     {"key": "another-key"}],
)  # fmt: skip
def test_a_key_belongs_to_community_actor_and_operation(
    session: Any, now: dt.datetime, change: dict[str, Any]
) -> None:
    effects: list[uuid.UUID] = []
    once(now, effects)
    once(now, effects, **change)
    assert len(effects) == 2


def test_a_failed_first_request_leaves_the_key_free(session: Any, now: dt.datetime) -> None:
    def fails() -> tuple[uuid.UUID, str]:
        raise idempotency.StillRunning()

    effects: list[uuid.UUID] = []
    with pytest.raises(idempotency.StillRunning):
        once(now, effects, act=fails)
    assert once(now, effects).startswith("first")


@pytest.mark.parametrize("key", [None, ""])
def test_no_key_is_told(key: str | None) -> None:
    with pytest.raises(idempotency.IdempotencyKeyMissing):
        idempotency.checked_key(key)


@pytest.mark.parametrize(
    "key", ["short", "x" * 65, "键键键键键键键键", "a form\x00", "a\nform\n..."]
)
def test_a_key_that_cannot_be_used_is_told_apart_from_none(key: str) -> None:
    with pytest.raises(idempotency.IdempotencyKeyUnusable):
        idempotency.checked_key(key)


def eight_at_once(app: Flask, now: dt.datetime) -> tuple[list[uuid.UUID], list[str]]:
    """The effects and the answers of one request that is sent eight times at once."""
    effects: list[uuid.UUID] = []
    answers: list[str] = []
    start = threading.Barrier(8)

    def call() -> None:
        with app.app_context():
            start.wait()
            answers.append(once(now, effects))
            db.session.remove()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return effects, answers


def test_eight_at_once_have_one_effect(app: Flask, now: dt.datetime) -> None:
    effects, answers = eight_at_once(app, now)
    assert len(effects) == 1
    assert Counter(answer.split()[0] for answer in answers) == {"first": 1, "again": 7}


def test_without_the_claimed_row_each_has_its_own(
    app: Flask, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = SimpleNamespace(first=lambda: ("a row",))
    monkeypatch.setattr(idempotency, "_CLAIM", lambda **_: claimed)
    effects, _ = eight_at_once(app, now)
    assert len(effects) == 8


def test_old_keys_are_forgotten(session: Any, now: dt.datetime) -> None:
    effects: list[uuid.UUID] = []
    once(now, effects)
    later = now + dt.timedelta(days=40)
    unit_of_work.run(idempotency.forget, community_id=COMMUNITY, before=later)
    once(later, effects)
    assert len(effects) == 2
