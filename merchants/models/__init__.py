"""Tables of the package merchants, one file per family."""

from merchants.models.agreements import (
    AgreementAct,
    AgreementCounter,
    AgreementSignature,
    AgreementState,
    Party,
    RedemptionAgreement,
)
from merchants.models.alliance import AllianceAct, AllianceMerchant, AllianceState, Merchant
from merchants.models.offers import Offer, OfferAct, OfferKind, OfferState, Per
from merchants.models.quotas import QuotaUsage

__all__ = [
    "AgreementAct",
    "AgreementCounter",
    "AgreementSignature",
    "AgreementState",
    "AllianceAct",
    "AllianceMerchant",
    "AllianceState",
    "Merchant",
    "Offer",
    "OfferAct",
    "OfferKind",
    "OfferState",
    "Party",
    "Per",
    "QuotaUsage",
    "RedemptionAgreement",
]
