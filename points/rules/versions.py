"""Versions of one rulebook: which judges a day, and what they ask of the evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from points.rules.compiled import Across, Rulebook

#: The holder kind whose accounts stand side by side in a household.
_MEMBER = "member"


def version_on(versions: Collection[Rulebook], day: dt.date) -> Rulebook | None:
    """The version in force on ``day``: the latest that has begun."""
    begun = [version for version in versions if version.effective_from <= day]
    return max(begun, key=lambda version: version.effective_from, default=None)


def needs_household(versions: Collection[Rulebook]) -> bool:
    """Whether a limit of some version holds several accounts of one household together.

    Then all holders who have a fact in the household are evaluated in one go. A household that
    is itself the holder has one account, so nothing more is needed.
    """
    return any(
        limit.across is Across.HOUSEHOLD
        for version in versions
        if version.holder == _MEMBER
        for limit in (
            *version.shared_limits,
            *(own for each in version.items for own in each.limits),
        )
    )


def counts_by_household(version: Rulebook, across: Across) -> bool:
    """Whether a limit's cell belongs to the household instead of one holder."""
    return across is Across.HOUSEHOLD and version.holder == _MEMBER
