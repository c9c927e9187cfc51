"""How dates, numbers and codes are written on pages, in Chinese and in English.

Pure functions of a value and a language ("zh" or "en"); :func:`register` makes Jinja filters of
them that use the language of the request.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import ngettext, npgettext
from markupsafe import Markup

from kernel.clock import SHANGHAI, business_date, first_day
from kernel.points_value import as_text
from web.language import current_language

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DIGEST_GROUPS = 4


def weekday(value: dt.date, language: str) -> str:
    """One sign, or three letters: 四, Thu."""
    return _WEEKDAYS_EN[value.weekday()] if language == "en" else _WEEKDAYS_ZH[value.weekday()]


def day(value: dt.date, language: str) -> str:
    """12月8日, 8 December."""
    if language == "en":
        return f"{value.day} {_MONTHS_EN[value.month - 1]}"
    return f"{value.month}月{value.day}日"


def full_day(value: dt.date, language: str) -> str:
    """2026年12月8日, 8 December 2026."""
    if language == "en":
        return f"{day(value, language)} {value.year}"
    return f"{value.year}年{day(value, language)}"


def moment(value: dt.datetime, language: str) -> str:
    """An aware instant on the clock of Shanghai: 12月10日（周四）18:00, Thu 10 December, 18:00."""
    local = value.astimezone(SHANGHAI)
    date = business_date(value)
    if language == "en":
        return f"{weekday(date, language)} {day(date, language)}, {local:%H:%M}"
    return f"{day(date, language)}（周{weekday(date, language)}）{local:%H:%M}"


def month(value: str, language: str) -> str:
    """2026年11月, November 2026."""
    first = first_day(value)
    if language == "en":
        return f"{_MONTHS_EN[first.month - 1]} {first.year}"
    return f"{first.year}年{first.month}月"


def short_month(value: str, language: str) -> str:
    """11月, November."""
    first = first_day(value)
    return _MONTHS_EN[first.month - 1] if language == "en" else f"{first.month}月"


def number(value: int | Decimal) -> str:
    """1,036; points with at most one decimal place: 5,872.5."""
    return f"{value:,}" if isinstance(value, int) else as_text(value)


def quantity(value: Decimal) -> str:
    """What a counter gathered, with at most two decimal places: 5.25, 1,036."""
    return f"{value:,.2f}".rstrip("0").removesuffix(".")


def one_or_more(value: int | Decimal) -> int:
    """What ngettext asks for a number that may be 0.5: 1 for exactly one, else 2."""
    return 1 if value == 1 else 2


def in_points(value: Decimal) -> str:
    """8 积分; 1 point, 8 points."""
    return str(
        ngettext("%(points)s 积分", "%(points)s 积分", one_or_more(value), points=number(value))
    )


def points_unit(value: Decimal) -> str:
    """The unit beside a number of its own: 积分; point, points."""
    return str(npgettext("unit", "积分", "积分", one_or_more(value)))


def yuan(cents: int) -> str:
    """880 → 8.8, 800 → 8; the unit stands in the sentence."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:02d}".rstrip("0")


def digest_groups(value: str) -> str:
    """The first sixteen signs of a digest in groups of four: 3f9a 71c2 08be 5d40."""
    return " ".join(value[4 * n : 4 * n + 4] for n in range(_DIGEST_GROUPS))


def telephone_link(value: str) -> str:
    """For ``tel:``: 0350-555 0118 → 03505550118."""
    return re.sub(r"[^0-9+]", "", value)


def css_string(value: str) -> Markup:
    """A text as a CSS string literal, with everything that could end it escaped."""
    escaped = re.sub(r"[^\w\u3000-\u303f\u3400-\u9fff\uff00-\uffef ]", _css_escape, value)
    return Markup('"{}"').format(Markup(escaped))  # noqa: S704 - only letters and escapes are left


def css_content(value: str) -> Markup:
    """A text with {page} and {pages} as the value of CSS ``content`` with page counters."""
    parts = re.split(r"\{(pages?)\}", value)
    return Markup(" ").join(
        Markup(f"counter({part})") if n % 2 else css_string(part)  # noqa: S704 - page or pages
        for n, part in enumerate(parts)
        if part
    )


def unbroken(value: str) -> Markup:
    """A date or number that must not be broken over two lines."""
    return Markup('<span class="nowrap">{}</span>').format(value)


def register(app: Flask) -> None:
    """Make the filters known to Jinja."""
    for function in (weekday, day, full_day, moment, month, short_month):
        app.add_template_filter(_in_current_language(function), function.__name__)
    for plain in (number, quantity, one_or_more, in_points, points_unit, yuan):
        app.add_template_filter(plain, plain.__name__)
    for styled in (digest_groups, telephone_link, css_string, css_content, unbroken):
        app.add_template_filter(styled, styled.__name__)


def _in_current_language(function: Callable[[Any, str], str]) -> Callable[[Any], str]:
    def filtered(value: Any) -> str:
        return function(value, current_language())

    return filtered


def _css_escape(match: re.Match[str]) -> str:
    return f"\\{ord(match.group()):06x}"
