"""The API of points: rulebooks, facts, points and history, months."""

from __future__ import annotations

from points.api import facts, months, points, rulebooks

BLUEPRINTS = [rulebooks.blp, facts.blp, points.blp, months.blp]
