"""A workbook as a document; every cell that is not understood is named, not only the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from kernel import sheet_files, workbooks
from kernel.sheet_files import Cell, Row
from points.rulebook_excel.columns import Column
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
from points.rulebook_excel.marks import NOTHING, NotUnderstood
from points.rulebook_excel.sheets import TABLES, Sheet
from points.rulebook_excel.writing import MOST_ROWS
from points.rules.findings import Finding, RulebookRefused, error

#: A file of another kind would have thousands of bad cells; nobody mends them from one answer.
MOST_NAMED = 200
_EMPTY = Cell(text="")
_VALUE_COLUMN = 1
_HEADER_ROW = 1


def read(content: bytes, filename: str) -> dict[str, Any]:
    """The document in a workbook; its shape and rules are still to be checked.

    Raises FileTooLarge, XlsxUnreadable, ZipBomb, MergedCells, TooManyRows for the file, and
    RulebookRefused with one finding (``项目!K5``) for every cell that is not understood, up to
    MOST_NAMED.
    """
    book = sheet_files.read_workbook(content, filename=filename, most_rows=MOST_ROWS)
    return _Reader(book).document()


class _Reader:
    def __init__(self, book: Mapping[str, Sequence[Row]]) -> None:
        self._book = {_title(name): rows for name, rows in book.items()}
        self._problems: list[Finding] = []
        self._document: dict[str, Any] = {}

    def document(self) -> dict[str, Any]:
        self._require_known_sheets()
        self._header()
        for sheet in TABLES:
            self._table(sheet)
        if self._problems:
            raise RulebookRefused(self._problems)
        return self._document

    def _refuse(self, code: str, where: str, zh: str, en: str) -> None:
        if len(self._problems) < MOST_NAMED:
            self._problems.append(error(code, where, zh, en))

    def _require_known_sheets(self) -> None:
        known = [HEADER_SHEET, *(sheet.name for sheet in TABLES), REMARKS_SHEET]
        for name in self._book:
            if name not in known:
                names = "、".join(known)
                self._refuse(
                    "sheet_unknown",
                    name,
                    f"不认识工作表“{name}”，只能有：{names}。请删掉或改名。",
                    f'The sheet "{name}" is not one of: {names}. Please remove or rename it.',
                )
        for name in (HEADER_SHEET, "项目"):
            if name not in self._book:
                self._refuse(
                    "sheet_missing",
                    name,
                    f"缺少工作表“{name}”，请用模板填写。",
                    f'The sheet "{name}" is missing; please use the template.',
                )

    def _understood(self, where: str, cell: Cell, read_cell: Callable[[str], None]) -> None:
        """Runs ``read_cell`` on the text; what it does not understand is noted with its place."""
        if cell.is_formula:
            self._refuse(
                "formula_not_allowed",
                where,
                "这一格是公式，请改成文字。",
                "This cell is a formula; please write the text itself.",
            )
            return
        try:
            read_cell(cell.text)
        except NotUnderstood as problem:
            self._refuse("cell_not_understood", where, problem.zh, problem.en)

    def _header(self) -> None:
        cells: dict[str, tuple[str, Cell]] = {}
        for row in self._book.get(HEADER_SHEET, ())[_HEADER_ROW:]:
            title = _title(row.cells[0].text)
            where = _where(HEADER_SHEET, _VALUE_COLUMN, row.number)
            if title in cells or title not in _HEADER_TITLES:
                what = "写了两次" if title in cells else "不认识"
                self._refuse(
                    "cell_not_understood",
                    _where(HEADER_SHEET, 0, row.number),
                    f"第 {row.number} 行的“{title}”{what}，请用模板的项目名。",
                    f'"{title}" in row {row.number} is unknown or stands twice.',
                )
            cells.setdefault(title, (where, _cell(row, _VALUE_COLUMN)))
        self._fields(HEADER_FIELDS, self._document, cells, lambda field: field.title)
        self._defaults(cells)

    def _fields(
        self,
        fields: Sequence[Column],
        into: dict[str, Any],
        cells: Mapping[str, tuple[str, Cell]],
        title_of: Callable[[Column], str],
    ) -> None:
        for field in fields:
            where, cell = cells.get(title_of(field), (HEADER_SHEET, _EMPTY))
            if _is_blank(cell):
                if field.required:
                    self._missing(where, field)
                continue
            self._understood(where, cell, partial(_put_field, field, into))

    def _missing(self, where: str, field: Column) -> None:
        self._refuse(
            "cell_missing",
            where,
            f"“{field.title}”没有填。{field.remark}",
            f'"{field.title}" is not filled in.',
        )

    def _defaults(self, cells: Mapping[str, tuple[str, Cell]]) -> None:
        defaults: dict[str, Any] = {}
        for kind, title in KIND_DEFAULTS.items():
            default: dict[str, Any] = {}
            self._fields(DEFAULT_COLUMNS, default, cells, partial(default_title, kind))
            if default or self._is_nothing(title, cells):
                defaults[kind] = default
        if defaults or self._is_nothing(ALL_DEFAULTS, cells):
            self._document["defaults"] = defaults

    def _is_nothing(self, title: str, cells: Mapping[str, tuple[str, Cell]]) -> bool:
        where, cell = cells.get(title, (HEADER_SHEET, _EMPTY))
        if _is_blank(cell):
            return False
        self._understood(where, cell, _only_nothing)
        return True

    def _table(self, sheet: Sheet) -> None:
        rows = self._book.get(sheet.name, ())
        entries: list[dict[str, Any]] = []
        columns = self._columns(sheet, rows[0]) if rows else {}
        body = rows[_HEADER_ROW:]
        is_nothing = len(body) == 1 and body[0].cells[0].text == NOTHING
        for row in () if is_nothing else body:
            entries.append(self._entry(sheet, columns, row))
        if entries or sheet.always or is_nothing:
            self._document[sheet.key] = entries

    def _columns(self, sheet: Sheet, header: Row) -> dict[str, int]:
        """Title → place; unknown and repeated titles and missing columns are refused."""
        known = {field.title: field for field in sheet.columns}
        places: dict[str, int] = {}
        for place, cell in enumerate(header.cells):
            title = _title(cell.text)
            if not title and not cell.is_formula:
                continue
            if title not in known or title in places:
                self._refuse(
                    "column_unknown",
                    _where(sheet.name, place, header.number),
                    f"表头“{title}”不认识，或写了两次，请用模板的表头。",
                    f'The heading "{title}" is unknown or stands twice; please use the template.',
                )
            places.setdefault(title, place)
        for field in sheet.columns:
            if field.required and field.title not in places:
                self._refuse(
                    "column_missing",
                    sheet.name,
                    f"缺少“{field.title}”这一列，请用模板的表头。",
                    f'The column "{field.title}" is missing; please use the template.',
                )
        return places

    def _entry(self, sheet: Sheet, places: Mapping[str, int], row: Row) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        for field in sheet.columns:
            if field.title not in places:
                continue
            cell = _cell(row, places[field.title])
            where = _where(sheet.name, places[field.title], row.number)
            if _is_blank(cell):
                if field.required:
                    self._missing(where, field)
                continue
            self._understood(where, cell, partial(self._put, sheet, field, entry))
        for place, cell in enumerate(row.cells):
            if place not in places.values() and not _is_blank(cell):
                self._refuse(
                    "cell_not_understood",
                    _where(sheet.name, place, row.number),
                    "这一格上面没有表头，请删掉或移到对应的列。",
                    "There is no heading above this cell; please remove or move it.",
                )
        return entry

    def _put(self, sheet: Sheet, field: Column, entry: dict[str, Any], text: str) -> None:
        field.put(entry, field.notation.of(text, sheet.unit(entry, self._document)))


_HEADER_TITLES = {
    *(field.title for field in HEADER_FIELDS),
    ALL_DEFAULTS,
    *KIND_DEFAULTS.values(),
    *(default_title(kind, field) for kind in KIND_DEFAULTS for field in DEFAULT_COLUMNS),
}


def _put_field(field: Column, into: dict[str, Any], text: str) -> None:
    field.put(into, field.notation.of(text, default_unit(into)))


def _title(text: str) -> str:
    """Without the star of what must be filled in; the colon of defaults is full-width."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).removesuffix("*")
    return plain.replace(":", "：")


def _cell(row: Row, place: int) -> Cell:
    return row.cells[place] if place < len(row.cells) else _EMPTY


def _is_blank(cell: Cell) -> bool:
    return not cell.text and not cell.is_formula


def _where(sheet: str, place: int, row: int) -> str:
    return f"{sheet}!{workbooks.column_letters(place)}{row}"


def _only_nothing(text: str) -> None:
    if text != NOTHING:
        raise NotUnderstood("这一格只能写“无”，或留空。", "Write 无 here, or leave it empty.")
