"""Style sheets and icons: ours, versioned, complete."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

WEB = Path(__file__).resolve().parents[3] / "web"


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static/icons.svg").read_text()))
    wanted: set[str] = {"brand", "stamp-notice", "stamp-sealed"}
    for path in (WEB / "templates").rglob("*.html"):
        wanted |= set(re.findall(r"icon\('([^']+)'", path.read_text()))
        wanted |= set(re.findall(r"image='([^']+)'", path.read_text()))
    errors = (WEB / "error_pages.py").read_text()
    marks = (WEB / "templates/components/mark.html").read_text()
    wanted |= set(re.findall(r'\), "([a-z]+)", ', errors))
    wanted |= set(re.findall(r": \('([a-z]+)', _", marks))
    assert wanted - drawn == set()
    assert len(wanted) > 20


@pytest.mark.parametrize("name", ["tokens.css", "board.css", "print.css"])
def test_colors_are_known_to_old_phones(name: str) -> None:
    rules = re.sub(r"/\*.*?\*/", "", (WEB / "static" / name).read_text(), flags=re.S)
    assert "#" in rules or "var(--ll-" in rules
    assert not re.search(r"light-dark\(|oklch\(|color-mix\(", rules)


def test_a_versioned_file_is_kept_and_zipped(browser: FlaskClient) -> None:
    page = browser.get("/").text
    address = re.search(r'href="(/static/tokens\.css\?v=[0-9a-f]{12})"', page)
    assert address
    answer = browser.get(address[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == (WEB / "static/tokens.css").read_bytes()
    known = {"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    again = browser.get(address[1], headers=known)
    assert again.status_code == 304


def test_an_old_version_is_not_kept(browser: FlaskClient) -> None:
    answer = browser.get("/static/tokens.css?v=000000000000")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/static/../__init__.py", "/static/%2e%2e/__init__.py", "/static/none.css",
             "/vendor/package.json", "/vendor/none", "/static/"]
)  # fmt: skip
def test_nothing_else_can_be_asked_for(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404
