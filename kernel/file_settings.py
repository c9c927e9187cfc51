"""Where private files lie: a folder of this machine, or a bucket of an S3-compatible store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

DEMO_STORE_SECRET = "demo-only-store-secret"  # noqa: S105 - refused in production
SHORTEST_STORE_SECRET = 16
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / "var" / "files"


class StoreKind(StrEnum):
    FOLDER = "folder"
    S3 = "s3"


@dataclass(frozen=True, kw_only=True)
class FileSettings:
    """The settings ``LINLI_FILES_…``. Secrets never appear in ``repr``."""

    store: StoreKind = StoreKind.FOLDER
    folder: Path = DEFAULT_FOLDER
    s3_bucket: str = ""
    #: Address of the store; empty stands for Amazon's own.
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: str = field(default=DEMO_STORE_SECRET, repr=False)

    def why_unsafe(self) -> list[str]:
        """What must be mended before production may run with this; empty when nothing is."""
        if self.store is StoreKind.FOLDER:
            if not self.folder.is_absolute():
                return ["LINLI_FILES_FOLDER must be an absolute path"]
            return []
        reasons = [
            f"{name} is missing"
            for name, value in (
                ("LINLI_FILES_S3_BUCKET", self.s3_bucket),
                ("LINLI_FILES_S3_ACCESS_KEY", self.s3_access_key),
            )
            if not value
        ]
        if self.s3_secret_key == DEMO_STORE_SECRET or len(self.s3_secret_key) < (
            SHORTEST_STORE_SECRET
        ):
            reasons.append("LINLI_FILES_S3_SECRET_KEY is missing, too short or the demo value")
        if self.s3_endpoint and not self.s3_endpoint.startswith("https://"):
            reasons.append("LINLI_FILES_S3_ENDPOINT must start with https://")
        return reasons


def read(get: Callable[[str, str], str | None]) -> FileSettings:
    """The settings as ``get(name, default)`` gives them; ValueError for an unknown store."""

    def text(name: str, default: str) -> str:
        return get(f"LINLI_FILES_{name}", default) or default

    return FileSettings(
        store=StoreKind(text("STORE", StoreKind.FOLDER.value)),
        folder=Path(text("FOLDER", str(DEFAULT_FOLDER))),
        s3_bucket=text("S3_BUCKET", ""),
        s3_endpoint=text("S3_ENDPOINT", ""),
        s3_region=text("S3_REGION", "us-east-1"),
        s3_access_key=text("S3_ACCESS_KEY", ""),
        s3_secret_key=text("S3_SECRET_KEY", DEMO_STORE_SECRET),
    )
