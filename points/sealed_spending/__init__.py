"""Points that can be spent once their month is sealed 封账入账 (``spendable_from: sealed``).

The entries of such a rulebook wait; when their sheet is sealed, its net reaches each balance in
one movement. Where deductions go ``to_zero`` the shortfall lapses, and the holder's month keeps
x = balance + net before the floor: a later correction d of that month moves the balance by
max(0, x + d) − max(0, x), with the seal of the sheet it stands on, and then x grows by d. So
corrections may come in any order (rulebook-format.md section 5).
"""

from points.sealed_spending.applying import BATCH, apply

__all__ = ["BATCH", "apply"]
