"""Stores of private files: the same behavior in a folder and in a bucket."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel import file_stores
from kernel.errors import Unavailable
from kernel.file_settings import FileSettings, StoreKind
from kernel.file_stores import CHUNK_BYTES, FileGone, FileStore, FolderStore, S3Store, store_of

COMMUNITY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
BUCKET = "linli-photos"
IN_S3 = FileSettings(
    store=StoreKind.S3, s3_bucket=BUCKET, s3_access_key="key", s3_secret_key="secret"
)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "files")
        return
    from moto import mock_aws

    with mock_aws():
        made = S3Store(IN_S3)
        made._client.create_bucket(Bucket=BUCKET)
        yield made


def later() -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)


def test_what_was_put_is_read_in_chunks_and_removed_once(store: FileStore) -> None:
    name, content = file_stores.new_name(COMMUNITY), os.urandom(CHUNK_BYTES * 2 + 5)
    store.put(name, content)
    chunks = list(store.chunks(name))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= CHUNK_BYTES
    store.delete(name)
    store.delete(name)
    with pytest.raises(FileGone):
        list(store.chunks(name))


def test_a_reader_that_stops_before_the_end_leaves_nothing_open(store: FileStore) -> None:
    name = file_stores.new_name(COMMUNITY)
    store.put(name, b"photo")
    unread = store.chunks(name)
    assert isinstance(unread, file_stores.Chunks)
    unread.close()
    unread.close()


def test_names_of_one_community_before_a_moment(store: FileStore) -> None:
    mine, theirs = file_stores.new_name(COMMUNITY), file_stores.new_name(OTHER)
    for name in (mine, theirs):
        store.put(name, b"photo")
    assert list(store.names_before(COMMUNITY, later())) == [mine]
    assert list(store.names_before(COMMUNITY, later() - dt.timedelta(days=1))) == []
    assert list(store.names_before(uuid.UUID(int=3), later())) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.jpg", f"{COMMUNITY.hex}/../{OTHER.hex}/x.jpg", ""]
)
def test_a_name_never_leaves_its_folder(store: FileStore, name: str) -> None:
    for act in (
        lambda: store.put(name, b"x"), lambda: store.chunks(name), lambda: store.delete(name)
    ):  # fmt: skip
        with pytest.raises(ValueError, match="not a name"):
            act()


def test_names_say_nothing_and_differ() -> None:
    names = {file_stores.new_name(COMMUNITY) for _ in range(100)}
    assert len(names) == 100


def test_only_this_user_reads_the_folder(tmp_path: Path) -> None:
    store, name = FolderStore(tmp_path / "files"), file_stores.new_name(COMMUNITY)
    store.put(name, b"photo")
    path = tmp_path / "files" / name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_half_a_file_of_a_killed_process_is_no_file_and_goes(tmp_path: Path) -> None:
    store, name = FolderStore(tmp_path), file_stores.new_name(COMMUNITY)
    store.put(name, b"photo")
    half = (tmp_path / name).with_suffix(".part")
    half.write_bytes(b"pho")
    assert list(store.names_before(COMMUNITY, later())) == [name]
    assert not half.exists()


def test_a_store_that_does_not_answer_is_unavailable() -> None:
    nowhere = FileSettings(
        store=StoreKind.S3, s3_bucket=BUCKET, s3_access_key="key", s3_secret_key="secret",
        s3_endpoint="http://127.0.0.1:9",
    )  # fmt: skip
    store, name = S3Store(nowhere), file_stores.new_name(COMMUNITY)
    with pytest.raises(Unavailable):
        store.put(name, b"photo")


def test_a_missing_bucket_is_unavailable() -> None:
    from moto import mock_aws

    with mock_aws(), pytest.raises(Unavailable):
        S3Store(IN_S3).put(file_stores.new_name(COMMUNITY), b"photo")


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    assert isinstance(store_of(FileSettings(folder=tmp_path)), FolderStore)
    assert isinstance(store_of(IN_S3), S3Store)
