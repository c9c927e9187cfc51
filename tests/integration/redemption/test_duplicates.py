"""A hundred times the same redeem at once: one effect, a hundred equal answers."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kernel import clock, idempotency, tenancy
from kernel.database import db
from points.models import Transfer
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import NOW, Holder
from tests.support.at_once import in_threads

HUNDRED = 100
KEY = "the-same-key-every-time"


@pytest.fixture(autouse=True)
def _at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class Counter:
    """A holder's living code, and a clerk who presses the button again and again."""

    def __init__(self) -> None:
        self.world: WholeWorld = whole_world()
        self.holder: Holder = self.world.rich_holder()
        held = self.world.shop.hold(self.holder, self.world.offer(Decimal(8), stock=5))
        assert held.code is not None
        self.code = held.code.token
        self.token = self.world.token(self.world.shop.clerk())
        # A second one is held too: a code that was redeemed twice would find points to take.
        self.world.shop.hold(self.holder, self.world.offer(Decimal(8), stock=5))
        db.session.commit()
        db.session.remove()

    def press(self, app: Flask) -> Callable[[threading.Barrier], tuple[int, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": KEY}

        def request(together: threading.Barrier) -> tuple[int, Any]:
            client = app.test_client()
            together.wait()
            answer = client.post(
                "/api/v1/counter/redeem", json={"code": self.code}, headers=headers
            )
            return answer.status_code, answer.get_json()

        return request

    def check(self, answers: list[tuple[int, Any]]) -> None:
        first = answers[0]
        assert first[0] == 200
        assert [answer for answer in answers if answer != first] == []
        self.check_effect(uuid.UUID(first[1]["id"]))

    def check_effect(self, redemption_id: uuid.UUID) -> None:
        """One transfer, and the second hold untouched."""
        moved = tenancy.columns(
            Transfer, self.world.community_id, Transfer.redemption_id, Transfer.points
        ).where(Transfer.kind == "redemption")
        assert [tuple(row) for row in db.session.execute(moved)] == [(redemption_id, Decimal(8))]
        assert self.world.shop.points_of(self.holder) == (992, 8, 0)


@pytest.fixture
def counter(session: Any) -> Counter:
    return Counter()


def test_one_effect_and_a_hundred_equal_answers(app: Flask, counter: Counter) -> None:
    counter.check(in_threads([counter.press(app)] * HUNDRED))


def test_the_check_fails_where_keys_are_not_remembered(
    app: Flask, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "once", lambda *, act, **_: act()[1])
    answers = in_threads([counter.press(app)] * HUNDRED)
    with pytest.raises(AssertionError):
        counter.check(answers)
    # The code is still redeemed once: that guard is another one.
    receipts = [body for status, body in answers if status == 200]
    counter.check_effect(uuid.UUID(receipts[0]["id"]))
