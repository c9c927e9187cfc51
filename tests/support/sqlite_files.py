"""The file an application's SQLite engine opens, and the pictures it can be made to hold again.

A test neither copies a file nor reads a schema anew where that can be helped. Each picture in use
lies in a file of its own with the connections that are open on it, and the settings' path is a
link to one of these files. What a test wrote stands in the file's write-ahead log alone: an empty
log is the picture again, for idle connections as well. They find the log's index empty, recover
it from the empty log and drop the pages they knew, as after a crash that lost the log.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

#: Files kept with their connections: the worlds that one module's tests alternate between.
KEPT = 6
#: SQLite moves a log of 1,000 pages into the file, after which the file is no picture any more.
LOG_PAGES = 4_000


class SqliteFiles:
    """What the path of one engine's URL holds; nobody is writing while that is changed."""

    def __init__(self, engine: sa.Engine, path: Path, pictures: Path) -> None:
        self._engine, self._path, self._pictures = engine, path, pictures
        self._numbers = count(1)
        #: The files by their pictures, the one in use last.
        self._files: dict[Path, _File] = {}
        self.empty = self._picture_of(path)
        engine.dispose()
        self.show(self.empty)

    def show(self, picture: Path) -> None:
        """Let the path hold exactly what it held when the picture was taken."""
        shown = self._files.pop(picture, None)
        if shown is not None and not shown.forget():
            shown.close()
            shown = None
        if shown is None:
            pool = self._engine.pool.recreate()
            shown = _File(self._path.with_name(f"{next(self._numbers)}.db"), picture, pool)
        self._files[picture] = shown
        if len(self._files) > KEPT:
            self._files.pop(next(iter(self._files))).close()
        link = self._path.with_suffix(".link")
        link.symlink_to(shown.path)
        link.replace(self._path)
        self._engine.pool = shown.pool

    def photograph(self) -> Callable[[], None]:
        """Keep what the path holds now; the answer shows it again."""
        picture = self._picture_of(self._path.resolve())
        return lambda: self.show(picture)

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _picture_of(self, file: Path) -> Path:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return shutil.copyfile(file, self._pictures / f"picture_{next(self._numbers)}.db")


class _File:
    """A copy of a picture, which is never written as long as its log is short."""

    def __init__(self, path: Path, picture: Path, pool: sa.Pool) -> None:
        self.path, self.pool = shutil.copyfile(picture, path), pool
        # Whoever writes into the file itself moves its time.
        os.utime(path, (0, 0))
        self._log, self._index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))

    def forget(self) -> bool:
        """Throw away what was written since the picture; False where it cannot be told apart."""
        assert isinstance(self.pool, QueuePool)
        if self.pool.checkedout() or self.path.stat().st_mtime_ns:
            return False
        try:
            if self._log.stat().st_size:
                # By their names: to open and close them would give up SQLite's locks on them.
                os.truncate(self._log, 0)
                size = self._index.stat().st_size
                os.truncate(self._index, 0)
                os.truncate(self._index, size)
        except FileNotFoundError:
            # Without a connection there is neither.
            return True
        return True

    def close(self) -> None:
        self.pool.dispose()
        for path in (self.path, self._log, self._index):
            path.unlink(missing_ok=True)
