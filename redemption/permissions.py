"""What the package redemption lets somebody do, and which roles may."""

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


_P = RedemptionPermission

#: role → permissions of this package
GRANTED: dict[str, frozenset[Permission]] = {
    "member": frozenset({_P.REDEEM_OWN_POINTS}),
    "merchant_owner": frozenset({_P.REDEEM, _P.READ_COUNTER}),
    "merchant_clerk": frozenset({_P.REDEEM, _P.READ_COUNTER}),
}
