"""A document as a workbook, and the empty workbook to fill in.

Every cell is text, so that ``0305`` keeps its zero, ``01-10`` is no date and ``=1`` no formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from kernel import workbooks
from kernel.sheet_files import MOST_BYTES
from points.rulebook_excel.columns import Column, Json
from points.rulebook_excel.header_fields import (
    ALL_DEFAULTS,
    HEADER_FIELDS,
    HEADER_SHEET,
    KIND_DEFAULTS,
    REMARKS_SHEET,
    default_title,
    default_unit,
)
from points.rulebook_excel.item_columns import DEFAULT_COLUMNS
from points.rulebook_excel.marks import NOTHING
from points.rulebook_excel.sheets import TABLES, Sheet
from points.rules.findings import Finding, RulebookRefused, error, errors_of
from points.rules.schema import schema_findings

#: What Excel keeps in one cell.
LONGEST_CELL = 32_767
MOST_ROWS = 5_000
#: Drop-downs reach this far down.
_LAST_ROW = 1_000
_FORMAT = "linli-rulebook/1"
_FIRST_VOCABULARY_COLUMN = 4


def template() -> bytes:
    """The empty workbook: every sheet with its columns, drop-downs and remarks."""
    return _Workbook({"format": _FORMAT}).made()


def write(document: Json) -> bytes:
    """The document as a workbook; raises RulebookRefused where it has not the right shape, or
    where a text is longer than a cell.
    """
    problems = errors_of(schema_findings(document))
    if problems:
        raise RulebookRefused(problems)
    return _Workbook(document).made()


class _Workbook:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._problems: list[Finding] = []
        self._buffer = io.BytesIO()
        self._book = workbooks.workbook(self._buffer)
        self._text = self._book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._bold = self._book.add_format({"num_format": "@", "bold": True, "bg_color": "#EAF2EC"})
        self._lists = _Vocabularies()

    def made(self) -> bytes:
        self._header()
        for sheet in TABLES:
            self._table(sheet)
        self._remarks()
        self._book.close()
        content = self._buffer.getvalue()
        if len(content) > MOST_BYTES:
            self._problems.append(_too_large())
        if self._problems:
            raise RulebookRefused(self._problems)
        return content

    def _add(self, name: str, titles: list[str], widths: list[int]) -> Any:
        page = self._book.add_worksheet(name)
        for place, width in enumerate(widths):
            page.set_column(place, place, width, self._text)
        page.write_row(0, 0, titles, self._bold)
        page.freeze_panes(1, 0)
        page.ignore_errors({"number_stored_as_text": f"A1:AZ{MOST_ROWS}"})
        return page

    def _put(self, page: Any, row: int, place: int, text: str) -> None:
        if len(text) > LONGEST_CELL:
            self._problems.append(_too_long(page.get_name(), row + 1))
        elif text:
            page.write_string(row, place, text, self._text)

    def _offer(self, page: Any, rows: tuple[int, int], place: int, field: Column) -> None:
        source = self._lists.source(field)
        if source:
            options = {"validate": "list", "source": source, "error_type": "warning"}
            page.data_validation(rows[0], place, rows[1], place, options)

    def _header(self) -> None:
        page = self._add(HEADER_SHEET, ["项", "内容", "怎么写"], [22, 48, 60])
        for row, (title, text, field) in enumerate(_header_rows(self._document), start=1):
            self._put(page, row, 0, title)
            self._put(page, row, 1, text)
            if field is not None:
                self._put(page, row, 2, field.remark)
                self._offer(page, (row, row), 1, field)

    def _table(self, sheet: Sheet) -> None:
        titles = [f"{each.title}*" if each.required else each.title for each in sheet.columns]
        page = self._add(sheet.name, titles, [each.width for each in sheet.columns])
        for place, field in enumerate(sheet.columns):
            self._offer(page, (1, _LAST_ROW), place, field)
        entries = self._document.get(sheet.key)
        if entries == [] and not sheet.always:
            self._put(page, 1, 0, NOTHING)
        if entries and len(entries) > MOST_ROWS:
            self._problems.append(_too_many(sheet.name))
            return
        for row, entry in enumerate(entries or (), start=1):
            unit = sheet.unit(entry, self._document)
            for place, field in enumerate(sheet.columns):
                self._put(page, row, place, field.text(entry, unit))

    def _remarks(self) -> None:
        page = self._add(REMARKS_SHEET, ["工作表", "列", "怎么写"], [14, 14, 90])
        row = 1
        for sheet in TABLES:
            for field in sheet.columns:
                for place, text in enumerate((sheet.name, field.title, field.remark)):
                    self._put(page, row, place, text)
                row += 1
        self._put(
            page, row + 1, 2, "每格都是文字；全角和半角标点一样；不要合并单元格，不要写公式。"
        )
        for place, (title, choices) in enumerate(self._lists.items()):
            column = _FIRST_VOCABULARY_COLUMN + place
            page.write_string(0, column, title, self._bold)
            for line, choice in enumerate(choices, start=1):
                page.write_string(line, column, choice, self._text)


class _Vocabularies:
    """Closed lists of words: each stands once on the sheet 说明, where drop-downs find it."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], int] = {}
        self._titles: list[str] = []

    def source(self, field: Column) -> str | None:
        choices = field.notation.choices
        if not choices:
            return None
        if choices not in self._places:
            self._places[choices] = len(self._places)
            self._titles.append(field.title)
        column = workbooks.column_letters(_FIRST_VOCABULARY_COLUMN + self._places[choices])
        return f"={REMARKS_SHEET}!${column}$2:${column}${len(choices) + 1}"

    def items(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield from zip(self._titles, self._places, strict=True)


def _header_rows(document: Json) -> Iterator[tuple[str, str, Column | None]]:
    """(title, content, field) of every row of 总则."""
    for field in HEADER_FIELDS:
        yield f"{field.title}*" if field.required else field.title, field.text(document, ""), field
    defaults = document.get("defaults")
    yield ALL_DEFAULTS, NOTHING if defaults == {} else "", None
    for kind, title in KIND_DEFAULTS.items():
        default: Mapping[str, Any] | None = (defaults or {}).get(kind)
        yield title, NOTHING if default == {} else "", None
        for field in DEFAULT_COLUMNS:
            text = field.text(default, default_unit(default)) if default else ""
            yield default_title(kind, field), text, field


def _too_long(sheet: str, row: int) -> Finding:
    return error(
        "cell_too_long",
        f"{sheet}!{row}",
        f"一格最多 {LONGEST_CELL} 个字，第 {row} 行有一格超过了。",
        f"A cell holds {LONGEST_CELL} characters at most; one in row {row} has more.",
    )


def _too_many(sheet: str) -> Finding:
    return error(
        "too_many_rows",
        sheet,
        f"一张表最多 {MOST_ROWS} 行。",
        f"A sheet holds {MOST_ROWS} rows at most.",
    )


def _too_large() -> Finding:
    return error(
        "too_large",
        "",
        "写成 Excel 后文件太大，请用 JSON 文件。",
        "As a workbook this is too large; please use the JSON file.",
    )
