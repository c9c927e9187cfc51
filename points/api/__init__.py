"""The API of points: rulebooks, facts, points and history, months."""

from __future__ import annotations

from points.api import consultations, facts, months, points, rulebook_drafts, rulebooks

BLUEPRINTS = [
    rulebooks.blp,
    rulebook_drafts.blp,
    consultations.blp,
    facts.blp,
    points.blp,
    months.blp,
]
