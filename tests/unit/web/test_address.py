"""``here()``: the address of the page with other query values."""

from __future__ import annotations

import pytest
from flask import Flask

from web.address import here


@pytest.mark.parametrize(
    ("at", "changes", "address"),
    [
        ("/c/yjyx/", {}, "/c/yjyx/"),
        ("/c/yjyx/?unit=grid&page=3", {"page": None}, "/c/yjyx/?unit=grid"),
        ("/c/yjyx/?unit=grid", {"page": 2}, "/c/yjyx/?unit=grid&page=2"),
        ("/c/yjyx/?lang=en&unit=grid", {}, "/c/yjyx/?unit=grid"),
        ("/?q=九源", {"lang": "en"}, "/?q=%E4%B9%9D%E6%BA%90&lang=en"),
        ("/c/a b\\c/", {}, "/c/a%20b%5Cc/"),
    ],
)
def test_here(pages: Flask, at: str, changes: dict[str, object], address: str) -> None:
    with pages.test_request_context(at):
        assert here(**changes) == address
