"""Tables of the package points, one file per family."""

from points.models.accounts import AccountKind, HolderKind, PointsAccount
from points.models.batches import (
    BatchActKind,
    BatchKind,
    BatchState,
    PointsBatch,
    PointsBatchAct,
    PointsBatchRow,
)
from points.models.claims import (
    Claim,
    ClaimAct,
    ClaimActKind,
    ClaimApproval,
    ClaimDay,
    ClaimPhoto,
    ClaimState,
    PhotoCheck,
    Screening,
)
from points.models.consultations import (
    AnswerOutcome,
    CommentChannel,
    Consultation,
    ConsultationAnswer,
    ConsultationComment,
)
from points.models.entries import Entry, EntryCause
from points.models.facts import (
    Authority,
    EvidenceKind,
    Fact,
    FactAct,
    FactActKind,
    FactApproval,
    FactEvidence,
    Source,
)
from points.models.guard_rails import GuardRails, IssuedRulebook, IssuerLevel
from points.models.lines import LineKind, LineSource, PointsLine
from points.models.month_nets import MonthNet
from points.models.months import AccountingMonth, MonthAct, MonthState
from points.models.rank_awards import RankAward
from points.models.reversals import LineReversal, LineReversalAct, ReversalState
from points.models.rulebooks import (
    ItemKind,
    Rulebook,
    RulebookAct,
    RulebookActKind,
    RulebookState,
    RulebookVersion,
    ScoreItem,
)
from points.models.running_totals import (
    Accumulation,
    BaseGrant,
    CounterMonth,
    LimitUsage,
    MonthlyScore,
)
from points.models.transfers import ALLOWED_TRANSFERS, Transfer, TransferKind

__all__ = [
    "ALLOWED_TRANSFERS",
    "AccountKind",
    "AccountingMonth",
    "Accumulation",
    "AnswerOutcome",
    "Authority",
    "BaseGrant",
    "BatchActKind",
    "BatchKind",
    "BatchState",
    "Claim",
    "ClaimAct",
    "ClaimActKind",
    "ClaimApproval",
    "ClaimDay",
    "ClaimPhoto",
    "ClaimState",
    "CommentChannel",
    "Consultation",
    "ConsultationAnswer",
    "ConsultationComment",
    "CounterMonth",
    "Entry",
    "EntryCause",
    "EvidenceKind",
    "Fact",
    "FactAct",
    "FactActKind",
    "FactApproval",
    "FactEvidence",
    "GuardRails",
    "HolderKind",
    "IssuedRulebook",
    "IssuerLevel",
    "ItemKind",
    "LimitUsage",
    "LineKind",
    "LineReversal",
    "LineReversalAct",
    "LineSource",
    "MonthAct",
    "MonthNet",
    "MonthState",
    "MonthlyScore",
    "PhotoCheck",
    "PointsAccount",
    "PointsBatch",
    "PointsBatchAct",
    "PointsBatchRow",
    "PointsLine",
    "RankAward",
    "ReversalState",
    "Rulebook",
    "RulebookAct",
    "RulebookActKind",
    "RulebookState",
    "RulebookVersion",
    "ScoreItem",
    "Screening",
    "Source",
    "Transfer",
    "TransferKind",
]
