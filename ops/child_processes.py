"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

#: Where app.py and gunicorn.conf.py are; children start here.
ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 15


class Children:
    """Child processes that end with the block, however it is left."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._running):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._running:
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def start(
        self, *arguments: str, pipe: bool = False, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Run ``python …`` in its own group, so that Ctrl-C reaches only us."""
        child = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdout=subprocess.PIPE if pipe else None,
            text=True,
        )
        self._running.append(child)
        return child

    def start_web(self, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """The web server with its real configuration."""
        return self.start(
            "-m",
            "gunicorn",
            "--config",
            "gunicorn.conf.py",
            "app:create_app()",
            environment=environment,
        )


def leave_in_order(*numbers: int, code: int | None = None) -> None:
    """Let these signals end every ``with`` block; exits with ``code``, or 128 + the signal."""

    def leave(number: int, _frame: FrameType | None) -> None:
        # A second Ctrl-C must not interrupt the orderly end.
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number if code is None else code)

    for number in numbers:
        signal.signal(number, leave)
