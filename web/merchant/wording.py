"""Numbers, instants and reasons in the templates of a shop."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import Blueprint

from web.merchant import words


def record_number(refusal_id: str | uuid.UUID) -> str:
    """How a refusal is named at the counter: the last signs of its id, X-7C21D0F4."""
    return f"X-{uuid.UUID(str(refusal_id)).hex[-8:].upper()}"


def as_instant(text: str) -> dt.datetime:
    """An instant out of the facts of a refusal."""
    return dt.datetime.fromisoformat(text)


def register(blueprint: Blueprint) -> None:
    """Filters and lists that macros can see, too."""
    blueprint.add_app_template_filter(record_number)
    blueprint.add_app_template_filter(as_instant)
    for function in (cancellation_reasons, decline_reasons):
        blueprint.add_app_template_global(function)


def cancellation_reasons() -> list[tuple[str, str]]:
    """(value, word) in the order of the page."""
    return [(reason.value, str(word)) for reason, word in words.CANCELLATION_REASONS.items()]


def decline_reasons() -> list[tuple[str, str]]:
    """(value, word) in the order of the page."""
    return [(reason.value, str(word)) for reason, word in words.DECLINE_REASONS.items()]
