"""The cookie that keeps somebody signed in on pages: the same opaque token as the API's."""

from __future__ import annotations

import datetime as dt

from flask import Response, request, session

from community.signing_in import SignedIn
from kernel.http import SESSION_COOKIE


def keep(response: Response, signed: SignedIn, now: dt.datetime) -> None:
    """Sign this browser in; forms made before are of somebody else and count no more."""
    session.clear()
    response.set_cookie(
        SESSION_COOKIE,
        signed.token,
        max_age=int((signed.expires_at_utc - now).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def forget(response: Response) -> None:
    """Sign this browser out."""
    session.clear()
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
