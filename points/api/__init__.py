"""The API of points: rulebooks, facts, points and history, months."""

from __future__ import annotations

from points.api import (
    activities,
    activity_attendance,
    batches,
    claim_photos,
    claims,
    consultations,
    dry_runs,
    expiries,
    facts,
    guard_rails,
    insight,
    months,
    moving,
    points,
    reversals,
    rulebook_drafts,
    rulebook_templates,
    rulebooks,
    standings,
)

BLUEPRINTS = [
    rulebooks.blp,
    rulebook_drafts.blp,
    rulebook_templates.blp,
    consultations.blp,
    dry_runs.blp,
    guard_rails.blp,
    facts.blp,
    claim_photos.blp,
    claims.blp,
    activities.blp,
    activity_attendance.blp,
    points.blp,
    standings.blp,
    expiries.blp,
    batches.blp,
    reversals.blp,
    months.blp,
    moving.blp,
    moving.former_blp,
    insight.blp,
]
