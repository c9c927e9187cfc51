"""A hundred times the same redeem at once, over HTTP to several processes.

The twin with its guard off is in tests/integration/redemption/test_duplicates.py, where the guard
can be reached.
"""

from __future__ import annotations

import threading
from decimal import Decimal

import httpx
import pytest

from kernel.database import db
from tests.faults.server import Web
from tests.faults.shoppers import PRICE, open_shop
from tests.integration.redemption.world import NOW
from tests.support.at_once import in_threads
from tests.support.backend import Backend

HUNDRED = 100
pytestmark = [pytest.mark.postgresql, pytest.mark.long]


def test_one_effect_and_a_hundred_equal_answers(web: Web, durable: Backend) -> None:
    with durable.app.app_context():
        shop = open_shop(1, grants=1)
        holder = shop.holders[0][0]
        offer = shop.world.offer(PRICE)
        # A living code for the server, whose clock began at NOW when it started.
        held = shop.world.shop.hold(holder, offer, now=NOW + web.age)
        db.session.commit()
        db.session.remove()
    assert held.code is not None
    token = held.code.token

    def press(together: threading.Barrier) -> httpx.Response:
        together.wait()
        return phones.post(
            f"http://127.0.0.1:{web.port}/api/v1/counter/redeem",
            json={"code": token},
            headers={
                "Authorization": f"Bearer {shop.clerk_token}",
                "Idempotency-Key": "the-same-key",
            },
        )

    # A connection for each; certificates, which nobody needs here, are read once for all.
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=HUNDRED)) as phones:
        answers = in_threads([press] * HUNDRED)
    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    with durable.app.app_context():
        assert shop.world.shop.points_of(holder) == (1000 - PRICE, Decimal(0), Decimal(0))
        db.session.remove()
