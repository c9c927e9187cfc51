"""Reading codes, times, reasons and legal steps."""

from __future__ import annotations

import datetime as dt
import string

import pytest

from redemption.declines import DECLINED
from redemption.errors import CodeUnreadable, NotHeld
from redemption.models import DeclineReason, RedemptionState
from redemption.reasons import AGAIN, CODES, SENTENCES, Reason
from redemption.rules import reading
from redemption.rules.reading import Form
from redemption.rules.steps import LEGAL_STEPS
from redemption.rules.times import code_expiry, seconds_left

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
TOKEN = "abcDEF-_0123456789abcd"


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            TOKEN,
            f"  {TOKEN}\r\n",
            f"https://linli.example/r/yjyx/{TOKEN}",
            f"http://127.0.0.1:8000/r/yjyx/{TOKEN}",
            f"https://linli.example/below/r/yjyx/{TOKEN}",
        ],
    )
    def test_tokens(self, text: str) -> None:
        offered = reading.read(text)
        assert (offered.form, offered.value) == (Form.TOKEN, TOKEN)

    @pytest.mark.parametrize("text", ["48271536", "4827 1536", "4827-1536", "４８２７１５３６"])
    def test_digits(self, text: str) -> None:
        offered = reading.read(text)
        assert (offered.form, offered.value) == (Form.DIGITS, "48271536")

    @pytest.mark.parametrize(
        "text",
        ["", "4827153", "482715361", "hello", TOKEN[:-1], TOKEN + "x", "https://other.example/",
         f"https://linli.example/m/yjyx/{TOKEN}", f"javascript:/r/yjyx/{TOKEN}", "٤٨٢٧١٥٣٦"],
    )  # fmt: skip
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(CodeUnreadable):
            reading.read(text)


class TestTimes:
    def test_a_code_lives_seventy_seconds(self) -> None:
        hold = NOW + dt.timedelta(minutes=10)
        assert code_expiry(issued=NOW, hold_expires=hold) == NOW + dt.timedelta(seconds=70)

    def test_but_never_longer_than_its_hold(self) -> None:
        hold = NOW + dt.timedelta(seconds=3)
        assert code_expiry(issued=NOW, hold_expires=hold) == hold

    def test_seconds_are_never_negative(self) -> None:
        assert seconds_left(until=NOW, now=NOW + dt.timedelta(seconds=1)) == 0
        assert seconds_left(until=NOW + dt.timedelta(seconds=1.9), now=NOW) == 1


FACTS = {
    "receipt_number": "ABCDEFGH01", "redeemed_at_utc": "2026-11-21T04:00:00+00:00",
    "hours_zh": "周六 6:30–9:30", "hours_en": "Sat 6:30–9:30",
    "again_zh": "明天", "again_en": "tomorrow", "times": 1,
    "cap": "5,872.5", "missing": "3", "holds": 10, "tries_left": 2, "left": "5,864.5",
}  # fmt: skip


class TestReasons:
    @pytest.mark.parametrize("reason", list(Reason))
    def test_each_says_what_and_what_to_do(self, reason: Reason) -> None:
        sentences = SENTENCES[reason]
        zh = sentences.zh.format(**FACTS)
        assert len(zh) <= 36
        assert zh.endswith("。")
        assert "，" in zh or "；" in zh
        assert not any(word in zh for word in ("非法", "失败", "系统错误"))
        en = sentences.en.format(**FACTS)
        assert set(en) <= set(string.printable + "–")
        assert CODES[reason]

    @pytest.mark.parametrize("per", ["day", "week", "month", None])
    def test_every_period_says_when_to_come_back(self, per: str | None) -> None:
        assert all(AGAIN[per])


class TestDeclines:
    @pytest.mark.parametrize("reason", list(DeclineReason))
    def test_each_says_that_the_points_are_back_and_what_to_do(self, reason: DeclineReason) -> None:
        told = DECLINED[reason]
        assert "积分已退回" in told.zh
        assert "；请" in told.zh
        assert len(told.zh) <= 36
        assert "points are back" in told.en


class TestSteps:
    def test_the_table_is_complete(self) -> None:
        assert set(LEGAL_STEPS) == set(RedemptionState)

    def test_a_resolution_is_final(self) -> None:
        for state in set(RedemptionState) - {RedemptionState.HELD}:
            assert LEGAL_STEPS[state] == frozenset()

    @pytest.mark.parametrize("state", sorted(LEGAL_STEPS[RedemptionState.HELD]))
    def test_each_resolution_has_its_words(self, state: RedemptionState) -> None:
        error = NotHeld(state=state.value)
        assert error.sentence("zh").startswith("这一笔")
        assert state.value in error.sentence("en")
