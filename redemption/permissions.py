"""What the package redemption lets somebody do; which role may do it stands in access_table.py."""

from __future__ import annotations

from kernel.access import Permission


class RedemptionPermission(Permission):
    """Every member names one thing."""

    #: Hold one's own points for an offer, show the code, take it back, read one's receipts.
    REDEEM_OWN_POINTS = "redemption.redeem_own_points"
    #: Look at a shown code, redeem it and cancel it at the counter one is signed in to.
    REDEEM = "redemption.redeem"
    #: Read redemptions and refused scans of the counter one is signed in to.
    READ_COUNTER = "redemption.read_counter"
