"""The API of review: the month's steps, objections, and what anybody may read."""

from __future__ import annotations

from review.api import book_rankings, cycle, objections, public_notices

BLUEPRINTS = [
    book_rankings.blp,
    book_rankings.public_blp,
    cycle.blp,
    objections.blp,
    public_notices.blp,
]
