"""Tables of the package points, one file per family."""

from points.models.accounts import AccountKind, HolderKind, PointsAccount
from points.models.entries import Entry, EntryCause
from points.models.facts import (
    Authority,
    EvidenceKind,
    Fact,
    FactAct,
    FactActKind,
    FactApproval,
    FactEvidence,
)
from points.models.lines import LineKind, LineSource, PointsLine
from points.models.months import AccountingMonth, MonthAct, MonthState
from points.models.rulebooks import (
    ItemKind,
    Rulebook,
    RulebookAct,
    RulebookState,
    RulebookVersion,
    ScoreItem,
)
from points.models.running_totals import Accumulation, BaseGrant, LimitUsage, MonthlyScore
from points.models.transfers import ALLOWED_TRANSFERS, Transfer, TransferKind

__all__ = [
    "ALLOWED_TRANSFERS",
    "AccountKind",
    "AccountingMonth",
    "Accumulation",
    "Authority",
    "BaseGrant",
    "Entry",
    "EntryCause",
    "EvidenceKind",
    "Fact",
    "FactAct",
    "FactActKind",
    "FactApproval",
    "FactEvidence",
    "HolderKind",
    "ItemKind",
    "LimitUsage",
    "LineKind",
    "LineSource",
    "MonthAct",
    "MonthState",
    "MonthlyScore",
    "PointsAccount",
    "PointsLine",
    "Rulebook",
    "RulebookAct",
    "RulebookState",
    "RulebookVersion",
    "ScoreItem",
    "Transfer",
    "TransferKind",
]
