"""Guard-rails 护栏: what district and street ask of every rulebook below them.

:func:`load` reads one body's document, :func:`merge` lets the stricter win field by field and
remembers from whom, :func:`check` says what a rulebook does not keep. Guard-rails only add to what
is refused anyway; nothing built in can be switched off by them.
"""

from points.rules.guard_rails_check import check
from points.rules.guard_rails_document import (
    DeductionCap,
    GuardRails,
    Inherited,
    MergedGuardRails,
    guard_rails_of,
    load,
    merge,
)

__all__ = [
    "DeductionCap",
    "GuardRails",
    "Inherited",
    "MergedGuardRails",
    "check",
    "guard_rails_of",
    "load",
    "merge",
]
