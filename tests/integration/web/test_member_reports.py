"""Reporting a redemption on pages: filed once, followed, taken back, nobody else's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import working_days
from tests.integration.redemption.world import AllianceWorld, Holder
from tests.integration.web.conftest import Move
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
WORDS = "店员说要再加两块钱"


@pytest.fixture
def redeemed(shop_world: AllianceWorld, somebody: Holder, session: Any, move: Move) -> str:
    """The address of one redeemed redemption; the year's working days are known."""
    assert shop_world.place.district_id is not None
    working_days.enter_year(
        district_id=shop_world.place.district_id, days=working_days.published_year(2026),
        is_provisional=False,
    )  # fmt: skip
    held = shop_world.hold(somebody, shop_world.offer())
    assert held.code is not None
    shop_world.redeem(shop_world.clerk(), held.code.digits)
    session.commit()
    return f"/me/yjyx/redemptions/{held.id}"


def filed(mine: Pages, redeemed: str, **fields: Any) -> str:
    answer = mine.post(
        f"{redeemed}/report", on=f"{redeemed}/report", **({"kind": "surcharge"} | fields)
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_it_is_filed_with_the_receipt_and_followed(mine: Pages, redeemed: str) -> None:
    assert f"{redeemed}/report" in mine.page(redeemed)
    address = filed(mine, redeemed, text=WORDS)
    page = mine.page(address)
    for words in ("店里多收了钱", WORDS, "这段话只有社区看得到。", "您提交了", "前答复"):
        assert words in page
    assert address in mine.page(redeemed)
    assert address in mine.page("/me/yjyx/reports")
    assert "我反映过的事" in mine.page("/me/yjyx/redemptions")


def test_sent_twice_it_is_one_and_a_second_is_refused(mine: Pages, redeemed: str) -> None:
    key = {"idempotency_key": "the-same-key"}
    address = filed(mine, redeemed, text=WORDS, **key)
    assert filed(mine, redeemed, text=WORDS, **key) == address
    path = f"{redeemed}/report"
    second = mine.post(path, on=path, kind="refused")
    assert second.status_code == 409
    assert "这一笔已经有一件在办" in second.text


def test_what_is_missing_is_said_and_what_was_typed_stays(mine: Pages, redeemed: str) -> None:
    path = f"{redeemed}/report"
    nothing = mine.post(path, on=path, text=WORDS)
    assert nothing.status_code == 422
    assert 'id="kind-more"' in nothing.text
    assert WORDS in nothing.text
    other = mine.post(path, on=path, kind="other", shares_words="1")
    assert other.status_code == 422
    assert 'id="text-more"' in other.text
    assert re.search(r'value="other" checked', other.text)
    assert re.search(r'name="shares_words" value="1" checked', other.text)
    long = mine.post(path, on=path, kind="other", text="长" * 301)
    assert long.status_code == 422
    assert "最多 300 个字" in long.text


def test_it_is_taken_back_while_it_is_open(mine: Pages, redeemed: str) -> None:
    address = filed(mine, redeemed)
    version = re.search(r'name="version" value="(\d+)"', mine.page(address))
    assert version is not None
    stale = mine.post(f"{address}/withdrawal", on=address, version="99")
    assert stale.status_code == 409
    done = mine.post(f"{address}/withdrawal", on=address, version=version[1])
    assert done.location == address
    page = mine.page(address)
    assert "您撤回了" in page
    assert "/withdrawal" not in page
    assert mine.post(f"{address}/withdrawal", on="/me?account=1", version="2").status_code == 409


def test_nobody_else_reads_or_files_it(
    client: FlaskClient, mine: Pages, redeemed: str, shop_world: AllianceWorld
) -> None:
    address = filed(mine, redeemed)
    other = Pages(client.application.test_client(), shop_world.holder().actor)
    for path in (address, f"{redeemed}/report"):
        assert other.get(path).status_code == 404
    assert other.post(f"{redeemed}/report", on="/me?account=1", kind="refused").status_code in (
        404,
        422,
    )
    assert other.post(f"{address}/withdrawal", on="/me?account=1", version="1").status_code == 404
    assert address not in other.page("/me/yjyx/reports")
