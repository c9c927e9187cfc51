"""Rulebooks as Excel workbooks: the empty template, a document written out, a workbook read.

``read(write(document), …) == document`` for every document of the right shape
(rulebook-format.md section 10).
"""

from points.rulebook_excel.reading import read
from points.rulebook_excel.writing import template, write

__all__ = ["read", "template", "write"]
