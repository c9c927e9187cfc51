"""The real server over any database, at any time: started, visited and thrown away."""

from __future__ import annotations

import datetime as dt
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from secrets import token_hex

import httpx

from ops.demo import warm_processes
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.play_calls import PATIENCE_SECONDS, Play, Unexpected
from ops.demo.warm_processes import Finished

#: As long as a machine that does much else may take.
READY_SECONDS = 120
COMMAND_SECONDS = 120


class ThrowawayServer:
    """gunicorn with the real configuration on a free port; a context manager.

    ``settings`` are environment variables and win over those of this process.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "WEB_CONCURRENCY": "1", **settings}
        self.environment["PORT"] = str(self.port)
        self._process: ForkServerProcess | None = None

    def __enter__(self) -> str:
        """Start, and return the address as soon as it answers."""
        try:
            self._process = warm_processes.start(
                "gunicorn", "--config", "gunicorn.conf.py", "app:create_app()",
                environment=self.environment,
            )  # fmt: skip
            deadline = time.monotonic() + READY_SECONDS
            while not self._answers():
                if not self._process.is_alive() or time.monotonic() > deadline:
                    raise Unexpected("gunicorn did not start")
                time.sleep(0.05)
        except BaseException:
            # Left by a signal while starting: nobody else would end the child.
            self.__exit__()
            raise
        return self.url

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            warm_processes.stop(self._process)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


@dataclass(frozen=True)
class MovedClock:
    """One database, and the server that is started on it again and again, days later.

    ``settings`` name the database and the keys as environment variables.
    """

    settings: Mapping[str, str]
    community: str
    echo: Callable[[str], object]

    @contextmanager
    def at(self, instant: dt.datetime) -> Iterator[Play]:
        """A visit: the server's clock stands at ``instant`` when it starts."""
        day = f"{instant.month}月{instant.day}日"
        self.echo(f"\n◷ 时钟拨到 {day} · the clock is set to {instant.day} {instant:%B}")
        with (
            ThrowawayServer({**self.settings, **offset_to(instant)}) as url,
            httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as http,
        ):
            yield Play(
                http=http,
                community=self.community,
                password=DEMO_PASSWORD,
                today=instant.date(),
                echo=self.echo,
                shift=instant - dt.datetime.now(dt.UTC),
            )

    def flask(self, instant: dt.datetime, *arguments: str, **more: str) -> Finished:
        """Run ``flask …`` on the same database at ``instant``; ``more`` are further variables."""
        environment = {**os.environ, **self.settings, **offset_to(instant), **more}
        return warm_processes.run(
            "flask", "--app", "app", *arguments, environment=environment, seconds=COMMAND_SECONDS
        )

    def must_run(self, instant: dt.datetime, *arguments: str, **more: str) -> None:
        """:meth:`flask`, told; raises Unexpected when the command fails."""
        self.echo(f"  $ flask {' '.join(arguments)}")
        done = self.flask(instant, *arguments, **more)
        if done.returncode != 0:
            raise Unexpected(f"flask {' '.join(arguments)}: {done.stderr[-2000:]}")


@contextmanager
def temporary_settings() -> Iterator[dict[str, str]]:
    """A SQLite database in a folder that is deleted at the end, and keys nobody else has."""
    with tempfile.TemporaryDirectory(prefix="linli-month-") as folder:
        database = f"sqlite:///{Path(folder) / 'month.db'}"
        yield {
            # Quieter than the demo; nothing else depends on it.
            "LINLI_ENV": "test",
            "DATABASE_URL": database,
            "MIGRATION_DATABASE_URL": database,
            "LINLI_SECRET_KEY": token_hex(32),
            "LINLI_CODE_KEY": token_hex(32),
            "RATE_LIMIT_STORAGE": "memory://",
        }


def offset_to(instant: dt.datetime) -> dict[str, str]:
    """The setting that lets a process believe it is ``instant`` now."""
    seconds = int((instant - dt.datetime.now(dt.UTC)).total_seconds())
    return {"LINLI_CLOCK_OFFSET_SECONDS": str(seconds)}


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
