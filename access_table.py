"""Who may do what, on one page.

``ROLES`` says what each role allows where it is granted; concept functions ask it through
``actor.require``. ``ENDPOINTS`` names, for every endpoint and page, what a caller needs at the
door: nothing ("public"), a sign-in ("signed_in"), or a permission that the concept function
requires. A test fails when an endpoint is missing here.
"""

from __future__ import annotations

from kernel.access import SYSTEM_ROLE, Permission

PUBLIC = "public"
SIGNED_IN = "signed_in"

ROLES: dict[str, frozenset[Permission]] = {SYSTEM_ROLE: frozenset()}

ENDPOINTS: dict[str, str] = {
    "api-docs.openapi_json": PUBLIC,
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
}
