"""Points 积分: rulebooks, what happened (facts), what it is worth (lines), what was posted
(entries), what moved (transfers), and the month they are accounted in.

Not here: who reviews and publishes a month (review), what points buy (redemption), who people are
(community). The arithmetic of worth is in the pure package ``points.rules``.
"""
