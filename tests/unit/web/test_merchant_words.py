"""Titles of refusals and what is typed at a counter."""

from __future__ import annotations

import pytest
from flask import Flask

from redemption.models import CancellationReason, DeclineReason
from redemption.reasons import CODES
from web.merchant import typed_codes, words
from web.merchant.typed_codes import Kind
from web.merchant.wording import record_number

TOKEN = "A" * 22


def test_every_reason_of_a_refusal_has_a_title() -> None:
    assert set(CODES.values()) - set(words.TITLES) == set()


def test_every_reason_a_clerk_may_give_has_a_word() -> None:
    assert set(words.CANCELLATION_REASONS) == set(CancellationReason)
    assert set(words.DECLINE_REASONS) == set(DeclineReason)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4827 1593", Kind.CODE),
        (f"https://linli.example/r/yjyx/{TOKEN}", Kind.CODE),
        (f"https://linli.example/k/yjyx/{TOKEN}", Kind.CARD),
        ("K000-1237", Kind.CARD),
        ("Ｋ０００１２３７", Kind.CARD),
        ("https://linli.example/m/yjyx/laoxing", Kind.STANDING),
        ("https://pay.example/whatever", Kind.CODE),
    ],
)
def test_a_scan_is_known_by_its_looks(text: str, kind: Kind) -> None:
    assert typed_codes.kind(text) is kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请扫码"),
        ("4827 153", "少了 1 位"),
        ("４８２７", "少了 4 位"),
        ("4827 15931", "多了 1 位"),
        ("4827 1593", None),
        ("４８２７　１５９３", None),
        (TOKEN, None),
    ],
)
def test_digits_are_counted_before_anything_is_asked(
    pages: Flask, text: str, said: str | None
) -> None:
    with pages.test_request_context():
        problem = typed_codes.problem(text)
    assert (problem is None) if said is None else (problem is not None and said in problem)


def test_presses_are_positions_only() -> None:
    assert typed_codes.presses("3,0,7") == [3, 0, 7]
    assert typed_codes.presses("") == []
    assert typed_codes.presses("12,x,-1,4") == [4]


def test_a_record_number_is_short_enough_to_read_out() -> None:
    assert record_number("01a1ff07-7454-709d-9df4-0c1e7c21d0f4") == "X-7C21D0F4"
