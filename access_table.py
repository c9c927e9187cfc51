"""Who may do what, on one page.

``ROLES`` says what each role allows where it is granted; concept functions ask it through
``actor.require``. Its second page, access_endpoints.py, names what each endpoint and page needs at
the door. A test tries every role in its own and in another community.
"""

from __future__ import annotations

from access_endpoints import ENDPOINTS, PUBLIC, SIGNED_IN
from community.permissions import CommunityPermission as Community
from community.role_names import RoleName
from kernel.access import SYSTEM_ROLE, Permission
from merchants.permissions import MerchantsPermission as Merchants
from points.permissions import PointsPermission as Points
from redemption.permissions import RedemptionPermission as Redemption
from review.permissions import ReviewPermission as Review

__all__ = ["ENDPOINTS", "PUBLIC", "ROLES", "SIGNED_IN"]

# fmt: off
ROLES: dict[str, frozenset[Permission]] = {
    RoleName.MEMBER: frozenset({
        Points.READ_RULEBOOK, Points.COMMENT_RULEBOOK,
        # What they did themselves is claimed, never recorded: photos, a quota and a check go first.
        Points.READ_OWN_POINTS, Points.CLAIM, Redemption.REDEEM_OWN_POINTS,
        Review.READ_OWN_ROW, Review.FILE_OBJECTION,
        Points.READ_ACTIVITIES, Points.JOIN_ACTIVITY,
        Redemption.FILE_REPORT,
    }),
    RoleName.GRID_WORKER: frozenset({
        Community.READ_MEMBERS, Community.BIND_MEMBERS, Community.RECORD_CONSENT,
        Points.READ_RULEBOOK, Points.COMMENT_RULEBOOK, Points.RECORD_FACT, Points.READ_FACTS,
        Points.READ_POINTS, Points.READ_CLAIMS, Points.CHECK_CLAIM, Points.DECIDE_CLAIM,
        Review.KEY_OBJECTION,
        Points.READ_ACTIVITIES, Points.ORGANISE_ACTIVITY,
        Redemption.READ_CARDS, Redemption.HAND_OVER_CARDS,
        Redemption.KEY_REPORT,
    }),
    RoleName.PANELIST: frozenset({
        Community.READ_MEMBERS, Community.READ_ROLES, Points.READ_RULEBOOK, Points.RECORD_FACT,
        Points.READ_FACTS, Points.APPROVE_FACT, Points.DECIDE_FACT, Points.CORRECT_FACT,
        Points.READ_POINTS, Points.COMMENT_RULEBOOK, Points.READ_CLAIMS, Points.CHECK_CLAIM,
        Points.DECIDE_CLAIM, Review.READ_MONTH, Review.SIGN_MONTH,
        Review.READ_OBJECTIONS, Review.DECIDE_OBJECTION,
        Points.READ_ACTIVITIES, Points.ORGANISE_ACTIVITY,
    }),
    RoleName.SUPERVISOR: frozenset({
        Community.READ_MEMBERS, Community.READ_ROLES, Points.READ_RULEBOOK, Points.READ_FACTS,
        Points.READ_POINTS, Points.COMMENT_RULEBOOK, Points.DRY_RUN_RULEBOOK,
        Merchants.READ_ALLIANCE, Review.READ_MONTH, Review.COUNTERSIGN_MONTH,
        Review.READ_OBJECTIONS, Review.DECIDE_OBJECTION,
        Points.READ_ACTIVITIES,
        Points.CONFIRM_BATCH, Points.READ_BATCHES,
        Points.READ_INSIGHT, Redemption.READ_CARDS,
        Redemption.READ_RECEIPTS, Redemption.READ_REPORTS,
        # The alliance is the administration's to run; points that it hands back by decision are
        # looked at by the body that watches over it.
        Redemption.READ_REVERSALS, Redemption.DECIDE_REVERSAL,
        Redemption.READ_REFUSALS, Redemption.READ_STOPS, Redemption.LIFT_STOP,
    }),
    RoleName.COMMUNITY_ADMIN: frozenset({
        Community.READ_MEMBERS, Community.MANAGE_MEMBERS, Community.BIND_MEMBERS,
        Community.GRANT_ROLES, Community.CHANGE_SETTINGS, Community.READ_ROLES,
        Community.CREATE_ACCOUNTS, Community.RECORD_CONSENT, Community.ERASE_LEAVERS,
        Points.READ_RULEBOOK,
        Points.DRAFT_RULEBOOK, Points.COMMENT_RULEBOOK, Points.DRY_RUN_RULEBOOK,
        Points.ADOPT_RULEBOOK, Points.RECORD_FACT, Points.READ_FACTS,
        Points.APPROVE_FACT, Points.READ_POINTS, Points.OPEN_MONTH, Points.CHECK_LEDGER,
        Points.READ_CLAIMS, Points.CHECK_CLAIM, Points.DECIDE_CLAIM,
        Merchants.READ_ALLIANCE, Merchants.MANAGE_ALLIANCE, Merchants.DRAFT_AGREEMENT,
        Merchants.SIGN_FOR_COMMUNITY, Merchants.SUSPEND_AGREEMENT, Merchants.ACCEPT_OFFER,
        Review.READ_MONTH, Review.FREEZE_MONTH, Review.PUBLISH_MONTH, Review.SEAL_MONTH,
        Review.KEY_OBJECTION, Review.READ_OBJECTIONS,
        Points.READ_ACTIVITIES, Points.ORGANISE_ACTIVITY, Points.RUN_ANY_ACTIVITY,
        Points.SETTLE_LEFT,
        Points.PREPARE_BATCH, Points.READ_BATCHES,
        Points.READ_INSIGHT,
        Redemption.MANAGE_CARDS, Redemption.READ_CARDS, Redemption.HAND_OVER_CARDS,
        Redemption.READ_RECEIPTS, Redemption.KEY_REPORT, Redemption.READ_REPORTS,
        Redemption.DECIDE_REPORT, Redemption.ASK_REVERSAL, Redemption.READ_REVERSALS,
        Redemption.READ_REFUSALS, Redemption.READ_STOPS,
    }),
    RoleName.STREET_OFFICER: frozenset({
        Community.READ_MEMBERS, Community.SEAT_BODIES, Community.READ_ROLES,
        Community.CREATE_ACCOUNTS, Points.READ_RULEBOOK, Points.ISSUE_FOR_STREET,
        Points.RECORD_FACT, Points.READ_FACTS,
        Points.APPROVE_FACT, Points.READ_POINTS, Points.READ_CLAIMS, Points.DECIDE_CLAIM,
        Merchants.READ_ALLIANCE, Review.READ_MONTH, Review.READ_OBJECTIONS,
        Points.READ_ACTIVITIES,
        Points.CONFIRM_BATCH, Points.READ_BATCHES,
        Points.READ_INSIGHT,
        Redemption.READ_RECEIPTS, Redemption.READ_REPORTS, Redemption.READ_REVERSALS,
        Redemption.READ_REFUSALS, Redemption.READ_STOPS, Redemption.LIFT_STOP,
    }),
    RoleName.DISTRICT_OFFICER: frozenset({
        Community.READ_ROLES, Community.CHANGE_BRAND, Points.READ_RULEBOOK,
        Points.ISSUE_FOR_DISTRICT, Merchants.READ_ALLIANCE, Review.READ_MONTH,
        Points.READ_INSIGHT,
    }),
    RoleName.AUDITOR: frozenset({
        Community.READ_MEMBERS, Community.READ_ROLES, Points.READ_RULEBOOK, Points.READ_FACTS,
        Points.READ_POINTS, Points.CHECK_LEDGER, Merchants.READ_ALLIANCE, Review.READ_MONTH,
        Review.READ_OBJECTIONS,
        Points.READ_ACTIVITIES,
        Points.READ_BATCHES,
        Points.READ_INSIGHT, Redemption.READ_CARDS,
        Redemption.READ_RECEIPTS, Redemption.READ_REPORTS, Redemption.READ_REVERSALS,
        Redemption.READ_REFUSALS, Redemption.READ_STOPS,
    }),
    RoleName.MERCHANT_OWNER: frozenset({
        Merchants.SIGN_FOR_MERCHANT, Merchants.PROPOSE_OFFER, Merchants.READ_OWN_SHOP,
        Redemption.REDEEM, Redemption.READ_COUNTER,
        Points.READ_ACTIVITIES, Points.JOIN_ACTIVITY,
        Redemption.REPLY_REPORT, Redemption.ASK_REVERSAL,
    }),
    RoleName.MERCHANT_CLERK: frozenset({
        Merchants.READ_OWN_SHOP, Redemption.REDEEM, Redemption.READ_COUNTER,
        Points.READ_ACTIVITIES, Points.JOIN_ACTIVITY,
        Redemption.ASK_REVERSAL,
    }),
    RoleName.OPERATOR: frozenset({
        Community.GRANT_OFFICERS, Community.READ_ROLES, Community.CREATE_ACCOUNTS,
        Community.DISABLE_ACCOUNTS, Community.FOUND_PLACES,
    }),
    # Operator commands seed and repair on the server itself.
    SYSTEM_ROLE: frozenset({*Community, *Points}),
}
# fmt: on
