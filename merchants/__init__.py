"""The merchant alliance: who takes part, what both sides signed, what is offered, how much is left.

It knows points only as prices and caps; who redeems what is the package redemption.
"""
