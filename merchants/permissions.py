"""What the package merchants lets somebody do, and which roles may."""

from __future__ import annotations

from kernel.access import Permission


class MerchantsPermission(Permission):
    """Every member names one thing."""

    #: Read merchants, offers and agreements of the community with their states and acts.
    READ_ALLIANCE = "merchants.read_alliance"
    #: Enter a merchant, let it join the alliance, let it leave.
    MANAGE_ALLIANCE = "merchants.manage_alliance"
    #: Write the draft of an agreement.
    DRAFT_AGREEMENT = "merchants.draft_agreement"
    #: Sign an agreement for the community.
    SIGN_FOR_COMMUNITY = "merchants.sign_for_community"
    #: Sign an agreement for the merchant.
    SIGN_FOR_MERCHANT = "merchants.sign_for_merchant"
    #: Suspend, resume and end an agreement.
    SUSPEND_AGREEMENT = "merchants.suspend_agreement"
    #: Propose an offer, pause, resume and withdraw it, for one's own shop.
    PROPOSE_OFFER = "merchants.propose_offer"
    #: Accept or decline a proposed offer; pause, resume and withdraw any.
    ACCEPT_OFFER = "merchants.accept_offer"
    #: Read agreements, offers and the month's use of one's own shop.
    READ_OWN_SHOP = "merchants.read_own_shop"


_P = MerchantsPermission

#: role → permissions of this package
GRANTED: dict[str, frozenset[Permission]] = {
    "community_admin": frozenset(
        {
            _P.READ_ALLIANCE,
            _P.MANAGE_ALLIANCE,
            _P.DRAFT_AGREEMENT,
            _P.SIGN_FOR_COMMUNITY,
            _P.SUSPEND_AGREEMENT,
            _P.ACCEPT_OFFER,
        }
    ),
    "merchant_owner": frozenset({_P.SIGN_FOR_MERCHANT, _P.PROPOSE_OFFER, _P.READ_OWN_SHOP}),
    "merchant_clerk": frozenset({_P.READ_OWN_SHOP}),
    "supervisor": frozenset({_P.READ_ALLIANCE}),
    "auditor": frozenset({_P.READ_ALLIANCE}),
    "street_officer": frozenset({_P.READ_ALLIANCE}),
    "district_officer": frozenset({_P.READ_ALLIANCE}),
}
