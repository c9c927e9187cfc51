"""The demo world: one district, four communities, their people, merchants and months.

Data files and pure, seeded generators. Nothing here touches the database, Flask or the clock:
`flask ops` commands read these values and play them through the real packages, so that the demo
goes through the same doors as everybody else. Every person is invented and marked `is_demo`.
"""
