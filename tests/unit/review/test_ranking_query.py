"""What stands in a URL is text: page and limit of the ranking are read from it."""

from __future__ import annotations

import marshmallow as ma
import pytest

from review.api.public_schemas import RankingQuery


def test_page_and_limit_are_read_from_text() -> None:
    query = RankingQuery().load({"month": "2026-10", "page": "2", "limit": "5"})
    assert (query["page"], query["limit"]) == (2, 5)


@pytest.mark.parametrize("values", [{"page": "0"}, {"limit": "101"}, {"limit": "1.5"}])
def test_a_page_that_cannot_be_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ma.ValidationError):
        RankingQuery().load({"month": "2026-10", **values})
