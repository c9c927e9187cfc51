"""Activities 活动: planned, enrolled for, attended, and settled once into facts.

Who came is shown by a rotating code on the organiser's screen, by the member's card, or by the
organiser. Nothing here is worth points by itself: the settlement records facts through the door,
and later corrections are acts on those facts.
"""
