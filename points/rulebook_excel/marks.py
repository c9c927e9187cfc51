"""The marks of a cell: separators in either width, numbers, and words kept as they are typed.

A cell with several parts uses ；，：、＋～（） and the like; full-width and half-width marks are
equal and spaces do not count. A name that holds such a mark itself stands in corner quotes,
``「轻（首次）」``; inside them everything is literal, ``\\」`` is a quote and ``\\u000a`` a
character that no cell can show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

#: What clears a default, or says that a list is empty on purpose.
NOTHING = "无"
#: The longest number JSON lets in, written without its exponent.
_LONGEST_NUMBER = 40

#: An open quote matches, too (then without its second group), and nothing is tried twice: a cell
#: full of quotes is read in one pass.
_QUOTED = re.compile(r"「((?:[^「」\\]|\\.)*+)(」)?", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
#: Characters no cell keeps: controls (a line feed is kept), what XML forbids, narrow quotes.
_UNKEPT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff｢｣]")
#: Excel writes such characters as ``_x000D_``, and readers disagree about undoing it.
_EXCEL_ESCAPE = re.compile("_(?=x)|(?<=x005F)_")
#: Letters, digits and dashes: what a name inside a cell may hold without quotes.
_PLAIN_NAME = re.compile(r"[\w\u2010-\u2015·.%*#-]+")
_FIRST_STAND_IN, _LAST_STAND_IN = 0xE000, 0xF8FF
_STAND_IN = re.compile(f"[{chr(_FIRST_STAND_IN)}-{chr(_LAST_STAND_IN)}]")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class NotUnderstood(Exception):
    """A cell that cannot be read; ``zh`` and ``en`` say what to write instead."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en


class Marks:
    """One cell with several parts: quoted names put aside, marks narrowed, spaces taken out."""

    def __init__(self, cell: str) -> None:
        if _STAND_IN.search(cell):
            raise NotUnderstood("有认不出的字符，请重新输入。", "Some characters are not readable.")
        self._kept: list[str] = []
        wide = _with_wide_quotes(cell)
        bare = unicodedata.normalize("NFKC", _QUOTED.sub(self._put_aside, wide))
        self.text = "".join(bare.split())
        if "」" in self.text:
            raise _not_closed()

    def _put_aside(self, quoted: re.Match[str]) -> str:
        self._kept.append(_inside(quoted))
        if len(self._kept) > _LAST_STAND_IN - _FIRST_STAND_IN:
            raise NotUnderstood("引号太多。", "Too many quotes.")
        return chr(_FIRST_STAND_IN + len(self._kept) - 1)

    def parts(self, mark: str) -> list[str]:
        """The cell cut at ``mark`` (narrow); an empty part is refused."""
        return split(self.text, mark)

    def name(self, part: str) -> str:
        """The name a part holds, quoted or not; an empty one is refused."""
        if _STAND_IN.fullmatch(part):
            return _unescaped(self._kept[ord(part) - _FIRST_STAND_IN])
        if not part or _STAND_IN.search(part):
            raise NotUnderstood("引号应包住整个名称。", "Quotes have to enclose the whole name.")
        return part


def _with_wide_quotes(cell: str) -> str:
    return cell.replace("｢", "「").replace("｣", "」")


def _inside(quote: re.Match[str]) -> str:
    if quote.group(2) is None:
        raise _not_closed()
    return quote.group(1)


def _not_closed() -> NotUnderstood:
    return NotUnderstood("引号「」没有成对。", "A corner quote is not closed.")


def split(text: str, mark: str) -> list[str]:
    parts = text.split(mark)
    if parts and not parts[-1] and len(parts) > 1:
        parts.pop()  # a closing mark at the end harms nobody
    if not all(parts):
        raise NotUnderstood(f"“{mark}”旁边少了内容。", f'Something is missing beside a "{mark}".')
    return parts


def quoted(name: str, unlike: re.Pattern[str] | None = None) -> str:
    """A name as it stands inside a cell with several parts.

    ``unlike`` matches beginnings that mean something else in that cell.
    """
    is_plain = (
        _PLAIN_NAME.fullmatch(name)
        and unicodedata.normalize("NFKC", name) == name
        and name != NOTHING
        and not _EXCEL_ESCAPE.search(name)
        and not _STAND_IN.search(name)
        and not (unlike and unlike.match(name))
    )
    return name if is_plain else f"「{_escaped(name)}」"


def whole(text: str) -> str:
    """A text that has the cell to itself; quoted only where a cell would not keep it."""
    is_kept = (
        text == text.strip()
        and text != NOTHING
        and not text.startswith("「")
        and not _STAND_IN.search(text)
        and not _UNKEPT.search(text)
        and not _EXCEL_ESCAPE.search(text)
    )
    return text if is_kept else f"「{_escaped(text)}」"


def from_whole(cell: str) -> str:
    """The inverse of :func:`whole`."""
    quoted_text = _QUOTED.fullmatch(cell)
    return _unescaped(_inside(quoted_text)) if quoted_text else cell


def _escaped(text: str) -> str:
    doubled = re.sub(r"([\\「」])", r"\\\1", text)
    coded = re.sub(r"\s", _code, _UNKEPT.sub(_code, _EXCEL_ESCAPE.sub(_code, doubled)))
    return _STAND_IN.sub(_code, coded)


def _code(character: re.Match[str]) -> str:
    return f"\\u{ord(character.group()):04x}"


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def code(text: str) -> str:
    """A code of the format: letters, digits and ``. _ -``."""
    if not _CODE.fullmatch(text):
        raise NotUnderstood(
            f"“{text}”不是编号（字母、数字和 . _ -，最多 40 个）。",
            f'"{text}" is no code (letters, digits and . _ -, at most 40).',
        )
    return text


def number_text(value: int | Decimal) -> str:
    """Without an exponent: ``1000``, ``0.5``."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def number(text: str) -> int | Decimal:
    """``5`` → int, ``0.5`` → Decimal, as JSON is read."""
    if not _NUMBER.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        raise NotUnderstood(f"“{text}”不是数字。", f'"{text}" is not a number.')
    return Decimal(text) if "." in text else int(text)


def integer(text: str) -> int:
    value = number(text)
    if isinstance(value, Decimal):
        raise NotUnderstood(f"“{text}”应是整数。", f'"{text}" has to be a whole number.')
    return value


def amounts(parts: list[str]) -> Iterator[tuple[str, int | Decimal]]:
    """``名称=5`` → (名称, 5); the name is still as it stood."""
    for part in parts:
        name, equals, amount = part.rpartition("=")
        if not equals:
            raise NotUnderstood(f"“{part}”应写成“…=分值”。", f'"{part}" has to read "…=points".')
        yield name, number(amount)


def texts_text(texts: Sequence[str], between: str) -> str:
    """A list of free texts, which keep their marks: only ``between`` parts them."""
    return between.join(_in_list(text) for text in texts) or NOTHING


def _in_list(text: str) -> str:
    return f"「{_escaped(text)}」" if re.search("[、,，;；「」]", text) else whole(text)


def texts_of(cell: str, between: str) -> list[str]:
    """The inverse of :func:`texts_text`; ``between`` is any of these marks."""
    if cell == NOTHING:
        return []
    bare = _QUOTED.sub(_hidden, cell)
    texts = [part.translate(_SHOWN).strip() for part in re.split(f"[{between}]", bare)]
    if not all(texts):
        raise NotUnderstood("分隔号旁边少了内容。", "Something is missing beside a separator.")
    return [from_whole(text) for text in texts]


def _hidden(quote: re.Match[str]) -> str:
    return f"「{_inside(quote).translate(_HIDDEN)}」"


#: Separators inside quotes are hidden while a list is cut.
_HIDDEN = {ord(mark): _FIRST_STAND_IN + place for place, mark in enumerate("、,，;；")}
_SHOWN = {hidden: mark for mark, hidden in _HIDDEN.items()}
