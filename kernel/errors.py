"""Base classes of everything a caller may do wrong, and the refusal that is committed.

A concept function raises one of these (or a subclass from its package's ``errors.py``) where the
problem is known. Raising undoes the unit of work. HTTP status codes are chosen only in
``kernel/problems.py``, by base class.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


class LinliError(Exception):
    """A stable ``code`` and one sentence in Chinese and in English.

    ``zh`` and ``en`` are format strings; the keyword arguments of the constructor fill them. They
    must never hold personal data or secrets: messages reach logs.
    """

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "这一步没有办成，请稍后再试。"
    en: ClassVar[str] = "This did not work. Please try again later."

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.values = values
        #: Facts the caller may see beside the sentence, JSON-ready.
        self.extra: Mapping[str, object] = {}

    def sentence(self, language: str) -> str:
        """The sentence in ``language`` ("zh" or "en")."""
        return (self.en if language == "en" else self.zh).format(**self.values)


class Invalid(LinliError):
    """What was sent cannot be right whatever the state of the data is."""

    code = "invalid"
    zh = "填的内容有不对的地方，请按提示改一改。"
    en = "Something you entered is not right. Please correct it as described."


class Unauthenticated(LinliError):
    """Nobody is signed in, or the sign-in has ended."""

    code = "not_signed_in"
    zh = "请先登录。"
    en = "Please sign in first."


class Forbidden(LinliError):
    """The caller may see this place but not do this there."""

    code = "forbidden"
    zh = "您的身份不能办这件事，请找有权限的人办理。"
    en = "Your role cannot do this here. Please ask someone whose role can."


class NotFound(LinliError):
    """It does not exist for this caller, which includes everything of other communities."""

    code = "not_found"
    zh = "没有找到，请核对后再试。"
    en = "Not found. Please check and try again."


class Conflict(LinliError):
    """It is possible in general, but not in the present state."""

    code = "conflict"
    zh = "现在的状态办不了这一步，请刷新看看。"
    en = "This is not possible in the present state. Please refresh and look again."


class WhyMissing(Invalid):
    """An act that is kept with a reason came without one."""

    code = "why_missing"
    zh = "请写明理由。"
    en = "Please say why."


class WrongState(Conflict):
    """The row is in a state in which this cannot be done.

    ``words`` say of each state what people call it, in Chinese and in English; the sentences of
    subclasses name it with ``{state}`` and ``{state_en}``.
    """

    words: ClassVar[Mapping[str, tuple[str, str]]]

    def __init__(self, *, state: str, field: str | None = None, **values: object) -> None:
        zh, en = self.words[state]
        super().__init__(field=field, state=zh, state_en=en, **values)


class IllegalStep(WrongState):
    """From the present state the other one is not one step away: ``{to}`` and ``{to_en}``."""

    code = "illegal_step"
    zh = "现在是“{state}”，不能改成“{to}”，请刷新看看。"
    en = "It is {state_en} now and cannot become {to_en}. Please refresh and look again."

    def __init__(self, *, state: str, to: str) -> None:
        zh, en = self.words[to]
        super().__init__(state=state, to=zh, to_en=en)


class StaleVersion(Conflict):
    """The caller acted on a version that somebody has changed since."""

    code = "stale_version"
    zh = "有人先改了，请按新的一版再办。"
    en = "Somebody changed this first. Please look at the new version and decide again."


def require_version(present: int, seen: int) -> None:
    """Raise StaleVersion when somebody changed the row since the caller saw it."""
    if present != seen:
        raise StaleVersion(field="version")


class TooMany(LinliError):
    """Too many attempts; ``retry_after`` says how many seconds to wait."""

    code = "too_many_requests"
    zh = "试得太快了，请过 {retry_after} 秒再试。"
    en = "Too many attempts. Please try again in {retry_after} seconds."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(LinliError):
    """Something we depend on does not answer now; nothing was changed."""

    code = "unavailable"
    zh = "系统正忙，没有改动任何数据，请稍后再试。"
    en = "The system is busy and changed nothing. Please try again shortly."

    def __init__(self, *, retry_after: int = 2) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class RowError:
    """One bad row of an import: where (``row`` counts from 1, the header is row 1) and why."""

    row: int
    column: str | None
    code: str
    zh: str
    en: str


class InvalidRows(Invalid):
    """An import was refused as a whole; every bad row is named in ``rows``."""

    code = "invalid_rows"
    zh = "有 {count} 处填得不对，整份没有导入，请改好后重新上传。"
    en = "{count} cells are not right. Nothing was imported; please correct and upload again."

    def __init__(self, rows: list[RowError]) -> None:
        super().__init__(count=len(rows))
        self.rows = rows


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An expected refusal that leaves a trace: it is returned and committed, not raised.

    ``kernel/problems.py`` renders it as 409 problem+json; ``extra`` holds facts the caller may
    see (a receipt number, a time), JSON-ready. ``row_id`` is the row that keeps the refusal, from
    which a repeated request is answered again.
    """

    code: str
    zh: str
    en: str
    extra: Mapping[str, object] = field(default_factory=dict)
    row_id: uuid.UUID | None = None

    def sentence(self, language: str) -> str:
        return self.en if language == "en" else self.zh
