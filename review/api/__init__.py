"""The API of review: the month's steps, objections, and what anybody may read."""

from __future__ import annotations

from review.api import cycle, objections, public_notices

BLUEPRINTS = [cycle.blp, objections.blp, public_notices.blp]
