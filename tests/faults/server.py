"""gunicorn with several workers and the real configuration, whose workers can be killed."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.context import ForkServerProcess

import httpx

from kernel.settings import Settings
from ops.demo import warm_processes
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
        self._process: ForkServerProcess | None = None

    def __enter__(self) -> Web:
        try:
            self._process = warm_processes.start(
                "gunicorn", "--config", "gunicorn.conf.py", "app:create_app()",
                environment=self.environment,
            )  # fmt: skip
            self.wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Nothing is under way any more that an orderly end would wait for.
        if self._process is not None:
            warm_processes.stop(self._process, kill=True)

    @property
    def age(self) -> dt.timedelta:
        """How far its clock is past NOW."""
        return dt.datetime.now(dt.UTC) - self._born

    def workers(self) -> list[int]:
        """Their pids now; a worker that was killed is replaced at once."""
        return children_of(self._running.pid or 0)

    def kill_a_worker(self, chance: random.Random) -> None:
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(self.workers()), signal.SIGKILL)

    def wait_until_it_answers(self) -> None:
        """Wait until database and web server are ready; RuntimeError when the server has ended."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if not self._running.is_alive():
                raise RuntimeError(f"gunicorn has ended: {self._running.exitcode}")
            if time.monotonic() > deadline:
                raise RuntimeError("gunicorn does not answer")
            time.sleep(0.1)

    @property
    def _running(self) -> ForkServerProcess:
        assert self._process is not None, "it was not started"
        return self._process

    def _answers(self) -> bool:
        try:
            ready = httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5)
        except httpx.TransportError:
            return False
        return ready.status_code == 200
