"""Which tests stay together on one worker: those that share what is slow to start, load or build.

By their ids, because the plugin's own marks for that reach nobody: it hangs them onto the ids of
tests, and this pytest no longer lets it.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: How the tests' ids begin → what they share: servers, or the large imitation of S3.
SHARED = {
    "tests/browser/": "browser",
    "tests/faults/": "faults",
    "tests/integration/points/test_claim_photos.py::TestInABucket": "s3",
    "tests/unit/kernel/test_file_stores.py": "s3",
}
ENGINES = ("sqlite", "postgresql")


class ByWorld(LoadScopeScheduling):
    """A unit of work are tests that share something; of others, those of one module and engine.

    Modules build their worlds once on each engine and worker. Units keep the order in which their
    first tests were collected, so what takes long begins early.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        for start, shared in SHARED.items():
            if nodeid.startswith(start):
                return shared
        module, _, test = nodeid.partition("::")
        engine = next((each for each in ENGINES if each in test), "")
        return f"{module} {engine}"
