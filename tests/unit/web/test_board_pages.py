"""What each page of the board says, in each state."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from points.models import MonthState
from tests.unit.web import samples

Html = Callable[..., str]
CONSULTATION = f"/c/yjyx/rulebook/consultations/{samples.CONSULTATION.id}"


def text_of(page: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_on_notice_everything_needed_to_object_stands_first(html: Html) -> None:
    page = html("/c/yjyx/")
    text = text_of(page)
    order = [
        "怡居苑西社区 公示〔2026〕11 号",
        "公示期还有",
        "截止 12月10日（周四）18:00",
        "提出异议",
        "打电话提",
        "得分排行",
        "异议和更正",
        "全部 14 家",
        "核对真伪",
        "积分细则（第 2 版）",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert 'href="tel:03505550118"' in page
    assert "3f9a 71c2 08be 5d40" in text
    assert "1,036 人" in text
    assert "stamp-notice" in page


def test_the_clock_is_one_picture_with_a_sentence(html: Html) -> None:
    page = html("/c/yjyx/")
    assert 'role="img" aria-label="公示期还有 3 个工作日，截止 12月10日（周四）18:00"' in page
    assert page.count("is-off") == 2
    assert page.count("is-last") == 1


def test_equal_scores_have_the_same_number_and_marks_are_words(html: Html) -> None:
    page = html("/c/yjyx/")
    ranks = re.findall(r'<td><span class="[^"]*">(\d+)</span></td>', page)
    assert ranks == [str(row.rank) for row in samples.MEMBERS]
    assert ranks[:4] == ["1", "2", "2", "4"]
    assert text_of(page).count("异议中") == 3
    assert (
        "户 0611 郭*：45 分改为 47 分，名次 8 改为 7。"
        in text_of(page).replace(" 户", "户").replace("户", " 户").strip()
    )


def test_own_row_is_found_without_script_and_marked(html: Html) -> None:
    page = html("/c/yjyx/?household=0317&surname=王")
    assert page.count('class="is-me"') == 1
    assert "36 分，第 12 名" in text_of(page)
    assert "对这行提异议" in page
    assert 'value="0317"' in page


def test_a_row_that_is_not_there_names_the_next_step(html: Html) -> None:
    text = text_of(html("/c/yjyx/?household=9999&surname=王"))
    assert "公示里没有这一行。请核对户号和姓" in text
    assert "0350-555 0118" in text


def test_what_was_typed_is_escaped(html: Html) -> None:
    page = html('/c/yjyx/?household="><script>alert(1)</script>&surname=<b>')
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("path", ["", "notices/2026-11/print"], ids=["page", "paper"])
@pytest.mark.parametrize(
    ("language", "said"), [("zh", "120 ?积分"), ("en", "120 points")], ids=["zh", "en"]
)
def test_a_batch_counts_points_and_not_the_score(
    html: Html, path: str, language: str, said: str
) -> None:
    """An opening batch counts in the balance alone: its sum is points, not a part of the score."""
    text = text_of(html(f"/c/yjyx/{path}?lang={language}"))
    adjustments = re.split("批量调整|Adjustments in batches", text)[1][:40]
    assert re.search(said, adjustments)
    assert "score" not in adjustments


def test_a_sealed_month_has_no_clock_and_another_stamp(html: Html) -> None:
    page = html("/c/yjyx/notices/2026-10")
    assert "stamp-sealed" in page
    assert "ll-days" not in page
    assert "提出异议" not in text_of(page)
    assert "12月11日" in page


def test_before_the_first_notice_the_stations_are_shown(html: Html) -> None:
    page = html("/c/empty/")
    assert "还没有公示" in page
    assert page.count('aria-current="step"') == 1
    assert "得分排行" not in page


@pytest.mark.parametrize("state", list(MonthState))
def test_each_station_of_a_month_can_be_shown(pages: Flask, state: MonthState) -> None:
    with pages.test_request_context("/"):
        template = pages.jinja_env.from_string(
            '{% from "components/steps.html" import steps %}{{ steps(state) }}'
        )
        assert template.render(state=state).count("is-now") == 1


@pytest.mark.parametrize(
    ("unit", "word"), [("member", "居民"), ("household", "家庭"), ("grid", "网格")]
)
def test_the_unit_is_chosen_by_a_link(html: Html, unit: str, word: str) -> None:
    page = html(f"/c/yjyx/?unit={unit}")
    assert f'aria-current="true">{word}</a>' in page


def test_below_the_top_nobody_has_a_name_or_a_rank(html: Html) -> None:
    page = html("/c/yjyx/ranking")
    rest = page.split('class="table ll-rest"')[1]
    assert "*" not in text_of(rest.split("</table>")[0])
    assert rest.count("<tr>") == 50
    assert "另有 3 人低于基础分，只公布人数。" in page


def test_paging_keeps_the_rest_of_the_address(html: Html) -> None:
    page = html("/c/yjyx/ranking?month=2026-11&unit=member&page=2")
    assert "/c/yjyx/ranking?month=2026-11&amp;unit=member&amp;page=3" in page
    assert 'rel="prev"' in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", ["忻府区", "怡居苑西社区", "公示中", "12月10日", "已归档", "还没有公示过"]),
        ("/?q=九源", ["九源社区"]),
        ("/?q=没有", ["没有找到这个社区", "看全部 3 个社区"]),
        ("/c/yjyx/notices", ["2026年9月", "已更正", "第 1 页，共 2 页", "下一页"]),
        ("/c/yjyx/objection", ["手机上提", "到窗口提", "12月10日（周四）18:00", "书面答复"]),
        ("/c/empty/objection", ["现在没有正在公示的月份"]),
        ("/c/yjyx/merchants", ["怡居苑西红色商业联盟", "老邢家常菜", "8 积分"]),
        ("/c/yjyx/merchants?q=zzz", ["没有找到这家店", "看全部商户"]),
        ("/c/yjyx/merchants/laoxing", ["每人每天 1 次", "兑换不用再付钱", "现在不能兑", "怎么兑"]),
        ("/m/yjyx/laoxing", ["老邢家常菜", "60岁以上早餐一份", "怎么兑"]),
        ("/c/yjyx/rulebook", ["社区志愿服务", "遵守居民公约", "没有采纳的条款", "居民议事会"]),
        ("/c/yjyx/rulebook?q=积雪", ["主动清理公共区域积雪"]),
        ("/c/yjyx/rulebook?q=zzz", ["细则里没有这个词", "看全文"]),
        ("/c/yjyx/rulebook", ["正在征求意见，到 2026年12月15日 为止", "看文本和意见",
                              "得分按月计算"]),
        (CONSULTATION, ["收到 23 条，已答复 2 条", "扫雪应当多给一点", "部分采纳",
                        "原话已删去", "打电话提", "遵守居民公约", "最后一天也收"]),
        (f"{CONSULTATION}?q=zzz", ["意见和答复里没有这个词"]),
    ],
)  # fmt: skip
def test_pages_say_what_they_are_for(html: Html, path: str, words: list[str]) -> None:
    text = text_of(html(path))
    assert [word for word in words if word not in text] == []


def test_a_price_is_points_and_a_deed_is_score(html: Html) -> None:
    offers = text_of(html("/c/yjyx/merchants").split("ll-entries")[1].split("</ul>")[0])
    assert re.findall(r"\d+ (积分|分)", offers) == ["积分"] * len(samples.MERCHANTS)
