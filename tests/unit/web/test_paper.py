"""The sheet on paper: columns are read downwards and no row is lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from tests.unit.web import samples
from web.board import paper
from web.board.ranking_views import RankRow


def rows(count: int) -> list[RankRow]:
    return [RankRow(household_code=f"{n:04d}", score=Decimal(10)) for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50, 51, 52, 93, 96, 147, 148, 985])
def test_every_row_stands_once_in_order(count: int) -> None:
    given = rows(count)
    read: list[RankRow] = []
    for page in paper.sheets(given, rows_first=17, rows_full=32):
        for column in range(paper.COLUMNS):
            read += [line[column] for line in page if line[column] is not None]  # type: ignore[misc]
    assert read == given


def test_the_first_page_has_less_room() -> None:
    pages = paper.sheets(rows(51 + 96 + 4), rows_first=17, rows_full=32)
    assert [len(page) for page in pages] == [17, 32, 2]
    assert all(len(line) == paper.COLUMNS for page in pages for line in page)


@pytest.mark.parametrize(
    ("top", "begins_page"), [(0, True), (51, True), (53, False), (51 + 60, False), (51 + 63, True)]
)
def test_a_page_is_not_left_nearly_empty(top: int, begins_page: bool) -> None:
    layout = paper.laid_out(rows(top), rows(200))
    assert layout["rest_begins_page"] is begins_page
    on_shared_page = len(layout["top"][-1]) + len(layout["rest"][0]) if top else 0
    assert begins_page or on_shared_page < paper.ROWS_HEADED


def test_paper_carries_deadline_ways_and_proof(html: Callable[..., str]) -> None:
    page = html("/c/yjyx/notices/2026-11/print")
    for word in ("忻府区桥西街街道怡居苑西社区", "12月10日（周四）18:00", "0350-555 0118",
                 'class="qr"',
                 "更正公告 1 号", "其余 985 位居民的得分", "3f9a 71c2 08be 5d40"):  # fmt: skip
        assert word in page
    assert page.count("<td>00") + page.count("<td>0") >= samples.REST_COUNT


def test_the_footer_of_each_page_is_a_style_sheet_of_its_own(browser: FlaskClient) -> None:
    answer = browser.get("/c/yjyx/notices/2026-11/print.css")
    assert answer.mimetype == "text/css"
    assert '"怡居苑西社区 公示〔2026〕11 号　摘要 3f9a 71c2 08be 5d40"' in answer.text
    assert "counter(pages)" in answer.text
