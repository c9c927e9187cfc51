"""Insider checks 内部监督: outliers among who records and approves, for those who review.

Everything here only reads; what it says is a reason to ask, never a finding.
"""

from points.insight.report import Insight, insight

__all__ = ["Insight", "insight"]
