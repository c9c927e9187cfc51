"""The objections of the demo: what is said, how it is answered, what comes of it."""

from dataclasses import dataclass
from decimal import Decimal

from ops.demo.data_files import read_json


@dataclass(frozen=True, slots=True)
class ContestedCase:
    """An objection against a recorded line; one fact of each full month stands for each case.

    `texts` and `replies` are alternatives. `outcome` is amend (to `amended_quantity`), strike or
    uphold. `summary` is what the subject reads instead of the objector's words.
    """

    code: str
    item_code: str
    title: str
    quantity: Decimal
    texts: tuple[str, ...]
    summary: str
    outcome: str
    amended_quantity: Decimal | None
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingCase:
    """An objection that a line is missing; `outcome` amend means it is recorded after all."""

    code: str
    item_code: str
    level: str | None
    title: str
    texts: tuple[str, ...]
    summary: str
    outcome: str
    replies: tuple[str, ...]


def contested_cases() -> tuple[ContestedCase, ...]:
    """Return the cases against recorded lines."""
    return tuple(
        ContestedCase(
            code=row["code"],
            item_code=row["item"],
            title=row["title"],
            quantity=Decimal(row["quantity"]),
            texts=tuple(row["texts"]),
            summary=row["summary"],
            outcome=row["outcome"],
            amended_quantity=Decimal(row["amended_quantity"]) if row["amended_quantity"] else None,
            replies=tuple(row["replies"]),
        )
        for row in read_json("objections.json")["contested"]
    )


def missing_cases() -> tuple[MissingCase, ...]:
    """Return the cases about lines that were never recorded."""
    return tuple(
        MissingCase(
            code=row["code"],
            item_code=row["item"],
            level=row["level"],
            title=row["title"],
            texts=tuple(row["texts"]),
            summary=row["summary"],
            outcome=row["outcome"],
            replies=tuple(row["replies"]),
        )
        for row in read_json("objections.json")["missing"]
    )
