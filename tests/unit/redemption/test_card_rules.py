"""Numbers with a check digit, shuffled keypads, PINs anybody would guess, legal steps."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redemption.cards.errors import (
    BatchStepIllegal,
    CardNotInService,
    CardStepIllegal,
    CardUnreadable,
    PinNotDue,
    PinTooWeak,
)
from redemption.models import CardBatchState, CardState
from redemption.models.cards import LIVE
from redemption.rules import card_numbers, pins
from redemption.rules.card_numbers import OfferedCard
from redemption.rules.card_steps import (
    BATCH_STEPS,
    CARD_STEPS,
    require_batch_step,
    require_card_step,
)
from redemption.rules.pins import Weakness

TOKEN = "abcDEF-_0123456789abcd"
NUMBERS = st.integers(1, card_numbers.MOST)


class TestNumbers:
    @given(NUMBERS)
    def test_what_is_printed_can_be_read(self, number: int) -> None:
        assert card_numbers.read(card_numbers.printed(number)) == OfferedCard(number=number)

    @given(NUMBERS, st.integers(0, 6), st.integers(1, 9))
    def test_one_wrong_digit_is_found(self, number: int, place: int, by: int) -> None:
        digits = list(card_numbers.printed(number).replace("-", "")[1:])
        digits[place] = str((int(digits[place]) + by) % 10)
        with pytest.raises(CardUnreadable):
            card_numbers.read("".join(digits))

    @given(NUMBERS, st.integers(0, 5))
    def test_two_swapped_neighbours_are_found(self, number: int, place: int) -> None:
        digits = list(card_numbers.printed(number).replace("-", "")[1:])
        if digits[place] == digits[place + 1]:
            return
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
        with pytest.raises(CardUnreadable):
            card_numbers.read("".join(digits))

    def test_how_a_number_looks(self) -> None:
        assert card_numbers.printed(123) == "K000-1234"

    @pytest.mark.parametrize(
        "text", ["K000-1234", "k0001234", " 000 1234\n", "Ｋ０００１２３４", "0001234", "K000·1234"]
    )
    def test_ways_to_type_it(self, text: str) -> None:
        assert card_numbers.read(text) == OfferedCard(number=123)

    @pytest.mark.parametrize(
        "text", [TOKEN, f" {TOKEN}\r\n", f"https://linli.example/k/yjyx/{TOKEN}",
                 f"http://127.0.0.1:8000/below/k/yjyx/{TOKEN}"],
    )  # fmt: skip
    def test_a_scan(self, text: str) -> None:
        assert card_numbers.read(text) == OfferedCard(token=TOKEN)

    @pytest.mark.parametrize(
        "text",
        ["", "K", "0000000", "48271536", "K000-1233", "٠٠٠١٢٣٤", TOKEN[1:],
         f"https://linli.example/r/yjyx/{TOKEN}", "K000-1234-5"],
    )  # fmt: skip
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(CardUnreadable):
            card_numbers.read(text)

    def test_a_scan_and_a_number_never_look_alike_in_a_row(self) -> None:
        assert OfferedCard(token=TOKEN).value == TOKEN
        assert OfferedCard(number=123).value == "K123"


class TestKeypads:
    @given(st.binary(min_size=32, max_size=32))
    def test_a_layout_has_every_digit_once(self, secret: bytes) -> None:
        assert sorted(pins.layout(secret)) == list("0123456789")

    def test_no_place_prefers_a_digit(self) -> None:
        """30,000 layouts: each digit stands on each key 3,000 times, give or take five sigma."""
        source = random.Random(7)
        counts = dict.fromkeys(itertools.product(range(10), "0123456789"), 0)
        for _ in range(30_000):
            for place, digit in enumerate(pins.layout(source.randbytes(32))):
                counts[place, digit] += 1
        assert all(abs(count - 3_000) < 5 * 52 for count in counts.values())

    def test_positions_become_digits(self) -> None:
        assert pins.pressed("4207915386", [0, 0, 9, 2, 1, 4]) == "446029"


class TestWeakness:
    @pytest.mark.parametrize(
        ("pin", "why"),
        [
            ("111111", Weakness.REPEATED), ("000000", Weakness.REPEATED),
            ("121212", Weakness.REPEATED), ("123123", Weakness.REPEATED),
            ("123456", Weakness.IN_STEPS), ("654321", Weakness.IN_STEPS),
            ("890123", Weakness.IN_STEPS), ("246802", Weakness.IN_STEPS),
            ("417263", Weakness.ON_THE_CARD), ("041726", Weakness.ON_THE_CARD),
            ("417362", None), ("112233", None), ("482715", None),
        ],
    )  # fmt: skip
    def test_what_anybody_would_try(self, pin: str, why: Weakness | None) -> None:
        assert pins.weakness(pin, "0417263") == why

    @pytest.mark.parametrize("why", list(Weakness))
    def test_each_is_told(self, why: Weakness) -> None:
        error = PinTooWeak(why=why)
        assert error.sentence("zh").startswith("这个密码")
        assert len(error.sentence("zh")) <= 36
        assert error.extra == {"why": why}


class TestSteps:
    def test_the_tables_are_complete(self) -> None:
        assert set(CARD_STEPS) == set(CardState)
        assert set(BATCH_STEPS) == set(CardBatchState)

    @pytest.mark.parametrize("state", [CardState.REPLACED, CardState.CLOSED, CardState.VOIDED])
    def test_a_dead_card_stays_dead(self, state: CardState) -> None:
        assert CARD_STEPS[state] == frozenset()

    @pytest.mark.parametrize("state", LIVE)
    def test_every_living_card_can_be_replaced_and_closed(self, state: CardState) -> None:
        assert {CardState.REPLACED, CardState.CLOSED} <= CARD_STEPS[state]

    def test_a_lost_card_never_pays_again_with_its_old_pin(self) -> None:
        assert CardState.ACTIVE not in CARD_STEPS[CardState.LOST]

    @pytest.mark.parametrize(
        ("state", "to"),
        [(state, to) for state in CardState for to in CardState if to not in CARD_STEPS[state]],
    )
    def test_everything_else_is_refused_in_words(self, state: CardState, to: CardState) -> None:
        with pytest.raises(CardStepIllegal) as refused:
            require_card_step(state, to)
        assert "{" not in refused.value.sentence("zh") + refused.value.sentence("en")

    @pytest.mark.parametrize(
        ("state", "to"),
        [(state, to) for state in CardBatchState for to in CardBatchState
         if to not in BATCH_STEPS[state]],
    )  # fmt: skip
    def test_batches_as_well(self, state: CardBatchState, to: CardBatchState) -> None:
        with pytest.raises(BatchStepIllegal) as refused:
            require_batch_step(state, to)
        assert "{" not in refused.value.sentence("zh") + refused.value.sentence("en")

    @pytest.mark.parametrize("state", list(CardState))
    def test_every_state_has_its_words(self, state: CardState) -> None:
        for error in (CardNotInService(state=state), PinNotDue(state=state)):
            assert "{" not in error.sentence("zh")
