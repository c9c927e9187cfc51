"""What the board's readings answer in the tests of pages: sample views instead of a database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.errors import NotFound
from tests.unit.web import book_samples, samples
from web.board import (
    book_ranking_reading,
    consultation_reading,
    notice_reading,
    place_reading,
    rulebook_reading,
)
from web.board.ranking_views import Search


def _notice_page(
    *,
    code: str,
    month: str | None = None,
    rulebook: str | None = None,
    unit: Any = "member",
    household: str = "",
    surname: str = "",
    now: Any,
) -> Any:
    if code == "empty":
        return samples.empty_page()
    if code != "yjyx":
        raise NotFound()
    changes: dict[str, Any] = {"ranking": samples.ranking(unit)}
    if month == "2026-10":
        changes |= {"notice": samples.sealed_notice(), "is_current": False}
    if household or surname:
        rows = [row for row in samples.MEMBERS if row.household_code == household]
        changes["search"] = Search(household=household, surname=surname, rows=tuple(rows))
    return samples.notice_page(**changes)


def _objection_page(*, code: str, now: Any) -> Any:
    return samples.objection_page(None if code == "empty" else samples.notice())


def _ranking_page(
    *, code: str, month: str | None, rulebook: str | None, unit: Any, number: int, now: Any
) -> Any:
    return samples.ranking_page(unit, number)


def _rankings_page(*, code: str, ranking: str | None, **_asked: Any) -> Any:
    return book_samples.empty() if code == "empty" else book_samples.page(ranking or "members")


def _always(page: Callable[[], Any]) -> Callable[..., Any]:
    return lambda **_asked: page()


def _searched(page: Callable[[str], Any]) -> Callable[..., Any]:
    return lambda *, search, **_asked: page(search)


ANSWERS: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (notice_reading, "notice_page", _notice_page),
    (notice_reading, "objection_page", _objection_page),
    (notice_reading, "notices_page", _always(samples.notices_page)),
    (notice_reading, "ranking_page", _ranking_page),
    (book_ranking_reading, "rankings_page", _rankings_page),
    (notice_reading, "print_page", _always(samples.print_page)),
    (place_reading, "district_page", _searched(samples.district_page)),
    (place_reading, "merchants_page", _searched(samples.merchants_page)),
    (place_reading, "merchant_page", _always(samples.merchant_page)),
    (rulebook_reading, "page", _searched(samples.rulebook_page)),
    (consultation_reading, "consultation_page", _searched(samples.consultation_page)),
)
