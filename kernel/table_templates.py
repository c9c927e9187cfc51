"""An empty table to fill in, as CSV (UTF-8 with BOM, for Excel) and as XLSX.

What is filled in is read back by kernel/sheet_files.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kernel import workbooks


@dataclass(frozen=True, kw_only=True)
class TableTemplate:
    """``remarks``: column → what to fill in, in the order of the columns; ``closing`` ends them.

    A star marks the ``required`` columns. There is no example row: it would be imported.
    """

    sheet: str
    remarks: Mapping[str, str]
    required: Collection[str]
    closing: str

    def titles(self) -> list[str]:
        """Column titles."""
        return [f"{name}*" if name in self.required else name for name in self.remarks]

    def as_csv(self) -> bytes:
        """The titles alone."""
        text = io.StringIO(newline="")
        csv.writer(text).writerow(self.titles())
        return text.getvalue().encode("utf-8-sig")

    def as_xlsx(self) -> bytes:
        """Two sheets: the table (all cells are text, so that 0305 keeps its zero) and remarks."""
        buffer = io.BytesIO()
        with workbooks.workbook(buffer) as book:
            bold = book.add_format({"bold": True, "num_format": "@"})
            text = book.add_format({"num_format": "@"})
            table = book.add_worksheet(self.sheet)
            table.set_column(0, len(self.remarks) - 1, 16, text)
            table.write_row(0, 0, self.titles(), bold)
            table.freeze_panes(1, 0)
            remarks = book.add_worksheet("填写说明")
            remarks.set_column(0, 0, 14)
            remarks.set_column(1, 1, 70)
            for number, (column, remark) in enumerate(self.remarks.items()):
                remarks.write_string(number, 0, column, bold)
                remarks.write_string(number, 1, remark)
            remarks.write_string(len(self.remarks), 1, self.closing)
        return buffer.getvalue()
