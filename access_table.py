"""Who may do what. Temporary: merged from the packages until all of them have landed."""

from __future__ import annotations

import community.permissions
import merchants.permissions
import points.permissions
import redemption.permissions
import review.permissions
from kernel.access import SYSTEM_ROLE, Permission

PUBLIC = "public"
SIGNED_IN = "signed_in"

_TABLES = [
    getattr(module, "GRANTED", {})
    for module in (
        community.permissions,
        points.permissions,
        merchants.permissions,
        redemption.permissions,
        review.permissions,
    )
]
_P = points.permissions.PointsPermission
_POINTS: dict[str, set[Permission]] = {
    "member": {_P.READ_RULEBOOK, _P.RECORD_FACT, _P.READ_OWN_POINTS},
    "grid_worker": {_P.READ_RULEBOOK, _P.RECORD_FACT, _P.READ_FACTS, _P.READ_POINTS},
    "panelist": {
        _P.READ_RULEBOOK, _P.RECORD_FACT, _P.READ_FACTS, _P.APPROVE_FACT, _P.DECIDE_FACT,
        _P.CORRECT_FACT, _P.READ_POINTS,
    },
    "supervisor": {_P.READ_RULEBOOK, _P.READ_FACTS, _P.READ_POINTS},
    "community_admin": {
        _P.READ_RULEBOOK, _P.DRAFT_RULEBOOK, _P.ADOPT_RULEBOOK, _P.RECORD_FACT, _P.READ_FACTS,
        _P.APPROVE_FACT, _P.READ_POINTS, _P.OPEN_MONTH, _P.CHECK_LEDGER,
    },
    "street_officer": {_P.READ_RULEBOOK, _P.READ_FACTS, _P.READ_POINTS, _P.APPROVE_FACT},
    "auditor": {_P.READ_RULEBOOK, _P.READ_FACTS, _P.READ_POINTS, _P.CHECK_LEDGER},
    SYSTEM_ROLE: set(_P),
}  # fmt: skip
ROLES: dict[str, frozenset[Permission]] = {
    str(role): frozenset().union(*(table.get(role, frozenset()) for table in [*_TABLES, _POINTS]))
    for role in {str(name) for table in [*_TABLES, _POINTS] for name in table}
}

ENDPOINTS: dict[str, str] = {
    "api-docs.openapi_json": PUBLIC,
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
}


def _merge() -> None:
    import importlib

    for name in ("community", "points", "merchants", "redemption", "review"):
        ENDPOINTS.update(getattr(importlib.import_module(f"{name}.api"), "ACCESS", {}))
    import web

    ENDPOINTS.update(web.ACCESS)


_merge()
