"""``make migration``: the one initial migration, written anew from the models.

It gets the next revision name, so that a demo database of the schema before is refused and told
how to start again. Until the first release only; docs/adr/0013-one-migration-until-release.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ROOT / "migrations" / "versions"
BIN = Path(sys.executable).parent


def main() -> None:
    """Write the migration; the one before comes back where the models cannot be read."""
    before = sorted(VERSIONS.glob("*.py"))
    revision = f"{max((int(path.name[:4]) for path in before), default=0) + 1:04}"
    kept = {path: path.read_bytes() for path in before}
    for path in before:
        path.unlink()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _run(
                [BIN / "flask", "--app", "app", "db", "revision", "--autogenerate",
                 "--rev-id", revision, "-m", "initial"],
                database_url=f"sqlite:///{folder}/empty.db",
            )  # fmt: skip
    except subprocess.CalledProcessError:
        for path, content in kept.items():
            path.write_bytes(content)
        raise SystemExit("Nothing was changed.") from None
    for command in (["check", "--quiet", "--fix"], ["format", "--quiet"]):
        _run([BIN / "ruff", *command, VERSIONS])


def _run(command: list[str | Path], *, database_url: str | None = None) -> None:
    extra = {"DATABASE_URL": database_url} if database_url else {}
    # Our own tools with our own words.
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **extra})  # noqa: S603


if __name__ == "__main__":
    main()
