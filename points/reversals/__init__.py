"""Reversals 冲回: a grant or an adjustment taken back as a whole, with a reason, once.

One body asks, a person of another body confirms. What a fact brought is taken back by striking
the fact.
"""
