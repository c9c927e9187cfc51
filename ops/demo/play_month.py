"""``make demo-month``: a month over HTTP, each call in words.

The running demo server shows what its clock allows today. A month cannot be sealed before its
notice is over, so a whole one is played afterwards on a server of its own whose clock is moved.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import httpx

from kernel import clock
from ops.child_processes import leave_in_order
from ops.demo import play_chapters, play_whole_month
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.play_calls import PATIENCE_SECONDS, Play, Unexpected

COMMUNITY = "yjyx"


class NotRunning(Exception):
    """Nobody answers where ``make run`` should; the text says what to do."""


def play_today(echo: Callable[[str], object]) -> None:
    """What the server of ``make run`` can show now; the demo is left as it was."""
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as http:
        play = Play(
            http=http,
            community=COMMUNITY,
            password=DEMO_PASSWORD,
            today=clock.business_date(clock.now()),
            echo=echo,
        )
        try:
            play_chapters.play_records_of_today(play)
            play_chapters.play_the_points_engine(play)
            play_chapters.try_the_next_version(play)
            play_chapters.close_the_report(play, play_chapters.play_a_shop(play))
            play_chapters.play_the_notice(play)
        except httpx.TransportError as error:
            raise NotRunning(
                f"{url} 没有回应，请先运行 make run · no answer, run make run first ({error})"
            ) from error
        play.title("公示期未满，不能归档", "a month cannot be sealed before its notice is over")
        play.note(
            "所以另起一台用完即弃的服务器，把时钟往后拨，从建区到归档走完一个月",
            "so a throw-away server plays a whole month, from founding to the seal, "
            "while its clock is moved",
        )


def main(echo: Callable[[str], object] = print) -> int:
    """Today on the running server, then a whole month; 0, or 1 at the first unexpected answer."""
    try:
        play_today(echo)
        play_whole_month.on_a_throwaway_server(echo)
    except NotRunning as error:
        echo(f"✗ {error}")
        return 1
    except (Unexpected, httpx.TransportError) as error:
        echo(f"✗ 与预期不符 · not as expected: {error}")
        return 1
    echo("\n✓ 演示完成 · played to the end")
    return 0


if __name__ == "__main__":
    leave_in_order(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    sys.exit(main())
