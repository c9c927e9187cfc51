"""Legal steps of a redemption: made held, resolved once."""

from __future__ import annotations

from collections.abc import Mapping

from redemption.models import RedemptionState as S

LEGAL_STEPS: Mapping[S, frozenset[S]] = {
    S.HELD: frozenset({S.REDEEMED, S.WITHDRAWN, S.EXPIRED}),
    S.REDEEMED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset(),
}
