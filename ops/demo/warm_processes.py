"""Processes that begin with the application loaded: forked from one that imported it once.

The played month starts its server four times and some commands besides, each at another time of
the clock. Nearly all of that would be loading the same code again.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from ops.child_processes import ROOT, STOP_SECONDS

_forks = multiprocessing.get_context("forkserver")
# Nothing is connected and no id is drawn by importing, so nothing is shared but the code. Where
# the module is not found, which needs the project's folder as working directory, each imports it.
_forks.set_forkserver_preload(["app", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread"])


def start(
    *arguments: str, environment: Mapping[str, str], told: Path | None = None
) -> ForkServerProcess:
    """``python -m …`` with exactly this environment, as the leader of its own group.

    What it prints goes to the files ``out`` and ``err`` in ``told``, or where ours goes.
    """
    process = _forks.Process(target=_run, args=(arguments, dict(environment), told))
    process.start()
    return process


def stop(process: ForkServerProcess, *, kill: bool = False) -> None:
    """Ask it to end, and end its whole group when it does not, or at once to ``kill`` it."""
    if not kill:
        process.terminate()
        process.join(STOP_SECONDS)
    if process.is_alive() and process.pid is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()


@dataclass(frozen=True)
class Finished:
    """A process that has ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, environment: Mapping[str, str], seconds: float) -> Finished:
    """Start it and wait; one that takes longer than ``seconds`` is ended."""
    with tempfile.TemporaryDirectory(prefix="linli-told-") as folder:
        told = Path(folder)
        process = start(*arguments, environment=environment, told=told)
        try:
            process.join(seconds)
        finally:
            stop(process)
        return Finished(
            returncode=-1 if process.exitcode is None else process.exitcode,
            stdout=(told / "out").read_text(),
            stderr=(told / "err").read_text(),
        )


def _run(arguments: tuple[str, ...], environment: dict[str, str], told: Path | None) -> None:
    """In the new process: become what ``python -m`` would have started."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    if told is not None:
        for name, number in (("out", 1), ("err", 2)):
            file = os.open(told / name, os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(file, number)
            os.close(file)
    module, *rest = arguments
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
