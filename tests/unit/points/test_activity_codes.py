"""The rotating code: its slot, its short overlap, and everything that is not one of ours."""

from __future__ import annotations

import base64
import datetime as dt
import uuid

import pytest

from kernel import one_time_codes
from kernel.errors import LinliError
from points.activities import codes
from points.activities.codes import Purpose

ACTIVITY = uuid.UUID("0190a8e0-0000-7000-8000-000000000001")
#: The first second of a slot.
START = dt.datetime(2026, 11, 21, 4, 0, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_time_codes, "_key", b"a key of the tests, of no use elsewhere")


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def why(scanned: str, now: dt.datetime) -> str | None:
    """The code of the refusal, None where it is taken."""
    try:
        codes.read(scanned, now)
    except LinliError as error:
        return error.code
    return None


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_code_names_its_activity_and_purpose(purpose: Purpose) -> None:
    shown = codes.current(ACTIVITY, purpose, at(7))
    read = codes.read(shown.token, at(8))
    assert (read.activity_id, read.purpose) == (ACTIVITY, purpose)


def test_a_code_is_shown_for_twenty_seconds_and_then_another() -> None:
    first = codes.current(ACTIVITY, Purpose.COME, at(0))
    assert codes.current(ACTIVITY, Purpose.COME, at(19.999)) == first
    assert (first.issued_at_utc, first.expires_at_utc) == (at(0), at(20))
    assert codes.current(ACTIVITY, Purpose.COME, at(20)).token != first.token


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [(0, None), (19.9, None), (20, None), (29.9, None), (30, "code_old"), (3600, "code_old")],
)
def test_a_photographed_code_is_refused_by_name(seconds: float, refused: str | None) -> None:
    token = codes.current(ACTIVITY, Purpose.COME, at(0)).token
    assert why(token, at(seconds)) == refused


def test_a_code_of_the_future_is_not_ours_to_take() -> None:
    token = codes.current(ACTIVITY, Purpose.COME, at(20)).token
    assert why(token, at(19)) == "code_unreadable"


def test_the_whole_address_is_read_too() -> None:
    token = codes.current(ACTIVITY, Purpose.COME, START).token
    address = codes.payload(
        public_base_url="https://linli.example", community_code="yijuyuan", token=token
    )
    assert why(f"  {address}\n", START) is None


@pytest.mark.parametrize("place", [0, 16, 18, 22, 36], ids=str)
def test_whatever_is_changed_in_it_is_no_code(place: int) -> None:
    token = codes.current(ACTIVITY, Purpose.COME, START).token
    raw = bytearray(base64.urlsafe_b64decode(token + "=="))
    raw[place] ^= 1
    changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    assert why(changed, START) == "code_unreadable"


@pytest.mark.parametrize(
    "scanned",
    ["", "12345678", "https://linli.example/r/yijuyuan/abc", "A" * 50, "码" * 50, "A" * 51],
    ids=["empty", "digits", "redemption", "zeros", "chinese", "long"],
)
def test_what_we_did_not_sign_is_no_code(scanned: str) -> None:
    assert why(scanned, START) == "code_unreadable"


def test_another_server_key_signs_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    token = codes.current(ACTIVITY, Purpose.COME, START).token
    monkeypatch.setattr(one_time_codes, "_key", b"another key")
    assert why(token, START) == "code_unreadable"
