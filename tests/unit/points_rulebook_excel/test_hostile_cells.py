"""Whatever stands in a cell, the workbook is read or refused by name, and soon."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from points.rulebook_excel import read, write
from points.rulebook_excel.header_fields import HEADER_FIELDS
from points.rulebook_excel.marks import NotUnderstood
from points.rulebook_excel.sheets import TABLES
from points.rules.document import parse
from points.rules.findings import RulebookRefused
from tests.unit.points_rules.books import ROOT

RURAL = ROOT / "tests/data/rulebooks/wendeng_rural_residents_2020.excerpt.json"
NOTATIONS = [
    (f"{name}-{field.title}", field.notation)
    for name, fields in [("总则", HEADER_FIELDS), *((each.name, each.columns) for each in TABLES)]
    for field in fields
]
#: Pieces of every notation, in either width, and what people and attackers type.
PIECES = [
    *"；;，,、：:＝=～~（）()「」\\/／+＋>≥<≤%×x*.-",
    *[
        "每",
        "满",
        "起",
        "以后",
        "第",
        "名",
        "档",
        "分",
        "次",
        "小时",
        "单位",
        "无",
        "其余",
        "整改后",
    ],
    *[
        "每月",
        "每年",
        "个月",
        "天",
        "宽限",
        "间隔",
        "等级",
        "至整改",
        "加分暂缓",
        "非",
        "分组",
        "前",
    ],
    *[
        "0",
        "1",
        "10",
        "0.5",
        "-3",
        "1e9",
        "٣",
        "²",
        "9" * 50,
        "得分",
        "党员",
        "上期",
        "末后",
        "按比例",
    ],
    *[" ", "\n", "\ue000", "=1+1", "<b>", "𝟙", "None", "nan"],
]
CELLS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(max_size=20),
)


@pytest.mark.parametrize(
    "notation", [each for _, each in NOTATIONS], ids=[name for name, _ in NOTATIONS]
)
@settings(max_examples=25, deadline=None)
@given(cell=CELLS, unit=st.sampled_from(["", "次", "小时", "天"]))
def test_a_cell_is_understood_or_refused(notation: Any, cell: str, unit: str) -> None:
    try:
        value = notation.of(cell, unit)
    except NotUnderstood:
        return
    assert notation.of(notation.text(value, unit), unit) == value


@cache
def opened() -> Workbook:
    """Opened once, and each time put back as it was."""
    return openpyxl.load_workbook(io.BytesIO(write(parse(RURAL.read_bytes()))))


@settings(max_examples=20, deadline=None)
@given(
    sheet=st.sampled_from(["总则", "项目", "等级", "排名", "同一行为"]),
    row=st.integers(1, 12),
    column=st.integers(1, 30),
    cell=CELLS.filter(lambda text: text.isprintable()),
)
def test_a_spoiled_workbook_is_read_or_refused(
    sheet: str, row: int, column: int, cell: str
) -> None:
    buffer = io.BytesIO()
    spoiled = opened()[sheet].cell(row, column)
    before, spoiled.value = spoiled.value, cell
    opened().save(buffer)
    spoiled.value = before
    with suppress(RulebookRefused):
        assert read(buffer.getvalue(), "x.xlsx")["items"]


LONG = 32_000
SLOW = [
    "「" * LONG,
    "(" * LONG,
    "a=" + "(" * LONG,
    "每" * LONG,
    "=" * LONG,
    "1~" * LONG,
    "「\\" * LONG,
]
SLOW += ["9" * LONG, "得分(" + ")" * LONG, "x1" * LONG, "每4小时" * LONG, "；" * LONG, "非:" * LONG]


@pytest.mark.parametrize("cell", SLOW, ids=range(len(SLOW)))
def test_long_cells_are_refused_soon(cell: str) -> None:
    started = time.process_time()
    for _, notation in NOTATIONS:
        try:
            notation.of(cell[:LONG], "小时")
        except NotUnderstood:
            continue
    assert time.process_time() - started < 3
