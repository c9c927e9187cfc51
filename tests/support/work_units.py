"""Which tests stay together on one worker: those that share what is slow to start or to load.

The plugin's own groups are marks, which it hangs onto a test's id; this pytest no longer lets it,
so every test would go its own way and each worker would start and fill those servers again.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

#: How the tests' ids begin → the group, named as in their marks.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/faults/": "faults",
    "tests/integration/points/test_claim_photos.py::TestInABucket": "s3",
    "tests/unit/kernel/test_file_stores.py": "s3",
    "tests/unit/web/test_language.py": "texts",
}


class ByGroup(LoadScopeScheduling):
    """A group is one unit of work; of all other tests each is one."""

    def _split_scope(self, nodeid: str) -> str:
        found = (group for start, group in TOGETHER.items() if nodeid.startswith(start))
        return next(found, nodeid)
