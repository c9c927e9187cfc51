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
