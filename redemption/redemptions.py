"""Redemptions 兑换, by who acts: the holder, the counter, the clock. The package's front door."""

from __future__ import annotations

from redemption.cancellations import cancel
from redemption.choices import Choice, choices
from redemption.codes import ShownCode, live, payload
from redemption.codes import show as show_code
from redemption.counter import Preview, preview, redeem
from redemption.counter_lists import Totals, at_counter, today, totals
from redemption.holds import Held, issue, replay_issue
from redemption.receipts import Receipt, mine, receipt, replay, replay_own
from redemption.refusal_lists import at_counter as refused_scans
from redemption.refusal_lists import counts_at_counter as refusal_counts
from redemption.releases import expire_holds, withdraw

__all__ = [
    "Choice",
    "Held",
    "Preview",
    "Receipt",
    "ShownCode",
    "Totals",
    "at_counter",
    "cancel",
    "choices",
    "expire_holds",
    "issue",
    "live",
    "mine",
    "payload",
    "preview",
    "receipt",
    "redeem",
    "refusal_counts",
    "refused_scans",
    "replay",
    "replay_issue",
    "replay_own",
    "show_code",
    "today",
    "totals",
    "withdraw",
]
