"""The board over real months: each state of a notice, and what must never be on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from community.models import Community
from kernel import clock
from kernel.database import db
from points.models import MonthState
from tests.integration.review.world import MONTH, ON_NOTICE, SEALED, ReviewWorld, scored_world
from tests.support.backend import Backend

#: Pages of a community that is on notice, after /c/<code>.
PAGES = ("/", "/?unit=household", "/?unit=grid", "/notices", f"/notices/{MONTH}",
         f"/notices/{MONTH}/print", f"/notices/{MONTH}/print.css", "/ranking", "/ranking?page=9",
         "/ranking?unit=household", "/objection", "/merchants", "/rulebook")  # fmt: skip
#: One page reads the place, the notice, the rows, the shops and the rulebook, each once.
MOST_STATEMENTS = 25

At = Callable[[dt.datetime], None]


@pytest.fixture
def at() -> Iterator[At]:
    """Set the clock of the pages."""
    yield lambda instant: clock.set_offset(instant - dt.datetime.now(dt.UTC))
    clock.set_offset(dt.timedelta(0))


def scored_beside_noise() -> ReviewWorld:
    noise = scored_world("noise")
    noise.bring(MonthState.ON_NOTICE)
    return scored_world()


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    """Six members; 0106 孙* is below base. Another community is on notice beside it."""
    return backend.remembered(scored_beside_noise)


@pytest.fixture
def home(world: ReviewWorld) -> str:
    community = db.session.get(Community, world.community_id)
    assert community is not None
    return f"/c/{community.code}"


def on_board(world: ReviewWorld, state: MonthState) -> None:
    world.bring(state)
    db.session.commit()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_before_the_first_notice(
    client: FlaskClient, world: ReviewWorld, home: str, at: At
) -> None:
    on_board(world, MonthState.SIGNED)
    at(SEALED)
    answer = client.get(f"{home}/")
    assert answer.status_code == 200
    assert "还没有公示" in answer.text
    assert "王*" not in answer.text
    assert client.get(f"{home}/ranking").status_code == 404
    assert client.get(f"{home}/notices/{MONTH}").status_code == 404


def test_the_clock_does_not_count_the_day_of_publishing(
    client: FlaskClient, world: ReviewWorld, home: str, at: At
) -> None:
    on_board(world, MonthState.ON_NOTICE)
    at(ON_NOTICE)
    page = client.get(f"{home}/").text
    days = page.split('class="ll-days"')[1].split("</div>")[0]
    assert re.findall(r"<b>(\d+)</b>", days) == ["5", "6", "7", "8", "9", "10", "11"]
    assert "公示期还有 4 个工作日，截止 11月11日（周三）18:00" in days
    at(clock.at(dt.date(2026, 11, 4), dt.time(20)))
    assert "公示期还有 5 个工作日" in client.get(f"{home}/").text


def test_no_page_of_a_month_on_notice_shows_a_row_below_base(
    client: FlaskClient,
    world: ReviewWorld,
    home: str,
    at: At,
    count_statements: Callable[[], Any],
) -> None:
    on_board(world, MonthState.ON_NOTICE)
    at(ON_NOTICE)
    for page in PAGES:
        with count_statements() as seen:
            answer = client.get(f"{home}{page}")
        assert answer.status_code == 200, page
        assert len(seen) <= MOST_STATEMENTS, page
        text = text_of(answer.text)
        assert "孙*" not in text, page
        assert "0106" not in text, page
    assert "另有 1 人低于基础分" in client.get(f"{home}/ranking").text


def test_a_row_is_found_by_code_and_surname_unless_it_is_not_public(
    client: FlaskClient, world: ReviewWorld, home: str, at: At
) -> None:
    on_board(world, MonthState.ON_NOTICE)
    at(ON_NOTICE)
    assert "22 分，第 2 名" in text_of(client.get(f"{home}/?household=0103&surname=张").text)
    listed = text_of(client.get(f"{home}/?household=0104&surname=赵").text)
    assert "15 分" in listed.split("找我的一行")[1].split("名次")[0]
    below = client.get(f"{home}/?household=0106&surname=孙").text
    nobody = client.get(f"{home}/?household=0199&surname=孙").text
    assert "公示里没有这一行" in below
    assert below.replace("0106", "0199") == nobody


def test_a_sealed_month_is_kept_and_the_next_one_is_told(
    client: FlaskClient, world: ReviewWorld, home: str, at: At
) -> None:
    on_board(world, MonthState.SEALED)
    at(SEALED)
    page = client.get(f"{home}/").text
    assert "stamp-sealed" in page
    assert "ll-days" not in page
    assert "11月到哪一步了" in page
    assert "已归档" in client.get(f"{home}/notices").text


def test_the_front_page_names_both_communities(
    client: FlaskClient, world: ReviewWorld, home: str, at: At
) -> None:
    on_board(world, MonthState.SEALED)
    at(SEALED)
    page = client.get("/").text
    assert 'href="/c/noise/"' in page
    assert f'href="{home}/"' in page
    assert page.count("公示中") >= 1


@pytest.mark.parametrize("path", ["/c/none/", "/c/none/rulebook", "/c/none/merchants", "/m/none/x"])
def test_a_community_that_is_not_there_is_a_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text


def test_a_nul_in_a_search_breaks_no_page(
    client: FlaskClient, world: ReviewWorld, home: str
) -> None:
    """PostgreSQL takes none in a text."""
    on_board(world, MonthState.ON_NOTICE)
    searches = ("?household=%00&surname=%00", "?household=0101%00&surname=%00", "rulebook?q=%00")
    for path in (*searches, "merchants?q=a%00b"):
        assert client.get(f"{home}/{path}").status_code == 200, path
