"""Tables of the package redemption, one file per family."""

from redemption.models.codes import RedemptionCode
from redemption.models.redemptions import (
    CancellationReason,
    Channel,
    DeclineReason,
    Redemption,
    RedemptionCancellation,
    RedemptionState,
)
from redemption.models.refusals import RefusalStage, RefusedScan

__all__ = [
    "CancellationReason",
    "Channel",
    "DeclineReason",
    "Redemption",
    "RedemptionCancellation",
    "RedemptionCode",
    "RedemptionState",
    "RefusalStage",
    "RefusedScan",
]
