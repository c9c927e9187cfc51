"""What the package merchants lets somebody do; which role may do it stands in access_table.py."""

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
