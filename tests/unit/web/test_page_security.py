"""Nothing inline, nothing from elsewhere, not in search engines, searches counted."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kernel.settings import Environment
from tests.unit.web import samples
from web.limiting import SEARCHES_PER_MINUTE

PATHS = ["/", "/c/yjyx/", "/c/empty/", "/c/yjyx/notices", "/c/yjyx/notices/2026-10",
         "/c/yjyx/notices/2026-11/print", "/c/yjyx/ranking", "/c/yjyx/merchants",
         "/c/yjyx/merchants/laoxing", "/c/yjyx/objection", "/c/yjyx/rulebook",
         f"/c/yjyx/rulebook/consultations/{samples.CONSULTATION.id}", "/m/yjyx/laoxing",
         "/nowhere"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_strict_policy_and_pages_that_need_no_exception(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<[^>]+\sstyle=|<style|<[^>]+\son\w+=|javascript:", answer.text)
    for script in re.findall(r"<script[^>]*>", answer.text):
        assert 'src="/static/' in script
    assert not re.search(r'(?:src|href)="https?://', answer.text)


@pytest.mark.parametrize("path", PATHS)
def test_one_main_heading_and_one_landmark(browser: FlaskClient, path: str) -> None:
    page = browser.get(path).text
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert len(re.findall(r"<main[ >]", page)) == 1


def test_a_page_is_asked_again_by_its_etag_but_a_search_is_not_kept(browser: FlaskClient) -> None:
    first = browser.get("/c/yjyx/")
    again = browser.get("/c/yjyx/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    browser.set_cookie("size", "elder")
    elder = browser.get("/c/yjyx/", headers={"If-None-Match": first.headers["ETag"]})
    assert elder.status_code == 200
    search = browser.get("/c/yjyx/?household=0317&surname=王")
    assert search.headers["Cache-Control"] == "no-store"


def test_searching_is_counted_reading_is_not(browser: FlaskClient) -> None:
    for _ in range(SEARCHES_PER_MINUTE):
        assert browser.get("/c/yjyx/?household=0317&surname=王").status_code == 200
    refused = browser.get("/c/yjyx/notices/2026-11?household=0318&surname=王")
    assert refused.status_code == 429
    assert "查得太快了" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert browser.get("/c/yjyx/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "title", "step"),
    [
        ("get", "/nowhere", 404, "没有找到这一页", "去公示栏找"),
        ("get", "/c/none/", 404, "没有找到这一页", "去公示栏找"),
        ("get", "/me/none/at/all", 404, "没有找到这一页", "回我的首页"),
        ("get", "/office/none/at/all", 404, "没有找到这一页", "回办公首页"),
        ("get", "/counter/none", 404, "没有找到这一页", "回扫码页"),
        ("get", "/mean", 404, "没有找到这一页", "去公示栏找"),
        ("post", "/c/yjyx/", 405, "这一页只能看", "回公示栏"),
        ("get", "/c/yjyx/notices/2026-13", 422, "这一步没有办成", "回公示栏"),
        ("get", "/c/yjyx/ranking?month=x", 422, "这一步没有办成", "回公示栏"),
    ],
)
def test_an_error_is_a_page_with_one_next_step(
    browser: FlaskClient, method: str, path: str, status: int, title: str, step: str
) -> None:
    answer = browser.open(path, method=method)
    assert answer.status_code == status
    assert title in answer.text
    assert answer.text.count("btn-main") == 1
    assert step in answer.text


@pytest.mark.parametrize(
    ("status", "title"), [(500, "这一页没有打开"), (503, "系统正忙"), (418, "这一步没有办成")]
)
def test_defects_and_other_errors_are_pages_too(
    browser: FlaskClient, status: int, title: str
) -> None:
    from web import error_page

    with browser.application.test_request_context("/c/yjyx/?unit=grid"):
        answer = error_page("some_code", status, "一句话。")
        assert answer.status_code == status
        assert title in answer.get_data(as_text=True)
        assert "一句话。" in answer.get_data(as_text=True)


def test_an_error_page_never_links_to_another_site(browser: FlaskClient) -> None:
    page = browser.get("//evil.example/%2e%2e", follow_redirects=True).text
    assert 'href="//' not in page


@pytest.mark.parametrize(
    ("environment", "is_said"), [(Environment.TEST, False), (Environment.DEMO, True)]
)
def test_a_demo_says_that_it_is_one(browser: FlaskClient, is_said: bool) -> None:
    for path in ("/", "/c/yjyx/", "/c/yjyx/notices/2026-11/print"):
        assert ("演示数据：人名、店名和数字都是虚构的。" in browser.get(path).text) is is_said
