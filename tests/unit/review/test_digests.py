"""Salted hashes: a blacked-out row leaves the paper verifiable, a changed one does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.digests import (
    BlackedRow,
    Header,
    PrintedRow,
    digest,
    new_salt,
    printed,
    row_hash,
    verify,
)
from review.rules.disclosure import Disclosure

HEADER = Header(community="yijuyuan-west", month="2026-11", rulebook="residents", number=1)


def row(code: str, score: str = "36", *, rank: int | None = None) -> PrintedRow:
    return PrintedRow(
        household_code=code, score=Decimal(score), rank=rank, label="王*" if rank else None,
        grid_number=3 if rank else None, salt=new_salt(),
    )  # fmt: skip


ROWS = [row("0317", rank=1), row("0402"), row("0611", "10")]
DIGEST = digest(HEADER, [row_hash(each) for each in ROWS])


@pytest.mark.parametrize("blacked", [(), (0,), (1,), (0, 2), (0, 1, 2)])
def test_any_row_can_be_blacked_out(blacked: tuple[int, ...]) -> None:
    paper: list[PrintedRow | BlackedRow] = [
        BlackedRow(row_sha256=row_hash(each)) if place in blacked else each
        for place, each in enumerate(ROWS)
    ]
    assert verify(header=HEADER, rows=paper, expected=DIGEST)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert verify(header=HEADER, rows=reversed(ROWS), expected=DIGEST)


@pytest.mark.parametrize(
    "changed",
    [
        {"score": Decimal("36.1")},
        {"household_code": "0318"},
        {"rank": 2},
        {"label": "李*"},
        {"grid_number": 4},
        {"salt": new_salt()},
    ],
)
def test_a_changed_row_is_noticed(changed: dict[str, object]) -> None:
    paper = [replace(ROWS[0], **changed), *ROWS[1:]]  # type: ignore[arg-type]
    assert not verify(header=HEADER, rows=paper, expected=DIGEST)


@pytest.mark.parametrize(
    "header",
    [
        replace(HEADER, community="other"),
        replace(HEADER, month="2026-10"),
        replace(HEADER, number=2),
    ],
)
def test_the_digest_is_of_one_edition(header: Header) -> None:
    assert not verify(header=header, rows=ROWS, expected=DIGEST)


def test_a_row_left_out_or_added_is_noticed() -> None:
    assert not verify(header=HEADER, rows=ROWS[:2], expected=DIGEST)
    assert not verify(header=HEADER, rows=[*ROWS, row("0999")], expected=DIGEST)


def test_what_is_not_printed_is_not_hashed() -> None:
    """A listed row can be checked by somebody who knows neither its rank nor its label."""
    fields = {
        "household_code": "0402", "score": Decimal(36), "rank": 77, "label": "温*",
        "grid_number": 4, "salt": new_salt(),
    }  # fmt: skip
    listed = printed(disclosure=Disclosure.LISTED, **fields)  # type: ignore[arg-type]
    assert (listed.rank, listed.label, listed.grid_number) == (None, None, None)
    ranked = printed(disclosure=Disclosure.RANKED, **fields)  # type: ignore[arg-type]
    assert (ranked.rank, ranked.label, ranked.grid_number) == (77, "温*", 4)


@given(score=st.decimals(-500, 500, places=1))
def test_equal_rows_have_different_hashes_for_their_salts(score: Decimal) -> None:
    one, other = row("0317", str(score)), row("0317", str(score))
    assert row_hash(one) != row_hash(other)
    assert row_hash(one) == row_hash(replace(one, score=Decimal(str(score))))
