"""The rulebook engine: pure functions over rulebooks and facts.

No session, no clock, no Flask. A fact is what happened; points are what the rulebook says it is
worth; worth is a function of the set of facts alone.
"""
