"""gunicorn with several workers and the real configuration, whose workers can be killed."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import time
from contextlib import suppress

import httpx

from kernel.settings import Settings
from ops.child_processes import Children
from ops.demo.throwaway_server import free_port, offset_to
from tests.integration.redemption.world import NOW
from tests.support.live import environment_of
from tests.support.postgresql import children_of

READY_SECONDS = 180


class Web:
    """The web server over a test's settings, its clock at NOW; a context manager."""

    def __init__(self, settings: Settings, *, workers: int) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            **environment_of(settings),
            **offset_to(NOW),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "LINLI_THREADS": "4",
        }
        self._born = dt.datetime.now(dt.UTC)
        self._children = Children()

    def __enter__(self) -> Web:
        try:
            self._process = self._children.start_web(self.environment)
            self.wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Nothing is under way any more that an orderly end would wait for.
        with suppress(ProcessLookupError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._children.__exit__()

    @property
    def age(self) -> dt.timedelta:
        """How far its clock is past NOW."""
        return dt.datetime.now(dt.UTC) - self._born

    def workers(self) -> list[int]:
        """Their pids now; a worker that was killed is replaced at once."""
        return children_of(self._process.pid)

    def kill_a_worker(self, chance: random.Random) -> None:
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(self.workers()), signal.SIGKILL)

    def wait_until_it_answers(self) -> None:
        """Wait until database and web server are ready; RuntimeError when the server has ended."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"gunicorn has ended: {self._process.returncode}")
            if time.monotonic() > deadline:
                raise RuntimeError("gunicorn does not answer")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            ready = httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5)
        except httpx.TransportError:
            return False
        return ready.status_code == 200
