"""Terms of offers, their hours and periods, legal steps, and the agreement's wording."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from kernel.clock import SHANGHAI
from kernel.errors import LinliError
from merchants.agreement_text import fingerprint, offer_line
from merchants.errors import IllegalMerchantStep, NotBetter, OfferTermsInvalid
from merchants.models import AgreementState, AllianceState, Offer, OfferKind, OfferState, Per
from merchants.rules.offers import OfferTerms, cell_of, check, hours_text, is_open, is_valid
from merchants.rules.steps import AGREEMENT_STEPS, ALLIANCE_STEPS, OFFER_STEPS, require_step

DAY = dt.date(2026, 11, 21)
GOOD: dict[str, Any] = {
    "title": "早餐一份",
    "kind": OfferKind.FREE_ITEM,
    "ordinary_price_cents": 800,
    "alliance_price_cents": 0,
    "points": Decimal(8),
    "valid_from": DAY,
}


class TestTerms:
    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"kind": OfferKind.AMOUNT_OFF, "alliance_price_cents": 799},
            {"kind": OfferKind.PERCENT_OFF, "alliance_price_cents": 640, "percent_off": 20,
             "ceiling_cents": 800},
            {"kind": OfferKind.POINTS_PLUS_CASH, "alliance_price_cents": 300},
            {"kind": OfferKind.SERVICE_SLOT}, {"kind": OfferKind.HOME_SERVICE},
            {"stock": 3}, {"stock": 3, "stock_period": Per.DAY},
            {"per_holder_limit": 1, "per_holder_period": Per.WEEK},
            {"from_time": dt.time(6, 30), "to_time": dt.time(9, 30), "weekdays": "135"},
            {"valid_to": DAY + dt.timedelta(days=1)},
        ],
        ids=str,
    )  # fmt: skip
    def test_that_are_fine(self, changed: dict[str, Any]) -> None:
        check(OfferTerms(**(GOOD | changed)))

    @pytest.mark.parametrize("price", [800, 801])
    def test_that_are_not_better(self, price: int) -> None:
        with pytest.raises(NotBetter):
            check(OfferTerms(**(GOOD | {"alliance_price_cents": price})))

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"percent_off": 20}, "percent_off"),
            ({"kind": OfferKind.PERCENT_OFF}, "percent_off"),
            ({"ceiling_cents": 5}, "ceiling_cents"),
            ({"alliance_price_cents": 1}, "alliance_price_cents"),
            ({"kind": OfferKind.FREE_SERVICE, "alliance_price_cents": 1}, "alliance_price_cents"),
            ({"kind": OfferKind.POINTS_PLUS_CASH}, "alliance_price_cents"),
            ({"stock_period": Per.DAY}, "stock"),
            ({"per_holder_period": Per.DAY}, "per_holder_limit"),
            ({"from_time": dt.time(9)}, "from_time"),
            ({"from_time": dt.time(9), "to_time": dt.time(9)}, "to_time"),
            ({"weekdays": "18"}, "weekdays"),
            ({"weekdays": "21"}, "weekdays"),
            ({"weekdays": "11"}, "weekdays"),
            ({"valid_to": DAY}, "valid_to"),
        ],
        ids=str,
    )
    def test_that_do_not_fit(self, changed: dict[str, Any], field: str) -> None:
        with pytest.raises(OfferTermsInvalid) as caught:
            check(OfferTerms(**(GOOD | changed)))
        assert caught.value.field == field
        assert "{" not in caught.value.sentence("zh") + caught.value.sentence("en")


def hours(**changed: Any) -> Any:
    return SimpleNamespace(**({"weekdays": None, "from_time": None, "to_time": None} | changed))


class TestHours:
    @pytest.mark.parametrize(
        ("clock", "expected"),
        [("06:29:59", False), ("06:30:00", True), ("09:29:59", True), ("09:30:00", False)],
    )
    def test_are_of_shanghai(self, clock: str, expected: bool) -> None:
        breakfast = hours(from_time=dt.time(6, 30), to_time=dt.time(9, 30))
        at = dt.datetime.fromisoformat(f"2026-11-21T{clock}").replace(tzinfo=SHANGHAI)
        assert is_open(breakfast, at.astimezone(dt.UTC)) is expected

    def test_the_weekday_is_of_shanghai_too(self) -> None:
        monday_one_in_the_morning = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)
        assert is_open(hours(weekdays="1"), monday_one_in_the_morning)
        assert not is_open(hours(weekdays="7"), monday_one_in_the_morning)

    def test_none_means_always(self) -> None:
        assert is_open(hours(), dt.datetime(2026, 11, 21, tzinfo=dt.UTC))

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"weekdays": "24"}, ("周二、四", "Tue, Thu")),
            ({"from_time": dt.time(6, 30), "to_time": dt.time(9, 30)}, ("6:30–9:30", "6:30–9:30")),
            (
                {"weekdays": "6", "from_time": dt.time(9), "to_time": dt.time(17)},
                ("周六 9:00–17:00", "Sat 9:00–17:00"),
            ),
        ],
    )
    def test_in_words_of_both_languages(
        self, changed: dict[str, Any], words: tuple[str, str]
    ) -> None:
        said = hours_text(hours(**changed))
        assert (said.zh, said.en) == words
        assert said

    @pytest.mark.parametrize("changed", [{}, {"weekdays": "1234567"}], ids=["nothing", "all"])
    def test_always_needs_no_words(self, changed: dict[str, Any]) -> None:
        said = hours_text(hours(**changed))
        assert (said.zh, said.en) == ("", "")
        assert not said


class TestPeriods:
    @pytest.mark.parametrize(
        ("per", "cell"),
        [(Per.DAY, "2026-11-21"), (Per.WEEK, "2026-W47"), (Per.MONTH, "2026-11"), (None, "whole")],
    )
    def test_cells(self, per: Per | None, cell: str) -> None:
        assert cell_of(per, DAY) == cell

    def test_the_week_of_new_year_belongs_to_one_year(self) -> None:
        assert cell_of(Per.WEEK, dt.date(2027, 1, 1)) == cell_of(Per.WEEK, dt.date(2026, 12, 31))

    @pytest.mark.parametrize(
        ("on", "expected"),
        [(DAY - dt.timedelta(days=1), False), (DAY, True), (DAY + dt.timedelta(days=2), False)],
    )
    def test_validity_is_half_open(self, on: dt.date, expected: bool) -> None:
        assert is_valid(DAY, DAY + dt.timedelta(days=2), on) is expected
        assert is_valid(DAY, None, on) is (on >= DAY)


class TestSteps:
    @pytest.mark.parametrize(
        ("table", "states"),
        [(ALLIANCE_STEPS, AllianceState), (AGREEMENT_STEPS, AgreementState),
         (OFFER_STEPS, OfferState)],
    )  # fmt: skip
    def test_tables_are_complete(self, table: Any, states: Any) -> None:
        assert set(table) == set(states)
        for state in states:
            for to in states:
                if to in table[state]:
                    require_step(table, state, to)
                else:
                    with pytest.raises(IllegalMerchantStep):
                        require_step(table, state, to)

    def test_the_end_is_final(self) -> None:
        assert AGREEMENT_STEPS[AgreementState.ENDED] == frozenset()
        assert OFFER_STEPS[OfferState.WITHDRAWN] == frozenset()


class TestText:
    def test_one_sign_changes_the_fingerprint(self) -> None:
        assert fingerprint("八折") != fingerprint("九折")
        assert len(fingerprint("")) == 64

    def test_an_offers_line_says_everything_that_limits_it(self) -> None:
        offer = Offer(
            title="剪发八折", ordinary_price_cents=2550, alliance_price_cents=2040,
            points=Decimal("5.5"), percent_off=20, ceiling_cents=800, stock=8, stock_period="day",
            per_holder_limit=2, per_holder_period="month", weekdays="12345",
        )  # fmt: skip
        assert offer_line(offer) == (
            "- 剪发八折：平时 25.50 元；联盟价 5.5 积分，另付 20.40 元；减 20%，最多减 8 元；"
            "周一、二、三、四、五；每天限 8 份；每人每月 2 次"
        )


def test_errors_have_codes_of_their_own() -> None:
    from merchants import errors

    found = [
        value for value in vars(errors).values()
        if isinstance(value, type) and value.__module__ == "merchants.errors"
    ]  # fmt: skip
    assert len({error.code for error in found}) == len(found)
    assert all(issubclass(error, LinliError) for error in found)
