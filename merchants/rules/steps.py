"""Legal steps of everything here that has a state; one table per kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from merchants.errors import IllegalMerchantStep
from merchants.models import AgreementState as Agreement
from merchants.models import AllianceState as Alliance
from merchants.models import OfferState as Offer

S = TypeVar("S", bound=StrEnum)

ALLIANCE_STEPS: Mapping[Alliance, frozenset[Alliance]] = {
    Alliance.JOINED: frozenset({Alliance.LEFT}),
    Alliance.LEFT: frozenset({Alliance.JOINED}),
}

#: draft → draft is a changed draft; after a signature changed terms are another edition.
AGREEMENT_STEPS: Mapping[Agreement, frozenset[Agreement]] = {
    Agreement.DRAFT: frozenset({Agreement.DRAFT, Agreement.SIGNED_BY_ONE, Agreement.ENDED}),
    Agreement.SIGNED_BY_ONE: frozenset({Agreement.SIGNED, Agreement.ENDED}),
    Agreement.SIGNED: frozenset({Agreement.SUSPENDED, Agreement.ENDED}),
    Agreement.SUSPENDED: frozenset({Agreement.SIGNED, Agreement.ENDED}),
    Agreement.ENDED: frozenset(),
}

OFFER_STEPS: Mapping[Offer, frozenset[Offer]] = {
    Offer.PROPOSED: frozenset({Offer.ACCEPTED, Offer.WITHDRAWN}),
    Offer.ACCEPTED: frozenset({Offer.PAUSED, Offer.WITHDRAWN}),
    Offer.PAUSED: frozenset({Offer.ACCEPTED, Offer.WITHDRAWN}),
    Offer.WITHDRAWN: frozenset(),
}


def require_step(legal: Mapping[S, frozenset[S]], state: S, to: S) -> None:
    """Raise IllegalMerchantStep unless ``to`` is one step away from ``state``."""
    if to not in legal[state]:
        raise IllegalMerchantStep(state=state, to=to)
