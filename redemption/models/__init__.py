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
from redemption.models.reports import (
    MerchantWarning,
    RedemptionReport,
    RedemptionReportAct,
    ReportChannel,
)
from redemption.models.reversals import (
    RedemptionReversal,
    ReversalRequest,
    ReversalRequestAct,
)
from redemption.models.stops import (
    LedgerCheck,
    RedemptionStop,
    RedemptionStopAct,
    StopReason,
    StopStep,
)
from redemption.rules.report_steps import ReportActKind, ReportKind, ReportSide, ReportState
from redemption.rules.reversal_steps import ReversalOrigin, ReversalState

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
    "MerchantWarning",
    "Redemption",
    "RedemptionCancellation",
    "RedemptionCard",
    "RedemptionCode",
    "RedemptionReport",
    "RedemptionReportAct",
    "RedemptionReversal",
    "RedemptionState",
    "RedemptionStop",
    "RedemptionStopAct",
    "RefusalStage",
    "RefusedScan",
    "ReportActKind",
    "ReportChannel",
    "ReportKind",
    "ReportSide",
    "ReportState",
    "ReversalOrigin",
    "ReversalRequest",
    "ReversalRequestAct",
    "ReversalState",
    "StopReason",
    "StopStep",
]
