"""Limits of template values: a row for each kind at its limit, beyond it, and of another shape."""

from __future__ import annotations

import pytest

from wechat.errors import WeChatValueUnfit
from wechat.messages import KINDS, fitted

FITS = [
    ("thing1", "理发一次", "理发一次"),
    ("thing1", "一" * 20, "一" * 20),
    ("thing1", "一" * 21, "一" * 19 + "…"),
    ("thing12", " 两行\n文字 ", "两行 文字"),
    ("name1", "张*明", "张*明"),
    ("name1", "一" * 11, "一" * 10),
    ("name1", "A" * 21, "A" * 20),
    ("name1", "A" * 19 + "张三", "A" * 10),
    ("phrase1", "已兑换", "已兑换"),
    ("phrase1", "已经兑换成功", "已经兑换成"),
    ("number1", "20", "20"),
    ("number1", "8.5", "8.5"),
    ("number1", "9" * 32, "9" * 32),
    ("letter1", "z" * 32, "z" * 32),
    ("symbol1", "+-*/#", "+-*/#"),
    ("character_string2", "A1-" + "9" * 29, "A1-" + "9" * 29),
    ("time1", "15:01", "15:01"),
    ("time1", "2019年10月1日 15:01", "2019年10月1日 15:01"),
    ("date1", "2019年10月1日", "2019年10月1日"),
    ("amount1", "¥12.50元", "¥12.50元"),
    ("amount1", "¥" + "9" * 10, "¥" + "9" * 10),
    ("phone_number1", "+86-0350-3000000", "+86-0350-3000000"),
    ("car_number1", "晋H12345挂", "晋H12345挂"),
]
UNFIT = [
    ("thing1", ""),
    ("thing1", " \n "),
    ("name1", ""),
    ("phrase1", "OK"),
    ("number1", "-20积分"),
    ("number1", "-20"),
    ("number1", "２０"),
    ("number1", "9" * 33),
    ("letter1", "z" * 33),
    ("letter1", "字"),
    ("symbol1", "+-*/#+"),
    ("symbol1", "a"),
    ("character_string2", "A" * 33),
    ("character_string2", "编号1"),
    ("character_string2", "A B"),
    ("time1", "25:01"),
    ("time1", "2019-10-01"),
    ("date1", "2019年13月1日"),
    ("amount1", "12.50"),
    ("amount1", "¥" + "9" * 11),
    ("phone_number1", "1" * 18),
    ("phone_number1", "138 0000"),
    ("car_number1", "晋H1234567"),
    ("enum1", "是"),
    ("Thing1", "理发"),
    ("", "理发"),
]


@pytest.mark.parametrize(("key", "value", "expected"), FITS)
def test_values_that_fit_or_are_cut(key: str, value: str, expected: str) -> None:
    assert fitted({key: value}) == {key: {"value": expected}}


@pytest.mark.parametrize(("key", "value"), UNFIT)
def test_values_that_must_not_be_cut(key: str, value: str) -> None:
    with pytest.raises(WeChatValueUnfit) as caught:
        fitted({key: value})
    assert caught.value.values == {"key": key}
    assert key in caught.value.sentence("zh")


def test_every_kind_has_a_row_on_both_sides() -> None:
    for rows in ([key for key, *_ in FITS], [key for key, _ in UNFIT]):
        assert set(KINDS) <= {key.rstrip("0123456789") for key in rows}
