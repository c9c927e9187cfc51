"""Words every package may use: settings, database, tenancy, errors, access, time, points.

The kernel knows no member, no merchant and no rulebook.
"""
