"""Steps, clocks and who stays out of reports and reversals; receipt numbers as they are typed."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import product
from typing import Any

import pytest

from kernel.ids import new_receipt_number
from redemption.rules import receipt_numbers, report_steps, reversal_steps
from redemption.rules.receipt_numbers import ReceiptNumberUnreadable
from redemption.rules.report_steps import OPEN, OUTCOMES, Overdue, ReportActKind, ReportState
from redemption.rules.reversal_steps import ReversalState

ME, FILER, CLERK, HOLDER, SHOP = (uuid.UUID(int=number) for number in range(1, 6))
REPLY, DECISION = dt.date(2026, 11, 25), dt.date(2026, 12, 4)
DAY = dt.timedelta(days=1)


class TestSteps:
    def test_a_report_ends_once(self) -> None:
        ends = set(ReportState) - OPEN
        for before, to in product(ReportState, ReportState):
            legal = report_steps.may_step(before, to)
            if before in ends:
                assert not legal
            elif to is ReportState.REPLIED:
                assert legal == (before is ReportState.FILED)
            else:
                assert legal == (to in ends)

    def test_a_request_is_decided_once(self) -> None:
        for before, to in product(ReversalState, ReversalState):
            legal = reversal_steps.may_step(before, to)
            assert legal == (before is ReversalState.ASKED and to is not ReversalState.ASKED)

    def test_every_state_is_an_act_that_can_be_appended(self) -> None:
        assert {state.value for state in ReportState} <= {act.value for act in ReportActKind}
        assert set(ReportState) > OUTCOMES


class TestClocks:
    @pytest.mark.parametrize(
        ("state", "today", "late"),
        [
            ("filed", REPLY, None),
            ("filed", REPLY + DAY, Overdue.REPLY),
            ("filed", DECISION + DAY, Overdue.DECISION),
            ("replied", REPLY + DAY, None),
            ("replied", DECISION, None),
            ("replied", DECISION + DAY, Overdue.DECISION),
            ("upheld", DECISION + DAY, None),
            ("withdrawn", DECISION + DAY, None),
        ],
    )
    def test_what_is_late(self, state: str, today: dt.date, late: Overdue | None) -> None:
        assert late == report_steps.overdue(
            state=state, reply_due_on=REPLY, decide_due_on=DECISION, today=today
        )

    @pytest.mark.parametrize(
        ("state", "today", "is_heard"),
        [("filed", REPLY, False), ("filed", REPLY + DAY, True), ("replied", REPLY - DAY, True)],
    )
    def test_the_shop_is_heard(self, state: str, today: dt.date, is_heard: bool) -> None:
        assert is_heard == report_steps.is_heard(state=state, reply_due_on=REPLY, today=today)


@pytest.mark.parametrize(
    ("concerned", "out"),
    [
        ({}, False),
        ({"filer_account_id": ME}, True),
        ({"keyed_by": ME}, True),
        ({"keyed_by": CLERK}, True),
        ({"own_circle": frozenset({HOLDER})}, True),
        ({"own_circle": frozenset({CLERK})}, False),
        ({"own_shops": frozenset({SHOP})}, True),
        ({"own_shops": frozenset({HOLDER})}, False),
    ],
    ids=[
        "nobody's",
        "filed",
        "keyed",
        "keyed by another account",
        "household",
        "another household",
        "shop",
        "another shop",
    ],
)
def test_who_stays_out(concerned: dict[str, Any], out: bool) -> None:
    about: dict[str, Any] = {
        "own_accounts": {ME, CLERK}, "filer_account_id": FILER, "keyed_by": None,
        "member_id": HOLDER,
        "own_circle": frozenset(), "merchant_id": SHOP, "own_shops": frozenset(),
    }  # fmt: skip
    assert report_steps.must_stay_out(**(about | concerned)) is out


class TestReceiptNumbers:
    @pytest.mark.parametrize(
        "typed",
        ["0A1B2C3D4E", "0a1b2c3d4e", " 0A1B2 C3D4E\n", "0A1B2-C3D4E", "０Ａ１Ｂ２Ｃ３Ｄ４Ｅ",
         "OAIB2C3D4E", "oalb2c3d4e"],
        ids=["plain", "small", "gap", "hyphen", "full width", "O and I", "small o and l"],
    )  # fmt: skip
    def test_are_read_as_they_are_typed(self, typed: str) -> None:
        assert receipt_numbers.read(typed) == "0A1B2C3D4E"

    @pytest.mark.parametrize(
        "typed", ["", "0A1B2C3D4", "0A1B2C3D4EF", "0A1B2C3D4U", "编号0A1B2C3D"]
    )
    def test_what_can_be_none_says_so(self, typed: str) -> None:
        with pytest.raises(ReceiptNumberUnreadable) as refused:
            receipt_numbers.read(typed, field="receipt_number")
        assert refused.value.field == "receipt_number"
        assert "10" in refused.value.sentence("zh")

    def test_every_number_reads_as_itself(self) -> None:
        for _ in range(100):
            number = new_receipt_number()
            assert receipt_numbers.read(number) == number
