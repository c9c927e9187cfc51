"""Dates, numbers and codes as people read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from web import formats

THURSDAY = dt.date(2026, 12, 10)
SIX_O_CLOCK = dt.datetime(2026, 12, 10, 10, 0, tzinfo=dt.UTC)
#: In UTC it is still October; in Shanghai November has begun.
NEW_MONTH = dt.datetime(2026, 10, 31, 17, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("function", "value", "zh", "en"),
    [
        (formats.weekday, THURSDAY, "四", "Thu"),
        (formats.weekday, dt.date(2026, 12, 6), "日", "Sun"),
        (formats.day, THURSDAY, "12月10日", "10 December"),
        (formats.full_day, dt.date(2026, 1, 2), "2026年1月2日", "2 January 2026"),
        (formats.moment, SIX_O_CLOCK, "12月10日（周四）18:00", "Thu 10 December, 18:00"),
        (formats.moment, NEW_MONTH, "11月1日（周日）01:05", "Sun 1 November, 01:05"),
        (formats.month, "2026-11", "2026年11月", "November 2026"),
        (formats.short_month, "2026-01", "1月", "January"),
    ],
)
def test_dates(function: object, value: object, zh: str, en: str) -> None:
    assert callable(function)
    assert (function(value, "zh"), function(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1036, "1,036"), (Decimal("5872.5"), "5,872.5"), (Decimal("62.0"), "62"),
     (Decimal("-2"), "-2")],
)  # fmt: skip
def test_numbers(value: int | Decimal, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("5.25", "5.25"), ("5.50", "5.5"), ("4.00", "4"), ("0", "0"), ("1036.00", "1,036"),
     ("100", "100")],
)  # fmt: skip
def test_quantities(value: str, text: str) -> None:
    assert formats.quantity(Decimal(value)) == text


@pytest.mark.parametrize(
    ("cents", "text"), [(800, "8"), (880, "8.8"), (885, "8.85"), (5, "0.05"), (123400, "1,234")]
)
def test_prices(cents: int, text: str) -> None:
    assert formats.yuan(cents) == text


def test_a_digest_is_read_in_groups_of_four() -> None:
    assert formats.digest_groups("3f9a71c208be5d40ffff") == "3f9a 71c2 08be 5d40"


def test_a_telephone_link_has_only_what_can_be_dialed() -> None:
    assert formats.telephone_link("0350-555 0118") == "03505550118"


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("怡居苑西社区 公示〔2026〕11 号", '"怡居苑西社区 公示〔2026〕11 号"'),
        (
            '"; } body { display: none',
            '"\\000022\\00003b \\00007d body \\00007b display\\00003a none"',
        ),
        ("</style>\n", '"\\00003c\\00002fstyle\\00003e\\00000a"'),
        ("\\", '"\\00005c"'),
    ],
)
def test_a_name_cannot_become_css(text: str, literal: str) -> None:
    assert formats.css_string(text) == literal


def test_page_counters_in_css() -> None:
    assert formats.css_content("第 {page} 页，共 {pages} 页") == (
        '"第 " counter(page) " 页，共 " counter(pages) " 页"'
    )


def test_an_unbroken_date_escapes_what_it_holds() -> None:
    assert formats.unbroken("<b>") == '<span class="nowrap">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("points", "language", "text", "unit"),
    [
        ("1", "en", "1 point", "point"),
        ("1.0", "en", "1 point", "point"),
        ("0", "en", "0 points", "points"),
        ("0.5", "en", "0.5 points", "points"),
        ("2", "en", "2 points", "points"),
        ("1", "zh", "1 积分", "积分"),
    ],
)
def test_points_with_their_unit(
    pages: Flask, points: str, language: str, text: str, unit: str
) -> None:
    with pages.test_request_context(f"/?lang={language}"):
        assert formats.in_points(Decimal(points)) == text
        assert formats.points_unit(Decimal(points)) == unit
