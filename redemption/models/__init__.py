"""Tables of the package redemption, one file per family."""

from redemption.models.card_uses import CardKeypad, CardNews, CardNotice, KeypadPurpose
from redemption.models.cards import (
    CardAct,
    CardBatch,
    CardBatchAct,
    CardBatchState,
    CardCounter,
    CardHandover,
    CardState,
    CardWay,
    RedemptionCard,
)
from redemption.models.codes import RedemptionCode
from redemption.models.guessing import GuessingAlarm
from redemption.models.redemptions import (
    CancellationReason,
    Channel,
    DeclineReason,
    Redemption,
    RedemptionCancellation,
    RedemptionState,
)
from redemption.models.refusals import RefusalStage, RefusedScan
from redemption.models.stops import (
    LedgerCheck,
    RedemptionStop,
    RedemptionStopAct,
    StopReason,
    StopStep,
)

__all__ = [
    "CancellationReason",
    "CardAct",
    "CardBatch",
    "CardBatchAct",
    "CardBatchState",
    "CardCounter",
    "CardHandover",
    "CardKeypad",
    "CardNews",
    "CardNotice",
    "CardState",
    "CardWay",
    "Channel",
    "DeclineReason",
    "GuessingAlarm",
    "KeypadPurpose",
    "LedgerCheck",
    "Redemption",
    "RedemptionCancellation",
    "RedemptionCard",
    "RedemptionCode",
    "RedemptionState",
    "RedemptionStop",
    "RedemptionStopAct",
    "RefusalStage",
    "RefusedScan",
    "StopReason",
    "StopStep",
]
