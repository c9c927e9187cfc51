"""What ``make run`` prints at last: addresses, logins by role, a fresh token for each role."""

from __future__ import annotations


def show(echo):
    pass
