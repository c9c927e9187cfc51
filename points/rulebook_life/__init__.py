"""The life of a rulebook: drafting, editing item by item, consultation, dry run, adoption.

Reading what is in force stands in ``points.rulebooks``; what a text means in ``points.rules``.
"""
