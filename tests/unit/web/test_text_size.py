"""长辈版: remembered, and back only to this site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from web.address import safe_back
from web.text_size import SIZES


@pytest.mark.parametrize(
    "target", ["/", "/c/yjyx/", "/c/yjyx/?unit=grid&page=2#ranking", "/c/x?q=%E7%8E%8B"]
)
def test_addresses_of_this_site_are_kept(target: str) -> None:
    assert safe_back(target) == target


@pytest.mark.parametrize(
    "target",
    [None, "", "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
     "\\\\evil.example", "c/yjyx", "javascript:alert(1)", "/\t/evil.example",
     "/ok\r\nSet-Cookie: a=b",
     "/\x7f", " //evil.example"],
)  # fmt: skip
def test_other_sites_become_the_front_page(target: str | None) -> None:
    assert safe_back(target) == "/"


@pytest.mark.parametrize("size", SIZES)
def test_a_size_is_remembered_and_set_by_the_server(browser: FlaskClient, size: str) -> None:
    answer = browser.get(f"/size?to={size}&back=/c/yjyx/")
    assert (answer.status_code, answer.location) == (302, "/c/yjyx/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert f'data-size="{size}"' in browser.get("/c/yjyx/").text


def test_an_unknown_size_changes_nothing(browser: FlaskClient) -> None:
    answer = browser.get("/size?to=huge&back=//evil.example")
    assert answer.location == "/"
    assert "Set-Cookie" not in answer.headers
    browser.set_cookie("size", '"><script>')
    assert 'data-size="standard"' in browser.get("/").text
