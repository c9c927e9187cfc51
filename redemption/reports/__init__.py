"""Reports 投诉 of what went wrong at a shop: 拒兑, 加价, 货不对板, with the receipt.

Filed by the holder or a proxy, or written down at the window; the shop replies once and learns
what, never who; the community decides in writing. Everything done stays as an act.
"""

from redemption.reports.deciding import Outcome, decide, summarize
from redemption.reports.filing import file, key_in, withdraw
from redemption.reports.lists import ReportSummary, at_counter, mine, search
from redemption.reports.records import MerchantRecord, records
from redemption.reports.replying import reply
from redemption.reports.views import ReportView, detail, detail_at_counter, replay
from redemption.reports.window import look_up

__all__ = [
    "MerchantRecord",
    "Outcome",
    "ReportSummary",
    "ReportView",
    "at_counter",
    "decide",
    "detail",
    "detail_at_counter",
    "file",
    "key_in",
    "look_up",
    "mine",
    "records",
    "replay",
    "reply",
    "search",
    "summarize",
    "withdraw",
]
