"""The API of review: the month's steps, objections, and what anybody may read."""

from __future__ import annotations

from review.api import cycle, objections, public_notices
from review.permissions import ReviewPermission as P

BLUEPRINTS = [cycle.blp, objections.blp, public_notices.blp]

#: endpoint → what it needs at the door; merged by access_table.py. "signed_in": the concept
#: function lets each side see its part, and answers 404 to everybody else.
ACCESS: dict[str, str] = {
    "cycle.detail": P.READ_MONTH,
    "cycle.needs": P.READ_MONTH,
    "cycle.sheet": P.READ_MONTH,
    "cycle.freeze": P.FREEZE_MONTH,
    "cycle.sign": P.SIGN_MONTH,
    "cycle.countersign": P.COUNTERSIGN_MONTH,
    "cycle.send_back": P.COUNTERSIGN_MONTH,
    "cycle.publish": P.PUBLISH_MONTH,
    "cycle.seal": P.SEAL_MONTH,
    "cycle.own_row": P.READ_OWN_ROW,
    "objections.file": P.FILE_OBJECTION,
    "objections.key_in": P.KEY_OBJECTION,
    "objections.search": P.READ_OBJECTIONS,
    "objections.mine": P.FILE_OBJECTION,
    "objections.about_me": P.FILE_OBJECTION,
    "objections.detail": "signed_in",
    "objections.reply": P.DECIDE_OBJECTION,
    "objections.withdraw": "signed_in",
    "public_notices.current": "public",
    "public_notices.past": "public",
    "public_notices.of_month": "public",
    "public_notices.proof": "public",
    "public_notices.ranking": "public",
    "public_notices.own_row": "public",
}
