"""Rows of a batch: every bad cell is named, and the same content has the same hash."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from kernel.errors import Invalid
from kernel.sheet_file_errors import HeaderMissing, HeaderTwice, HeaderUnknown
from kernel.sheet_files import Cell, Row, read
from points.batches import reading, template
from points.batches.reading import Known, Person
from points.models import BatchKind

TODAY = dt.date(2026, 11, 21)
WANG, LI, LI_TWIN, COURIER = (uuid.UUID(int=n) for n in range(1, 5))
HOME = uuid.UUID(int=9)
HEADER = ["户号", "居民编号", "姓名", "积分*", "计入", "事由", "发生日期"]
KNOWN = Known(
    households={"0305": HOME, "0306": uuid.UUID(int=10)},
    at_home={
        "0305": [Person(WANG, "王一", "0305")],
        "0306": [Person(LI, "李二", "0306"), Person(LI_TWIN, "李二", "0306")],
    },
    by_public_code={"X7": Person(COURIER, "骑手", None)},
)


def rows(*cells: list[str]) -> list[Row]:
    return [
        Row(number=number, cells=tuple(Cell(text=text) for text in each))
        for number, each in enumerate([HEADER, *cells], start=1)
    ]


def plan(
    *cells: list[str], kind: BatchKind = BatchKind.ENTRIES, known: Known = KNOWN
) -> tuple[list[reading.Planned], list[tuple[int, str | None, str]]]:
    planned, errors = reading.plan(rows(*cells), kind=kind, known=known, today=TODAY)
    return planned, [(each.row, each.column, each.code) for each in errors]


def test_a_row_is_read() -> None:
    planned, errors = plan(["0305", "", "王一", "８.5", "得分、余额", "年终评优", "2026/11/1"])
    assert errors == []
    (one,) = planned
    assert (one.holder_id, one.points, one.reason) == (WANG, Decimal("8.5"), "年终评优")
    assert (one.counts_in_score, one.counts_in_balance) == (True, True)
    assert one.occurred_on == dt.date(2026, 11, 1)


def test_an_opening_balance_says_little() -> None:
    planned, errors = plan(["", "x7", "骑手", "1,200"], kind=BatchKind.OPENING)
    assert errors == []
    (one,) = planned
    assert (one.holder_id, one.points, one.reason) == (COURIER, Decimal(1200), "期初余额")
    assert (one.counts_in_score, one.counts_in_balance) == (False, True)


GOOD = {"户号": "0305", "姓名": "王一", "积分": "5", "事由": "补记"}
BAD = [
    ({"户号": ""}, "户号", "who_missing"),
    ({"户号": "0999"}, "户号", "household_unknown"),
    ({"姓名": "王二"}, "户号", "name_mismatch"),
    ({"姓名": ""}, "户号", "name_missing"),
    ({"户号": "0306", "姓名": "李二"}, "户号", "member_ambiguous"),
    ({"居民编号": "NOBODY"}, "居民编号", "member_unknown"),
    ({"居民编号": "X7"}, "居民编号", "name_mismatch"),
    ({"积分": "0"}, "积分", "points_zero"),
    ({"积分": "0.0"}, "积分", "points_zero"),
    ({"积分": "1.25"}, "积分", "not_one_decimal"),
    ({"积分": "100000.1"}, "积分", "too_many_points"),
    ({"积分": "999999999"}, "积分", "too_many_points"),
    ({"积分": "十"}, "积分", "points_unreadable"),
    ({"积分": "1e5"}, "积分", "points_unreadable"),
    ({"积分": "NaN"}, "积分", "points_unreadable"),
    ({"积分": ""}, "积分", "points_unreadable"),
    ({"计入": "荣誉"}, "计入", "counts_in_unknown"),
    ({"事由": ""}, "事由", "reason_missing"),
    ({"事由": "很" * 201}, "事由", "reason_too_long"),
    ({"发生日期": "昨天"}, "发生日期", "date_unreadable"),
    ({"发生日期": "2026-02-30"}, "发生日期", "date_unreadable"),
    ({"发生日期": "2026-11-22"}, "发生日期", "date_in_future"),
    ({"发生日期": "0206-11-22"}, "发生日期", "date_too_old"),
]


@pytest.mark.parametrize(("change", "column", "code"), BAD, ids=range(len(BAD)))
def test_a_bad_cell_is_named(change: dict[str, str], column: str, code: str) -> None:
    values = {**GOOD, **change}
    good = ["", "X7", "骑手", "1", "", "补记", ""]
    _, errors = plan(good, [values.get(title.strip("*"), "") for title in HEADER])
    assert errors == [(3, column, code)]


def test_a_person_twice_is_named_with_the_first_row() -> None:
    row = ["0305", "", "王一", "5", "", "补记", ""]
    _, errors = plan(row, row)
    assert errors == [(3, "姓名", "duplicate_in_file")]


def test_a_negative_opening_balance_is_refused_but_an_adjustment_is_not() -> None:
    row = ["0305", "", "王一", "-5", "", "更正", ""]
    planned, errors = plan(row)
    assert (errors, planned[0].points) == ([], Decimal(-5))
    assert plan(row, kind=BatchKind.OPENING)[1] == [(2, "积分", "opening_negative")]


def test_a_sign_in_a_csv_is_a_number_and_a_formula_is_not() -> None:
    text = "户号,姓名,积分,事由\n0305,王一,-5,更正\n0305,王一,=1+1,更正\n"
    found = read(text.encode(), filename="a.csv", most_rows=10)
    _, errors = reading.plan(found, kind=BatchKind.ENTRIES, known=KNOWN, today=TODAY)
    assert [(each.row, each.code) for each in errors] == [(3, "formula_in_cell")]


def test_nobody_enters_the_own_household() -> None:
    known = Known(
        households=KNOWN.households, at_home=KNOWN.at_home, by_public_code={},
        own_holders=frozenset({WANG}),
    )  # fmt: skip
    row = ["0305", "", "王一", "5", "", "补记", ""]
    assert plan(row, known=known)[1] == [(2, "户号", "own_household")]


def test_a_household_rulebook_needs_the_household_alone() -> None:
    known = Known(
        households=KNOWN.households, at_home={"0305": KNOWN.at_home["0305"]}, by_public_code={},
        holds_households=True, has_balance=False,
    )  # fmt: skip
    planned, errors = plan(["0305", "", "", "5", "", "补记", ""], known=known)
    assert errors == []
    assert (planned[0].holder_id, planned[0].member_id) == (HOME, None)
    assert (planned[0].counts_in_score, planned[0].counts_in_balance) == (True, False)
    wrong = plan(["0305", "", "", "5", "余额", "补记", ""], known=known)[1]
    assert wrong == [(2, "计入", "no_balance")]
    empty = plan(["0306", "", "", "5", "", "补记", ""], known=known)[1]
    assert empty == [(2, "户号", "household_empty")]


def test_the_hash_is_of_what_is_said() -> None:
    one = ["0305", "", "王一", "5", "", "补记", ""]
    other = ["", "X7", "骑手", "5.0", "", "补记", ""]
    first = reading.content_hash(BatchKind.ENTRIES, plan(one, other)[0])
    assert first == reading.content_hash(BatchKind.ENTRIES, plan(other, one)[0])
    assert first != reading.content_hash(BatchKind.OPENING, plan(one, other)[0])
    changed = ["0305", "", "王一", "5.1", "", "补记", ""]
    assert first != reading.content_hash(BatchKind.ENTRIES, plan(changed, other)[0])


@pytest.mark.parametrize(
    ("titles", "error"),
    [
        (["户号", "姓名"], HeaderMissing),
        (["积分", "积分"], HeaderTwice),
        (["积分", "身份证号"], HeaderUnknown),
    ],
)
def test_a_wrong_header_is_named(titles: list[str], error: type[Invalid]) -> None:
    header = Row(number=1, cells=tuple(Cell(text=title) for title in titles))
    with pytest.raises(error):
        reading.header(header)


@pytest.mark.parametrize("name", ["batch.csv", "batch.xlsx"])
def test_the_template_has_the_header_that_is_read(name: str) -> None:
    content = template.TEMPLATE.as_csv() if name.endswith("csv") else template.TEMPLATE.as_xlsx()
    from points.batches.reading import COLUMNS

    if name.endswith("csv"):
        titles = content.decode("utf-8-sig").strip().split(",")
    else:
        import io

        import openpyxl

        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        titles = [str(cell.value) for cell in sheet[1]]
    found = reading.header(Row(number=1, cells=tuple(Cell(text=title) for title in titles)))
    assert list(found) == list(COLUMNS)
