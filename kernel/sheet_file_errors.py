"""Why a file is refused as a whole, before any row of it is looked at."""

from __future__ import annotations

from kernel.errors import Invalid


class CsvNotUtf8(Invalid):
    code = "csv_not_utf8"
    zh = "这份 CSV 不是 UTF-8 编码（多半是 GBK）。请用模板填写，或在表格软件里另存为“CSV UTF-8”。"
    en = "This CSV is not UTF-8. Please save it as “CSV UTF-8”, or use the template."


class CsvUnreadable(Invalid):
    code = "csv_unreadable"
    zh = "这份 CSV 读不懂：引号不成对，或者不是表格。请用模板填写。"
    en = "This CSV cannot be read: unbalanced quotes, or not a table. Please use the template."


class XlsxUnreadable(Invalid):
    code = "xlsx_unreadable"
    zh = "这不是能读的 Excel 文件（只收 .xlsx）。请另存为 .xlsx 后再上传。"
    en = "This is not an Excel file we can read (.xlsx only). Please save it as .xlsx."


class FileTooLarge(Invalid):
    code = "file_too_large"
    zh = "文件太大，最多 {most_megabytes} MB；请删掉图片和空行，或分几份导入。"
    en = "The file is too large; at most {most_megabytes} MB."


class ZipBomb(Invalid):
    code = "xlsx_expands_too_much"
    zh = "这个 Excel 文件解开后大得不正常，没有打开。请用模板重新填写。"
    en = "This Excel file unpacks to an abnormal size and was not opened. Please use the template."


class TooManyRows(Invalid):
    code = "too_many_rows"
    zh = "一次最多导入 {most} 行，请分几份上传。"
    en = "At most {most} rows at a time. Please split the file."


class NoRows(Invalid):
    code = "no_rows"
    zh = "表里没有要导入的人，请从第 2 行开始填写。"
    en = "There is nobody in this file. Please fill it in from the second row on."


class MergedCells(Invalid):
    code = "merged_cells"
    zh = "表里有合并单元格，请先取消合并，一行只写一条。"
    en = "There are merged cells. Please unmerge them; one entry to a row."


class HeaderUnknown(Invalid):
    code = "header_unknown"
    zh = "表头“{given}”不认识，请用模板的表头；身份证号、出生日期和电话不要填。"
    en = "The header has a column that is not in the template. ID numbers, birth dates and phone"
    en += " numbers do not belong here."


class HeaderMissing(Invalid):
    code = "header_missing"
    zh = "缺少“{column}”这一列，请用模板的表头。"
    en = "The column {column} is missing. Please use the header of the template."


class HeaderTwice(Invalid):
    code = "header_twice"
    zh = "表头“{column}”出现了两次，请删掉一列。"
    en = "The column {column} appears twice. Please remove one."
