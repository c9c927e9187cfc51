"""A whole month over HTTP against the real server: from an empty database to a sealed sheet.

The clock of the server is moved between three visits: during the month, after it, and after the
notice. What is played is what ``make demo-month`` plays, and the steps it cannot play yet.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import click
import httpx
import pytest

from kernel import clock
from ops.demo import play_month, play_notice, play_sealing
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.play_calls import PATIENCE_SECONDS, Answer, Play
from review.rules.digests import BlackedRow, Header, PrintedRow, verify
from tests.journey import small_district
from tests.support.backend import Backend
from tests.support.live import ROOT, LiveServer

MONTH, NEXT_MONTH = "2026-10", "2026-11"
#: Asia/Shanghai; the notice of five working days from 2 November ends on 9 November, 18:00.
FOUNDED = dt.datetime(2026, 9, 25, 10, 0, tzinfo=clock.SHANGHAI)
DURING = dt.datetime(2026, 10, 20, 10, 0, tzinfo=clock.SHANGHAI)
AFTER = dt.datetime(2026, 11, 2, 10, 0, tzinfo=clock.SHANGHAI)
NOTICE_OVER = dt.datetime(2026, 11, 9, 18, 30, tzinfo=clock.SHANGHAI)
MISSED_ON = dt.date(2026, 10, 11)


@dataclass
class Journey:
    """One database and the server that is started on it again and again, days later."""

    backend: Backend

    @contextmanager
    def at(self, instant: dt.datetime) -> Iterator[Play]:
        """A visit: the server's clock stands at ``instant`` when it starts."""
        with (
            LiveServer(self.backend.settings, **offset_to(instant)) as server,
            httpx.Client(base_url=server.url, timeout=PATIENCE_SECONDS) as http,
        ):
            yield Play(
                http=http,
                community=small_district.COMMUNITY,
                password=DEMO_PASSWORD,
                today=instant.date(),
                echo=click.echo,
            )

    def flask(self, instant: dt.datetime, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``flask ops …`` with the server's environment."""
        environment = LiveServer(self.backend.settings, **offset_to(instant)).environment
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", "ops", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


def offset_to(instant: dt.datetime) -> dict[str, str]:
    """The setting that lets a process believe it is ``instant`` now."""
    seconds = int((instant - dt.datetime.now(dt.UTC)).total_seconds())
    return {"LINLI_CLOCK_OFFSET_SECONDS": str(seconds)}


@pytest.fixture
def journey(backend: Backend) -> Journey:
    return Journey(backend)


@pytest.mark.timeout(400)  # four servers are started and two commands run
def test_a_month_from_an_empty_database_to_a_sealed_sheet(journey: Journey) -> None:
    found_the_district(journey)
    with journey.at(DURING) as play:
        gift = live_through_october(play)
    with journey.at(AFTER) as play:
        doubt = review_and_publish(play, gift)
    with journey.at(NOTICE_OVER) as play:
        seal_and_correct(play, gift, doubt)
        page = play.http.get(f"/c/{small_district.COMMUNITY}/")
    assert page.status_code == 200
    assert "2026年10月" in page.text
    assert "已归档" in page.text
    checked = journey.flask(NOTICE_OVER, "check-ledger")
    assert (checked.returncode, checked.stdout) == (0, "yjyx: the ledger agrees\n"), checked.stderr
    drained = journey.flask(NOTICE_OVER, "worker", "--once")
    assert drained.returncode == 0, drained.stderr


def found_the_district(journey: Journey) -> None:
    small_district.before_the_first_call(journey.backend.app, FOUNDED)
    with journey.at(FOUNDED) as play:
        district_id = small_district.found(play)
        small_district.enter_calendar(journey.backend.app, district_id, AFTER.year)
        small_district.settle(play)
        small_district.adopt_rulebook(play, MONTH)
        small_district.open_month(play, MONTH)


def live_through_october(play: Play) -> Answer:
    """Everything the demo plays; returns the donation, which is doubted later."""
    small_district.enter_other_shop(play)
    gift = play_month.play_records_of_today(play)
    play_month.play_a_shop(play)
    play_month.play_the_notice(play)
    play_sealing.refuse_an_early_freeze(play, MONTH)
    return gift


def review_and_publish(play: Play, gift: Answer) -> Answer:
    """Freeze to notice, objections on it; returns the one that is answered after the seal."""
    small_district.open_month(play, NEXT_MONTH)
    play_sealing.close_and_review(play, MONTH)
    play_sealing.publish(play, MONTH)
    play_month.play_the_notice(play)
    before = play_notice.find_the_own_row(play, MONTH)
    missing = play_notice.object_to_something_missing(play, MONTH, "11 日我也扫雪了，漏记了。")
    play_sealing.uphold_missing(play, missing, MISSED_ON)
    after = play_notice.find_the_own_row(play, MONTH)
    assert after["score"] == before["score"] + 1
    assert after["sheet_number"] == before["sheet_number"] + 1
    return play_sealing.object_to_a_line(play, MONTH, gift["lines"][0]["id"])


def seal_and_correct(play: Play, gift: Answer, doubt: Answer) -> None:
    """The seal, what comes late, and what is upheld afterwards."""
    sheet = play_sealing.seal(play, MONTH)
    verify_the_paper(play, sheet["digest"])
    play_sealing.record_late(play, MONTH, MISSED_ON)
    play_sealing.refuse_a_decision_on_a_sealed_line(play, gift["id"])
    play_sealing.uphold_after_the_seal(play, doubt, MONTH)


def verify_the_paper(play: Play, expected: str) -> None:
    """What anybody may read is enough to compute the digest of the sealed sheet again."""
    board = f"/api/v1/public/communities/{play.community}"
    paper = play.http.get(f"{board}/notices/{MONTH}/proof").json()
    rows = [PrintedRow(**row | {"score": Decimal(str(row["score"]))}) for row in paper["rows"]]
    hidden = [BlackedRow(**row) for row in paper["blacked"]]
    assert len(rows) + len(hidden) == len(small_district.PEOPLE) + len(small_district.OTHERS)
    assert verify(header=Header(**paper["header"]), rows=[*rows, *hidden], expected=expected)
