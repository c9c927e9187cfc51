"""Batches 批量记账: opening balances and adjustments from Excel, whole or nothing.

One body uploads, a person of another body confirms; the notice of the month names them as
adjustments.
"""
