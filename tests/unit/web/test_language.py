"""Chinese first; English complete, by link and remembered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

WEB = Path(__file__).resolve().parents[3] / "web"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.css", "jinja2")]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with (WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


@pytest.fixture(scope="module")
def texts() -> dict[str | tuple[str, ...], str]:
    """Every text of the pages → the file it stands in."""
    return {
        message: name
        for name, _line, message, _comments, _context in extract_from_dir(WEB, METHODS)
        if not name.startswith("static/")
    }


def test_every_text_has_an_english_one(catalog: Catalog, texts: dict[str, str]) -> None:
    assert len(texts) > 150
    missing = []
    for text, name in texts.items():
        message = catalog.get(text)
        words = () if message is None else message.string
        if not words or not all(words) or message.fuzzy:
            missing.append(f"{name}: {text}")
    assert missing == []


def test_no_english_text_is_left_over(catalog: Catalog, texts: dict[str, str]) -> None:
    assert [message.id for message in catalog if message.id and message.id not in texts] == []


def test_placeholders_are_those_of_the_chinese_text(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        for word in words:
            assert set(PLACEHOLDER.findall(word)) == set(PLACEHOLDER.findall(ids[0])), message.id


def test_a_link_changes_the_language_for_good(browser: FlaskClient) -> None:
    assert '<html lang="zh-CN"' in browser.get("/c/yjyx/").text
    first = browser.get("/c/yjyx/?lang=en")
    assert '<html lang="en"' in first.text
    assert "Points notice, November 2026" in first.text
    assert '<html lang="en"' in browser.get("/c/yjyx/").text
    browser.get("/c/yjyx/?lang=zh")
    assert '<html lang="zh-CN"' in browser.get("/c/yjyx/").text


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_without_a_choice_the_browser_is_asked(browser: FlaskClient, wanted: str, tag: str) -> None:
    answer = browser.get("/", headers={"Accept-Language": wanted})
    assert f'<html lang="{tag}"' in answer.text


def test_an_unknown_language_is_not_remembered(browser: FlaskClient) -> None:
    answer = browser.get("/?lang=xx")
    assert "Set-Cookie" not in answer.headers
    assert '<html lang="zh-CN"' in answer.text


def test_errors_speak_the_language_of_the_page(browser: FlaskClient) -> None:
    browser.get("/?lang=en")
    page = browser.get("/nowhere", headers={"Accept-Language": "zh-CN"}).text
    assert "This page was not found" in page
    assert "Not found. Please check and try again." in page


#: Placeholders that hold words, names, dates and numbers that count nothing.
WORDS = {
    "after", "before", "clock", "code", "community", "day", "digest", "document", "due", "first",
    "found", "from", "held", "hours", "id", "kind", "last", "meeting", "month", "name", "number",
    "of", "offer", "office", "page", "password", "price", "rank", "score", "sealed", "shop",
    "since", "source", "stored", "telephone", "title", "to", "until", "version", "what", "when",
    "who", "why", "yuan",
}  # fmt: skip
#: Counts with one English form, by the reason why one is enough.
ONE_FORM = {
    "no noun follows": {
        "%(points)s 分",
        "一张 A4 纸印 10 张，一批最多 %(most)s 张。",
        "次数没超，收了这次还剩 %(times)s 次",
        "前 %(count)s 名（同分同名次；其余在后页按户号排，不印名次）",
        "协议上限 %(points)s",
        "占本人 %(share)s%%",
        "占本店 %(share)s%%",
        "夜里 %(count)s 次",
        "属实 %(upheld)s，不属实 %(not_upheld)s，和解 %(settled)s，在办 %(open)s",
        "撤销 %(count)s 次",
        "收到 %(all)s 条，已答复 %(answered)s 条",
        "没兑成 %(count)s 次",
        "第 %(number)s 页，共 %(count)s 页",
        "第 {page} 页，共 {pages} 页",
        "还剩 %(count)s 份",
        "还剩 %(left)s 份，共 %(stock)s 份",
        "还有货，收了这份还剩 %(count)s 份",
    },
    "s is a sign": {"%(seconds)s 秒", "一般 %(seconds)s 秒"},
    "a script counts it down": {
        "店里还能办 %(seconds)s 秒",
        "撤销这一笔（还剩 %(minutes)s 分钟）",
        "还能用 %(seconds)s 秒",
        "还等 %(seconds)s 秒",
        "键盘还能用 %(seconds)s 秒",
    },
}


def test_a_number_before_a_noun_has_a_singular_and_a_plural(catalog: Catalog) -> None:
    """ "1 reversal waits", "2 reversals wait"."""
    counted = {
        message.id
        for message in catalog
        if isinstance(message.id, str)
        and any((said or given) not in WORDS for said, given in PLACEHOLDER.findall(message.id))
    }
    assert counted == set().union(*ONE_FORM.values())


def test_singular_and_plural_differ_in_english(catalog: Catalog) -> None:
    for message in catalog:
        if isinstance(message.id, tuple):
            assert len(set(message.string)) == 2 or "Today" in message.string[0], message.id
