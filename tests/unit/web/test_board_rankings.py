"""What the page of the rulebook's own rankings says, in each state and in English."""

from __future__ import annotations

import re

import pytest

from tests.unit.web import book_samples
from tests.unit.web.test_board_pages import Html, text_of
from web.board.book_ranking_reading import with_periods

PAGE = "/c/yjyx/rankings"


def test_the_chosen_ranking_stands_under_its_rule_and_its_periods(html: Html) -> None:
    page = html(PAGE)
    text = text_of(page)
    order = ["居民月排名 2026年10月", "取前 3 名", "11月正在公示，12月10日截止", "2026年9月",
             "更早的", "同分同名次", "王*", "其余的按户号排", "找我的一行",
             "重点人群排名不公开"]  # fmt: skip
    places = [text.rindex(word) for word in order]
    assert places == sorted(places)
    assert re.findall(r'class="[^"]*">(\d+)</span></td>', page) == ["1", "2", "2"]
    assert page.count('aria-current="true">居民月排名</a>') == 1
    assert 'href="/c/yjyx/rankings?month=2025-10">更早的</a>' in page
    assert 'href="/c/yjyx/rankings?ranking=hours"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ranking=homes", ["2026年11月至2027年1月", "算进 2 个归档的月份", "户 0809 8 网格"]),
        ("ranking=hours", ["至今", "服务时长（小时）", "一样多的同名次", "5.25"]),
        ("ranking=new", ["这一期没有这张排名"]),
        ("lang=en", ["Rankings of the rulebook", "October 2026", "Equals share a rank",
                     "November is on notice until 10 December"]),
        ("ranking=homes&lang=en", ["November 2026 to January 2027", "2 sealed months are counted"]),
        ("ranking=hours&lang=en", ["Up to now", "Equal amounts share a rank"]),
    ],
)  # fmt: skip
def test_each_period_and_measure_is_named(html: Html, query: str, words: list[str]) -> None:
    text = text_of(html(f"{PAGE}?{query}"))
    assert [word for word in words if word not in text] == []


def test_without_any_ranking_it_says_how_one_gets_here(html: Html) -> None:
    text = text_of(html("/c/empty/rankings"))
    assert "细则里还没有公开的排名" in text
    assert "居民议事会在细则里定了排名" in text


@pytest.mark.parametrize(
    ("at", "first", "shown", "later", "earlier"),
    [
        (0, "2026-12", 12, None, "2025-12"),
        (11, "2026-12", 12, None, "2025-12"),
        (12, "2025-12", 12, "2026-01", "2024-12"),
        (29, "2024-12", 6, "2025-01", None),
    ],
)
def test_periods_stand_in_lots_that_lead_to_each_other(
    at: int, first: str, shown: int, later: str | None, earlier: str | None
) -> None:
    months = [f"{2026 - n // 12}-{12 - n % 12:02d}" for n in range(30)]
    found = [book_samples.period(each, each, each, chosen=n == at) for n, each in enumerate(months)]
    page = with_periods(book_samples.empty(), found)
    assert (page.periods[0].month, len(page.periods)) == (first, shown)
    assert (page.later, page.earlier) == (later, earlier)
    assert page.period == found[at]
