"""WeChat 微信: a thin client of the platform's server API (sign-in codes, subscribe messages), the
limits of message values, the address that it pushes to (plain and safe mode), and a sandbox that
answers and pushes as WeChat does, for the demo and the tests.

Not here: who an openid belongs to and what a session is (community), who wants which message
(redemption, review), the mini-program. No session_key is kept, no phone number is asked for.
"""
