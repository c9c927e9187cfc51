"""A whole month over HTTP against the real server: what ``make demo-month`` plays, on both engines.

The play itself holds every answer to what was expected; here the books are checked afterwards.
"""

from __future__ import annotations

import click
import httpx
import pytest

from ops.demo import play_whole_month, small_district
from ops.demo.play_whole_month import NOTICE_OVER
from ops.demo.throwaway_server import MovedClock
from tests.support.backend import Backend
from tests.support.live import environment_of


@pytest.fixture
def moved(backend: Backend) -> MovedClock:
    return MovedClock(
        environment_of(backend.settings), community=small_district.COMMUNITY, echo=click.echo
    )


@pytest.mark.long
@pytest.mark.timeout(400)  # five servers are started and four commands run
def test_a_month_from_an_empty_database_to_a_sealed_sheet(moved: MovedClock) -> None:
    play_whole_month.play_whole_month(moved)
    page = published_page(moved)
    assert page.status_code == 200
    assert "2026年10月" in page.text
    assert "已归档" in page.text
    checked = moved.flask(NOTICE_OVER, "ops", "check-ledger")
    assert (checked.returncode, checked.stdout) == (0, "yjyx: the ledger agrees\n"), checked.stderr
    drained = moved.flask(NOTICE_OVER, "ops", "worker", "--once")
    assert drained.returncode == 0, drained.stderr


def published_page(moved: MovedClock) -> httpx.Response:
    with moved.at(NOTICE_OVER) as play:
        return play.http.get(f"/c/{small_district.COMMUNITY}/")
