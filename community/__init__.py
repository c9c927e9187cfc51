"""Who and where: places, members, households, accounts, role grants, consent, sign-in, binding.

It knows no points: what a member earns, and what that buys, is the business of the packages above.
"""
