"""Reading an uploaded table, CSV or Excel, as text cells; hostile files are refused first.

openpyxl is imported where a workbook is read: a process that reads none starts without it.

An .xlsx is a zip: a few kilobytes may unpack to gigabytes, and a sheet may claim a million rows.
Sizes are checked in the zip's directory before anything is unpacked (Python's zipfile reads no
more than the directory says), rows while they stream.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.sheet_file_errors import (
    CsvNotUtf8,
    CsvUnreadable,
    FileTooLarge,
    MergedCells,
    NoRows,
    TooManyRows,
    XlsxUnreadable,
    ZipBomb,
)

MOST_BYTES = 3 * 1024 * 1024
MOST_UNPACKED_BYTES = 40 * 1024 * 1024
MOST_PARTS = 200
#: Text of spreadsheets packs about 1 : 10; repeated zeros pack 1 : 1000.
MOST_RATIO = 100
MOST_COLUMNS = 40
MOST_SHEETS = 30
#: Empty rows do not count as rows, but a sheet that reaches further is not read at all.
LAST_SHEET_ROW = 20_000
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\br\s*=\s*["'](\d{1,9})["']""")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b")
#: How XML begins in UTF-16, which the parser reads and the searches here do not.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell as text; ``is_formula`` when it would be calculated."""

    text: str
    is_formula: bool = False


_EMPTY = Cell(text="")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that is not blank; ``number`` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]


def read(content: bytes, *, filename: str, most_rows: int) -> list[Row]:
    """The rows of the first sheet, header first, at most ``most_rows`` beside it.

    Raises FileTooLarge, CsvNotUtf8, CsvUnreadable, XlsxUnreadable, ZipBomb, MergedCells,
    TooManyRows, NoRows.
    """
    _require_bearable(content)
    if content.startswith(b"PK"):
        rows = _xlsx_rows(content)
    elif content.startswith(_OLD_EXCEL) or filename.lower().endswith((".xlsx", ".xls", ".xlsm")):
        raise XlsxUnreadable(field="file")
    else:
        rows = _csv_rows(content)
    found: list[Row] = []
    for row in rows:
        if any(cell.text or cell.is_formula for cell in row.cells):
            found.append(row)
        if len(found) > most_rows + 1:
            raise TooManyRows(field="file", most=most_rows)
    if len(found) < 2:
        raise NoRows(field="file")
    return found


def _csv_rows(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvNotUtf8(field="file") from None
    if "\x00" in text:
        raise CsvUnreadable(field="file")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield Row(number=number, cells=tuple(_csv_cell(cell) for cell in cells[:MOST_COLUMNS]))
    except csv.Error:
        raise CsvUnreadable(field="file") from None


def _csv_cell(text: str) -> Cell:
    """A spreadsheet calculates whatever begins with one of FORMULA_SIGNS."""
    return Cell(text=text.strip(), is_formula=text.lstrip(" ").startswith(FORMULA_SIGNS))


def read_workbook(content: bytes, *, filename: str, most_rows: int) -> dict[str, list[Row]]:
    """The rows of every sheet by its name, at most ``most_rows`` beside a header in each.

    Sheets may be empty. Raises FileTooLarge, XlsxUnreadable, ZipBomb, MergedCells, TooManyRows.
    """
    _require_bearable(content)
    if not content.startswith(b"PK") or not filename.lower().endswith(".xlsx"):
        raise XlsxUnreadable(field="file")
    sheets: dict[str, list[Row]] = {}
    for name, row in _workbook_rows(content):
        found = sheets.setdefault(name, [])
        if row is not None and any(cell.text or cell.is_formula for cell in row.cells):
            found.append(row)
        if len(found) > most_rows + 1:
            raise TooManyRows(field="file", most=most_rows)
    return sheets


def _require_bearable(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise FileTooLarge(field="file", most_megabytes=MOST_BYTES // 1024 // 1024)


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    for _name, row in _workbook_rows(content, most_sheets=1):
        if row is not None:
            yield row


def _workbook_rows(
    content: bytes, most_sheets: int = MOST_SHEETS
) -> Iterator[tuple[str, Row | None]]:
    """(sheet, row) of the first sheets; a sheet begins with (sheet, None), also an empty one."""
    import openpyxl

    _require_harmless(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        if not book.worksheets:
            raise XlsxUnreadable(field="file")
        for sheet in book.worksheets[:most_sheets]:
            yield sheet.title, None
            sheet.reset_dimensions()
            for row in _openpyxl_rows(sheet.iter_rows(max_col=MOST_COLUMNS)):
                yield sheet.title, row
    except (XlsxUnreadable, ZipBomb, MergedCells, TooManyRows):
        raise
    # openpyxl and the XML parser below it raise almost anything on a broken file.
    except Exception:
        raise XlsxUnreadable(field="file") from None


def _openpyxl_rows(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=1):
        if number > LAST_SHEET_ROW:
            raise TooManyRows(field="file", most=LAST_SHEET_ROW)
        # Most cells are empty; a stray one far below costs thousands of rows that hold nothing.
        read = tuple(_EMPTY if cell.value is None else _openpyxl_cell(cell) for cell in cells)
        if any(cell is not _EMPTY for cell in read):
            yield Row(number=number, cells=read)


def _openpyxl_cell(cell: Any) -> Cell:
    return Cell(text=_text(cell.value), is_formula=cell.data_type == "f")


def _text(value: object) -> str:
    """What the cell shows: whole numbers without ``.0``, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _require_harmless(content: bytes) -> None:
    """Raise XlsxUnreadable, ZipBomb, MergedCells or TooManyRows before the file is opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_small(archive)
            names = archive.namelist()
            if "[Content_Types].xml" not in names:
                raise XlsxUnreadable(field="file")
            for name in names:
                # Every part: which of them is a sheet is said inside the file, by whoever made it.
                _require_plain(archive.read(name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise XlsxUnreadable(field="file") from None
    except ValueError:
        raise XlsxUnreadable(field="file") from None


def _require_small(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise ZipBomb(field="file")
    if unpacked > 1024 * 1024 and unpacked > MOST_RATIO * max(packed, 1):
        raise ZipBomb(field="file")


def _require_plain(part: bytes) -> None:
    # A document type may define entities that expand without end; no spreadsheet has one.
    if part.startswith(_UTF_16) or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise XlsxUnreadable(field="file")
    if _MERGED.search(part):
        raise MergedCells(field="file")
    if any(int(n) > LAST_SHEET_ROW for n in _ROW_NUMBER.findall(part)):
        raise TooManyRows(field="file", most=LAST_SHEET_ROW)
