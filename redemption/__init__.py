"""Redemption 核销: points held for a code, the code, its redeeming at a counter, its undoing.

It knows accounts and quotas only by the acts that hold, take and give back.
"""
