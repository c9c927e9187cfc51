"""Members who leave: what becomes of their points, and points carried over between communities.

One transaction touches one community. Points that are carried over leave as a transfer to the
account of points in transit, travel as an outbox message, and arrive as a transfer with the same
id; they are in transit until both stand. Who is excluded for a period stands here, too.
"""
