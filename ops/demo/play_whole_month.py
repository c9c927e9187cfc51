"""A whole month over HTTP: from an empty database to a sealed sheet and what comes after it.

The clock of the server is moved between four visits: before the month, during it, after it, and
after its notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from kernel import clock
from ops.demo import play_chapters, play_notice, play_sealing, small_district
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.play_calls import PUBLIC, Answer, Play, Unexpected
from ops.demo.throwaway_server import MovedClock, temporary_settings
from review.rules.digests import BlackedRow, Header, PrintedRow, verify

MONTH, NEXT_MONTH = "2026-10", "2026-11"
#: Asia/Shanghai; the notice of five working days from 2 November ends on 9 November, 18:00.
FOUNDED = dt.datetime(2026, 9, 25, 10, 0, tzinfo=clock.SHANGHAI)
DURING = dt.datetime(2026, 10, 20, 10, 0, tzinfo=clock.SHANGHAI)
AFTER = dt.datetime(2026, 11, 2, 10, 0, tzinfo=clock.SHANGHAI)
NOTICE_OVER = dt.datetime(2026, 11, 9, 18, 30, tzinfo=clock.SHANGHAI)
MISSED_ON = dt.date(2026, 10, 11)


def on_a_throwaway_server(echo: Callable[[str], object]) -> None:
    """Play it on a database that is gone afterwards; raises Unexpected."""
    with temporary_settings() as settings:
        moved = MovedClock(settings, small_district.COMMUNITY, echo)
        moved.must_run(FOUNDED, "db", "upgrade")
        play_whole_month(moved)
        moved.must_run(NOTICE_OVER, "ops", "check-ledger")
        echo("  … 账目、名额、冻结、月表全部重算一遍，相符")
        echo("    accounts, quotas, holds and sheets were re-added: the ledger agrees")


def play_whole_month(moved: MovedClock) -> None:
    """Everything from founding to the late fact, on a migrated and empty database."""
    found_the_district(moved)
    with moved.at(DURING) as play:
        gift, replied = live_through_october(play)
    with moved.at(AFTER) as play:
        play_chapters.give_back_next_month(play, replied)
        doubt = review_and_publish(play, gift)
    with moved.at(NOTICE_OVER) as play:
        seal_and_correct(play, gift, doubt)


def found_the_district(moved: MovedClock) -> None:
    """The first operator from the command line, everything else over HTTP."""
    moved.must_run(
        FOUNDED, "ops", "first-operator", small_district.OPERATOR.login,
        LINLI_OPERATOR_PASSWORD=DEMO_PASSWORD,
    )  # fmt: skip
    with moved.at(FOUNDED) as play:
        play.title("建区、入户、定细则", "the district, its people and its rulebook")
        small_district.found(play)
        moved.must_run(FOUNDED, "ops", "enter-calendar", str(AFTER.year))
        small_district.settle(play)
        small_district.adopt_rulebook(play, MONTH)
        small_district.open_month(play, MONTH)


def live_through_october(play: Play) -> tuple[Answer, Answer]:
    """Everything an open month can play; returns the donation, which is doubted later, and the
    report about a shop, which waits for its outcome.
    """
    small_district.enter_other_shop(play)
    gift = play_chapters.play_records_of_today(play)
    play_chapters.play_the_points_engine(play)
    replied = play_chapters.play_a_shop(play)
    play_chapters.play_the_notice(play)
    play_sealing.refuse_an_early_freeze(play, MONTH)
    return gift, replied


def review_and_publish(play: Play, gift: Answer) -> Answer:
    """Freeze to notice, objections on it; returns the one that is answered after the seal."""
    play_chapters.try_the_next_version(play)
    play.title("封账、签署、公示", "freeze, signatures and notice")
    small_district.open_month(play, NEXT_MONTH)
    play_sealing.close_and_review(play, MONTH)
    play_sealing.publish(play, MONTH)
    play_chapters.play_the_notice(play)
    before = play_notice.find_the_own_row(play, MONTH)
    missing = play_notice.object_to_something_missing(play, MONTH, "11 日我也扫雪了，漏记了。")
    play_sealing.uphold_missing(play, missing, MISSED_ON)
    after = play_notice.find_the_own_row(play, MONTH)
    moved = [after[each] - before[each] for each in ("score", "sheet_number")]
    if moved != [1, 1]:
        raise Unexpected(f"one point more on the next sheet was due: {before} {after}")
    return play_sealing.object_to_a_line(play, MONTH, gift["lines"][0]["id"])


def seal_and_correct(play: Play, gift: Answer, doubt: Answer) -> None:
    """The seal, what comes late, and what is upheld afterwards."""
    play.title("归档与归档以后", "the seal, and afterwards")
    sheet = play_sealing.seal(play, MONTH)
    recompute_the_digest(play, sheet["digest"])
    play_sealing.record_late(play, MONTH, MISSED_ON)
    play_sealing.refuse_a_decision_on_a_sealed_line(play, gift["id"])
    play_sealing.uphold_after_the_seal(play, doubt, MONTH)


def recompute_the_digest(play: Play, expected: str) -> None:
    """What anybody may read is enough to compute the digest of the sealed sheet again."""
    paper = play.get(
        PUBLIC, f"/public/communities/{play.community}/notices/{MONTH}/proof",
        "取公示栏上的月表，自己算一遍指纹", "takes the sheet from the board to compute its digest",
    )  # fmt: skip
    rows = [PrintedRow(**row | {"score": Decimal(str(row["score"]))}) for row in paper["rows"]]
    hidden = [BlackedRow(**row) for row in paper["blacked"]]
    if len(rows) + len(hidden) != small_district.HEADS:
        raise Unexpected(f"{small_district.HEADS} rows were due: {paper}")
    if not verify(header=Header(**paper["header"]), rows=[*rows, *hidden], expected=expected):
        raise Unexpected(f"the digest of the paper is not {expected}")
    play.note("算出的指纹与归档的一致", "the computed digest is that of the sealed sheet")
