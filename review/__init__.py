"""The month in public 评议与公示: its steps, sheets, notices, rankings and objections.

It decides who may take a month from open to sealed and what the public sees of it. What things
are worth, and the month's row itself, belong to points; this package never writes an entry.
"""
