"""The API of points: rulebooks, facts, points and history, months."""

from __future__ import annotations

from points.api import facts, months, points, rulebooks
from points.permissions import PointsPermission as Needs

BLUEPRINTS = [rulebooks.blp, facts.blp, points.blp, months.blp]

#: endpoint → the permission its concept function requires. "signed_in": the function lets the
#: member see the own and staff see anybody's, and answers 404 to everybody else.
ACCESS: dict[str, str] = {
    "rulebooks.listed": Needs.READ_RULEBOOK,
    "rulebooks.draft": Needs.DRAFT_RULEBOOK,
    "rulebooks.findings": Needs.DRAFT_RULEBOOK,
    "rulebooks.current": Needs.READ_RULEBOOK,
    "rulebooks.detail": Needs.READ_RULEBOOK,
    "rulebooks.adopt": Needs.ADOPT_RULEBOOK,
    "facts.record": Needs.RECORD_FACT,
    "facts.search": Needs.READ_FACTS,
    "facts.detail": "signed_in",
    "facts.approve": Needs.APPROVE_FACT,
    "facts.decide": Needs.DECIDE_FACT,
    "facts.strike": Needs.CORRECT_FACT,
    "facts.amend": Needs.CORRECT_FACT,
    "points.member_points": "signed_in",
    "points.member_history": "signed_in",
    "points.my_points": Needs.READ_OWN_POINTS,
    "points.my_history": Needs.READ_OWN_POINTS,
    "months.listed": Needs.READ_RULEBOOK,
    "months.detail": Needs.READ_RULEBOOK,
    "months.open_month": Needs.OPEN_MONTH,
    "months.grant_base": Needs.OPEN_MONTH,
}
