"""Excel workbooks of rows; text stays text, whatever a name begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: A member may be called ``=1+1``: what people typed is neither a formula nor a link.
_OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """``rows`` below a bold ``header`` that stays in sight; ``width`` of a column in characters."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    width: int


def workbook(buffer: io.BytesIO) -> Any:
    """A new xlsxwriter workbook, a context manager that writes into ``buffer`` at its end."""
    # Imported by who writes one: a process that writes none starts without it.
    import xlsxwriter

    return xlsxwriter.Workbook(buffer, _OPTIONS)


def column_letters(place: int) -> str:
    """What Excel calls the column at ``place`` from 0: 0 → A, 26 → AA."""
    from xlsxwriter.utility import xl_col_to_name

    letters: str = xl_col_to_name(place)
    return letters


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one file, in their order."""
    buffer = io.BytesIO()
    with workbook(buffer) as book:
        bold = book.add_format({"bold": True})
        for each in sheets:
            sheet = book.add_worksheet(each.name)
            sheet.set_column(0, len(each.header) - 1, each.width)
            sheet.write_row(0, 0, each.header, bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(each.rows, start=1):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()
