"""Reviewed reversals: the words and the legal steps."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ReversalState(StrEnum):
    """待复核, 已退回积分, 未同意."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class ReversalOrigin(StrEnum):
    """Who asked: the merchant, the community by itself, or whoever upheld a report."""

    MERCHANT = "merchant"
    COMMUNITY = "community"
    REPORT = "report"


LEGAL_STEPS: Mapping[ReversalState, frozenset[ReversalState]] = {
    ReversalState.ASKED: frozenset({ReversalState.APPROVED, ReversalState.DECLINED}),
    ReversalState.APPROVED: frozenset(),
    ReversalState.DECLINED: frozenset(),
}


def may_step(before: ReversalState, to: ReversalState) -> bool:
    """Whether ``to`` is one legal step from ``before``."""
    return to in LEGAL_STEPS[before]
