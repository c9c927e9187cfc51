"""Stores of private files: a folder, or a bucket that speaks S3. Both know names and bytes only.

boto is imported where a bucket is used: it is large, and most stores are folders.

A name is ``<community id>/<32 random hex digits>.jpg``: it says nothing about anybody, and the
community's id in front lets one community's files be listed. Network calls: never inside a unit of
work, since a slow store would hold locks.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from kernel.errors import NotFound, Unavailable
from kernel.file_settings import FileSettings, StoreKind

CHUNK_BYTES = 64 * 1024
_NAME = re.compile(r"[0-9a-f]{32}/[0-9a-f]{32}\.jpg")
_GONE = frozenset({"NoSuchKey", "404", "NotFound"})


class FileGone(NotFound):
    code = "file_gone"
    zh = "文件已经不在了。"
    en = "The file is no longer there."


class FileStore(Protocol):
    """Where the bytes are."""

    def put(self, name: str, content: bytes) -> None:
        """Store ``content`` under a name that is new; it is whole or not there."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes, at most CHUNK_BYTES at a time; FileGone when there are none."""

    def delete(self, name: str) -> None:
        """Remove the bytes; removing them again changes nothing."""

    def names_before(self, community_id: uuid.UUID, moment: dt.datetime) -> Iterator[str]:
        """Names of the community's files that were stored before ``moment``."""


class Chunks(Iterator[bytes]):
    """An open file, chunk by chunk; closed at its end, or by whoever stops before.

    No generator: one that was never begun (an answer to HEAD) would leave the file open.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def __next__(self) -> bytes:
        chunk: bytes = self._file.read(CHUNK_BYTES)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        self._file.close()


def new_name(community_id: uuid.UUID) -> str:
    """A random name for a new file of the community."""
    return f"{community_id.hex}/{secrets.token_hex(16)}.jpg"


def store_of(settings: FileSettings) -> FileStore:
    """The store that the settings name; connects at its first use."""
    return S3Store(settings) if settings.store is StoreKind.S3 else FolderStore(settings.folder)


def _checked(name: str) -> str:
    # Names come from our own table; a slip must still never reach another folder.
    if not _NAME.fullmatch(name):
        raise ValueError("not a name of a stored file")
    return name


class FolderStore:
    """Files below one folder that only this user may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        try:
            self._write(path, content)
        except OSError as error:
            # A full disk is nobody's mistake here, and passes.
            raise Unavailable() from error

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and renamed: a killed process leaves no half file under the name.
        aside = path.with_suffix(".part")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            return Chunks(self._path(name).open("rb"))
        except FileNotFoundError:
            raise FileGone() from None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names_before(self, community_id: uuid.UUID, moment: dt.datetime) -> Iterator[str]:
        folder = self._folder / community_id.hex
        if not folder.is_dir():
            return
        for entry in sorted(folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                if entry.stat().st_mtime >= moment.timestamp():
                    continue
                if entry.suffix == ".part":  # left by a killed process; nothing refers to it
                    entry.unlink(missing_ok=True)
                elif _NAME.fullmatch(f"{folder.name}/{entry.name}"):
                    yield f"{folder.name}/{entry.name}"

    def _path(self, name: str) -> Path:
        return self._folder / _checked(name)


class S3Store:
    """Objects of one private bucket."""

    def __init__(self, settings: FileSettings) -> None:
        self._bucket = settings.s3_bucket
        self._settings = settings
        self._made: Any = None

    def put(self, name: str, content: bytes) -> None:
        with _as_our_errors():
            self._client.put_object(
                Bucket=self._bucket, Key=_checked(name), Body=content, ContentType="image/jpeg"
            )

    def chunks(self, name: str) -> Iterator[bytes]:
        with _as_our_errors():
            answer = self._client.get_object(Bucket=self._bucket, Key=_checked(name))
        return Chunks(answer["Body"])

    def delete(self, name: str) -> None:
        with _as_our_errors():
            self._client.delete_object(Bucket=self._bucket, Key=_checked(name))

    def names_before(self, community_id: uuid.UUID, moment: dt.datetime) -> Iterator[str]:
        with _as_our_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{community_id.hex}/"
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    if found["LastModified"] < moment and _NAME.fullmatch(found["Key"]):
                        yield found["Key"]

    @property
    def _client(self) -> Any:
        # Made at the first use, after the server has forked; boto's clients are thread-safe.
        if self._made is None:
            import boto3
            from botocore.config import Config

            settings = self._settings
            self._made = boto3.session.Session().client(
                "s3",
                endpoint_url=settings.s3_endpoint or None,
                region_name=settings.s3_region,
                aws_access_key_id=settings.s3_access_key,
                aws_secret_access_key=settings.s3_secret_key,
                config=Config(
                    connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2}
                ),
            )
        return self._made


@contextlib.contextmanager
def _as_our_errors() -> Iterator[None]:
    """Errors of the store as Unavailable, or FileGone; their texts may hold addresses and keys."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise FileGone() from None
        raise Unavailable() from None
    except BotoCoreError:
        raise Unavailable() from None


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
