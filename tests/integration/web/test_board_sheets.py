"""The board of a month with two sheets: each by its address, and no tab where there is one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import clock
from tests.integration.review.two_sheets import two_noticed
from tests.integration.review.world import MONTH, ON_NOTICE, ReviewWorld, scored_world
from tests.integration.web.test_board import MOST_STATEMENTS, text_of
from tests.support.backend import Backend
from web.limiting import limiter

HOME = "/c/yijuyuan"
HOMES = "rulebook=homes"
#: Pages of the second sheet, after /c/<code>.
PAGES = (f"/?{HOMES}", f"/?{HOMES}&unit=household", f"/?{HOMES}&unit=grid", f"/ranking?{HOMES}",
         f"/notices/{MONTH}?{HOMES}", f"/notices/{MONTH}/print?{HOMES}",
         f"/notices/{MONTH}/print.css?{HOMES}", f"/rulebook?{HOMES}")  # fmt: skip


@pytest.fixture(autouse=True)
def world(backend: Backend, session: Any) -> Iterator[ReviewWorld]:
    """On notice, with members' and households' sheet; the pages' clock stands within it."""
    noticed = backend.remembered(two_noticed)
    limiter.reset()
    clock.set_offset(ON_NOTICE - dt.datetime.now(dt.UTC))
    yield noticed
    clock.set_offset(dt.timedelta(0))


def chosen(page: str, label: str) -> list[str]:
    """The chips with this label, the chosen one marked."""
    chips = page.split(f'aria-label="{label}"')[1].split("</nav>", maxsplit=1)[0]
    return [
        f"[{word}]" if current else word
        for current, word in re.findall(r'<a [^>]*?( aria-current="true")?>([^<]+)</a>', chips)
    ]


def test_the_first_sheet_needs_no_name_and_links_to_the_other(client: FlaskClient) -> None:
    page = client.get(f"{HOME}/").text
    assert chosen(page, "哪一张月表") == ["[测试细则]", "家庭积分细则"]
    assert chosen(page, "排行的单位") == ["[居民]", "家庭", "网格"]
    assert "另有 3 人不单列：低于基础分，或者自家在另一张月表上低于基础分。" in text_of(page)
    own = page.split("哪一张月表")[1]
    assert f'href="{HOME}/?{HOMES}"' in own
    assert f'href="{HOME}/notices/{MONTH}/print"' in page


def test_the_second_sheet_stays_with_its_links(client: FlaskClient) -> None:
    page = client.get(f"{HOME}/?{HOMES}").text
    assert chosen(page, "哪一张月表") == ["测试细则", "[家庭积分细则]"]
    assert chosen(page, "排行的单位") == ["[家庭]", "网格"]
    assert "另有 2 户不单列" in text_of(page)
    for address in ("/rulebook", f"/notices/{MONTH}/print"):
        assert f'href="{HOME}{address}?{HOMES}"' in page, address
    assert re.search(rf'href="{HOME}/ranking\?[^"]*{HOMES}"', page)
    assert '<input type="hidden" name="rulebook" value="homes">' in page
    found = client.get(f"{HOME}/?{HOMES}&household=0102&surname=李").text
    assert "14 分，第 2 名" in text_of(found)


def test_paper_is_of_one_sheet(client: FlaskClient) -> None:
    text = text_of(client.get(f"{HOME}/notices/{MONTH}/print?{HOMES}").text)
    assert "社区 公示〔2026〕1 号 · 家庭积分细则" in text
    assert "参与家庭 3 户" in text
    assert "《家庭积分细则》（第 1 版）" in text
    assert "同一户在另一张月表上低于基础分的，这里也只计数" in text


def test_pages_of_a_sheet_read_as_little_as_those_of_the_only_one(
    client: FlaskClient, count_statements: Callable[[], Any]
) -> None:
    for page in PAGES:
        with count_statements() as seen:
            assert client.get(f"{HOME}{page}").status_code == 200, page
        assert len(seen) <= MOST_STATEMENTS, page


def test_where_there_is_one_sheet_there_is_nothing_to_choose(client: FlaskClient) -> None:
    scored_world("single").bring_to_notice()
    for page in ("/", "/ranking", f"/notices/{MONTH}/print", "/rulebook"):
        answer = client.get(f"/c/single{page}")
        assert answer.status_code == 200, page
        for word in ("哪一张", "哪一份", "rulebook=", "不单列"):
            assert word not in answer.text, (page, word)
