import io

import pytest
import zxingcpp
from PIL import Image

from kernel import ids, one_time_codes, qr


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of these tests, which the process must not keep: servers of other tests have theirs."""
    monkeypatch.setattr(one_time_codes, "_key", b"")
    one_time_codes.configure("k" * 40)


def test_the_png_is_read_by_a_scanner() -> None:
    picture = Image.open(io.BytesIO(qr.png("https://linli.example/r/yjyx/abc")))
    assert zxingcpp.read_barcodes(picture)[0].text == "https://linli.example/r/yjyx/abc"


def test_the_svg_is_scaled_by_its_view_box() -> None:
    picture = qr.svg("邻里")
    assert picture.startswith("<svg")
    assert 'class="qr"' in picture
    assert "width=" not in picture.split(">")[0]


def test_a_digest_depends_on_purpose_and_key() -> None:
    first = one_time_codes.digest("code", "12345678")
    assert first == one_time_codes.digest("code", "12345678")
    assert first != one_time_codes.digest("slip", "12345678")
    one_time_codes.configure("other" * 10)
    assert first != one_time_codes.digest("code", "12345678")


def test_codes_have_the_promised_shape() -> None:
    assert len(one_time_codes.new_token()) == 22
    assert len(one_time_codes.new_token(256)) == 43
    assert one_time_codes.new_digits().isdigit()
    assert len(one_time_codes.new_digits()) == 8
    assert not set(one_time_codes.new_slip_code()) & set("01ILOU")
    assert len(ids.new_receipt_number()) == ids.RECEIPT_LENGTH
    assert set(ids.new_receipt_number()) <= set(ids.RECEIPT_ALPHABET)


def test_ids_sort_by_creation() -> None:
    made = [ids.new_id() for _ in range(50)]
    assert made == sorted(made)
