"""Which tests stay together on one worker: those that share servers of their own.

The plugin's own groups are marks, which it hangs onto a test's id; this pytest no longer lets it,
so every test would go its own way and each worker would start and fill those servers again.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/faults/")


class ByServer(LoadScopeScheduling):
    """A folder with servers of its own is one unit of work; of all others each test is one."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)
