"""An upload is read from its beginning each time, since a unit of work may run again."""

from __future__ import annotations

import io

from werkzeug.datastructures import FileStorage

from kernel.http import uploaded


def test_a_second_attempt_reads_the_same_bytes() -> None:
    file = FileStorage(io.BytesIO(b"PK\x03\x04"), filename="batch.xlsx")
    assert [uploaded(file), uploaded(file)] == [b"PK\x03\x04"] * 2
