"""Words every package may use: settings, database, tenancy, errors, access, time, points.

The kernel knows no member, no merchant and no rulebook.
"""

import gc

# Loading the application makes half a million objects that stay, and a request some thousands that
# die by themselves. At Python's default of 700 the garbage collector looks for circles among all
# of them again and again: a third of the time that a process takes to start.
gc.set_threshold(20_000, 20)
