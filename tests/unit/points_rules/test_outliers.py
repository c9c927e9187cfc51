"""Every outlier rule, at its threshold and just below it; what is left out; the sentences."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kernel.clock import SHANGHAI
from points.rules.outlier import CHECK_FIRST_EN, CHECK_FIRST_ZH, Party
from points.rules.outlier_rules import RULES
from points.rules.outliers import Approval, Deed, Own, PartyKind, outliers
from points.rules.recorder_summaries import summaries


def who(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


ANNA, BERT, CARL, DORA = (who(number) for number in range(1, 5))
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=SHANGHAI)
HOUSE, OTHER_HOUSE = who(91), who(92)


def deed(number: int = 0, **fields: Any) -> Deed:
    """An ordinary recording: an hour after the one before, the same day, for somebody new."""
    at = fields.pop("recorded_at", NOON.replace(hour=8) + dt.timedelta(days=number))
    return Deed(
        **{
            "recorder": ANNA,
            "role": "grid_worker",
            "recorded_at": at,
            "occurred_on": at.date(),
            "receiver": who(1000 + number),
            "household": None,
            "is_bonus": True,
            "is_back_dated": False,
            "is_struck": False,
            **fields,
        }
    )


def deeds(count: int, start: int = 0, **fields: Any) -> list[Deed]:
    return [deed(start + number, **fields) for number in range(count)]


def approved(after: float, by: uuid.UUID = CARL) -> tuple[Approval, ...]:
    return (Approval(approver=by, after=dt.timedelta(seconds=after)),)


def _at(*seconds: int) -> list[Deed]:
    return [
        deed(number, recorded_at=NOON + dt.timedelta(seconds=second))
        for number, second in enumerate(seconds)
    ]


def _late(days: int, count: int) -> list[Deed]:
    return [
        deed(number, occurred_on=NOON.date() + dt.timedelta(days=number - days))
        for number in range(count)
    ]


def _at_hour(hour: int, minute: int, count: int) -> list[Deed]:
    return [
        deed(number, recorded_at=NOON.replace(hour=hour, minute=minute) + dt.timedelta(days=number))
        for number in range(count)
    ]


def _for_each_other(there: int, back: int) -> list[Deed]:
    return [
        *deeds(there, household=OTHER_HOUSE),
        *deeds(back, 50, recorder=BERT, receiver=who(81)),
    ]


OWN = {
    ANNA: Own(member=who(81), household=HOUSE),
    BERT: Own(member=who(82), household=OTHER_HOUSE),
}

#: rule → what it speaks of, (who, count, of, other), and the nearest it says nothing of
CASES: dict[
    str, tuple[Sequence[Deed], tuple[uuid.UUID, int, int, Party | None], Sequence[Deed]]
] = {
    "records_most": (
        [*deeds(20), *deeds(20, 50, recorder=BERT)],
        (ANNA, 20, 40, None),
        # 20 of 41 is less than half, and so is 19
        [*deeds(20), *deeds(19, 50, recorder=BERT), *deeds(2, 90, recorder=CARL)],
    ),
    "few_people": (
        [deed(n, receiver=who(700 + n % 3)) for n in range(20)],
        (ANNA, 3, 20, None),
        [deed(n, receiver=who(700 + n % 4)) for n in range(20)],
    ),
    "fast_recording": (
        _at(*range(0, 91, 9)),
        (ANNA, 10, 10, None),
        _at(*range(0, 101, 10)),
    ),
    "fast_approval": (
        [*deeds(10, approvals=approved(19)), *deeds(10, 50, approvals=approved(900))],
        (CARL, 10, 20, None),
        [*deeds(10, approvals=approved(19)), *deeds(11, 50, approvals=approved(20))],
    ),
    "late_recording": (
        [*_late(16, 10), *deeds(23, 50)],
        (ANNA, 10, 33, None),
        [*_late(15, 10), *deeds(23, 50)],
    ),
    "back_dated": (
        [*deeds(5, is_back_dated=True), *deeds(20, 50)],
        (ANNA, 5, 25, None),
        [*deeds(5, is_back_dated=True), *deeds(21, 50)],
    ),
    "at_night": (
        [*_at_hour(22, 0, 3), *_at_hour(5, 59, 2)],
        (ANNA, 5, 5, None),
        [*_at_hour(21, 59, 3), *_at_hour(6, 0, 2)],
    ),
    "often_struck": (
        [*deeds(5, is_struck=True), *deeds(20, 50)],
        (ANNA, 5, 25, None),
        [*deeds(4, is_struck=True), *deeds(3, 50)],
    ),
    "one_household": (
        [*deeds(10, household=HOUSE), *deeds(15, 50)],
        (ANNA, 10, 25, Party(HOUSE, PartyKind.HOUSEHOLD)),
        # charging somebody is no favor
        [*deeds(9, household=HOUSE), *deeds(9, 50, household=HOUSE, is_bonus=False)],
    ),
    "one_receiver": (
        [*deeds(8, receiver=BERT), *deeds(24, 50)],
        (ANNA, 8, 32, Party(BERT, PartyKind.RECEIVER)),
        [*deeds(8, receiver=BERT), *deeds(25, 50)],
    ),
    "each_other": (
        _for_each_other(4, 3),
        (ANNA, 4, 7, Party(BERT, PartyKind.ACCOUNT)),
        _for_each_other(9, 2),
    ),
    "one_approver": (
        [*deeds(20, approvals=approved(900)), *deeds(5, 50, approvals=approved(900, by=DORA))],
        (ANNA, 20, 25, Party(CARL, PartyKind.ACCOUNT)),
        [*deeds(20, approvals=approved(900)), *deeds(6, 50, approvals=approved(900, by=DORA))],
    ),
}


def found(code: str, rows: Sequence[Deed]) -> list[tuple[uuid.UUID, int, int, Party | None]]:
    return [
        (each.who.id, each.count, each.of, each.other)
        for each in outliers(rows, OWN)
        if each.rule.code == code
    ]


@pytest.mark.parametrize("code", CASES)
def test_a_rule_speaks_at_its_threshold_and_not_below(code: str) -> None:
    reached, expected, below = CASES[code]
    assert expected in found(code, reached)
    assert found(code, below) == []


def test_every_rule_is_in_the_table() -> None:
    assert list(CASES) == list(RULES)


def test_an_ordinary_month_says_nothing() -> None:
    rows = [
        deed(number, recorder=(ANNA, BERT, CARL)[number % 3], approvals=approved(3600, by=DORA))
        for number in range(18)
    ]
    assert outliers(rows, OWN) == []


@pytest.mark.parametrize("role", ["member", "merchant_owner"])
def test_what_people_claim_for_themselves_is_left_out(role: str) -> None:
    claimed = [deed(n, role=role, receiver=who(81), recorded_at=NOON) for n in range(40)]
    assert outliers(claimed, OWN) == []
    assert summaries(claimed) == []


def test_how_fast_claims_are_agreed_to_counts_as_well() -> None:
    claimed = [
        deed(n, role="member", recorder=who(600 + n), receiver=who(700 + n), approvals=approved(5))
        for n in range(30)
    ]
    assert [(each.rule.code, each.who.id, each.count) for each in outliers(claimed, {})] == [
        ("fast_approval", CARL, 30)
    ]


def test_what_is_recorded_at_one_instant_is_one_act() -> None:
    # a settled activity: forty attendances, one moment
    assert found("fast_recording", [deed(n, recorded_at=NOON) for n in range(40)]) == []


def test_who_records_alone_does_not_record_most() -> None:
    assert found("records_most", deeds(40)) == []


def test_nobody_is_the_usual_approver_where_there_is_only_one() -> None:
    assert found("one_approver", deeds(40, approvals=approved(900))) == []


def test_the_order_is_that_of_the_table_then_the_largest() -> None:
    rows = [
        *deeds(6, is_struck=True),
        *deeds(8, 50, recorder=BERT, is_struck=True, is_back_dated=True),
    ]
    assert [(each.rule.code, each.count) for each in outliers(rows, {})] == [
        ("back_dated", 8),
        ("often_struck", 8),
        ("often_struck", 6),
    ]


def test_the_id_stays_the_same() -> None:
    first, second = ([each.id for each in outliers(CASES["one_household"][0], {})] for _ in "12")
    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("code", RULES)
def test_a_sentence_says_the_numbers_and_that_it_is_no_finding(code: str) -> None:
    say: Callable[..., str] = RULES[code].sentence
    chinese, english = (say(word, who="甲", other="乙", count=7, of=9) for word in ("zh", "en"))
    assert chinese.endswith(CHECK_FIRST_ZH)
    assert english.endswith(CHECK_FIRST_EN)
    for sentence in (chinese, english):
        assert "甲" in sentence
        assert "7" in sentence
        assert "{" not in sentence


def test_the_numbers_of_a_recorder() -> None:
    rows = [
        *_at(0, 30, 3630),
        deed(9, recorded_at=NOON.replace(hour=23), occurred_on=dt.date(2026, 10, 20),
             is_back_dated=True, is_struck=True, household=HOUSE, approvals=approved(60)),
        deed(3, recorder=BERT, receiver=who(5)),
    ]  # fmt: skip
    first, second = summaries(rows)
    assert (first.recorder, first.count, first.percent, first.people) == (ANNA, 4, 80, 4)
    # gaps of 30 s, 1 h and ten hours: the one in the middle
    assert first.median_gap == dt.timedelta(hours=1)
    assert first.median_to_approval == dt.timedelta(minutes=1)
    # 2 November for 20 October: 13 days
    assert (first.median_days_late, first.most_days_late) == (0, 13)
    assert (first.back_dated, first.at_night, first.struck, first.households) == (1, 1, 1, 1)
    assert (second.recorder, second.median_gap, second.median_to_approval) == (BERT, None, None)
