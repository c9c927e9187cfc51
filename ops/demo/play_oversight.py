"""What the product looks after by itself: base points once, what expires, what stands out."""

from __future__ import annotations

from typing import Any

from kernel import clock
from ops.demo.play_calls import ADMIN, RESIDENT, SUPERVISOR, Play, Unexpected


def grant_base_again(play: Play) -> None:
    """Whoever has this month's base points gets them once, however often it is asked."""
    month = clock.month_of(play.today)
    path = f"months/{month}/base-grants"
    first = play.put(ADMIN, path, "发本月基础分", "grants the month's base points")
    again = play.put(ADMIN, path, "再发一次", "grants them again")
    play.note(
        f"第一次 {first['granted']} 人，第二次 {again['granted']} 人：谁也不会领两遍",
        f"{first['granted']} people, then {again['granted']}: nobody gets them twice",
    )
    if again["granted"]:
        raise Unexpected(f"base points were granted twice: {again}")


def see_what_expires(play: Play) -> None:
    """The own points that expire next; nothing under a rulebook without validity."""
    days: Any = play.get(
        RESIDENT, "me/points/expiries", "看自己的积分何时到期", "reads what expires next"
    )
    if not days:
        play.note("现行细则没有有效期，积分不会到期", "this rulebook lets no points expire")
    for day in days[:2]:
        play.note(f"{day['expires_on']} 到期 {day['points']:g} 分", f"{day['points']:g} points")


def look_for_outliers(play: Play) -> None:
    """Who records, how fast, how late, for whom: numbers are a reason to ask, no more."""
    whole = play.get(SUPERVISOR, "insight", "看记分的全貌", "reads how points are recorded")
    play.note(
        f"{whole['first_month']} 至 {whole['last_month']}：{whole['recorder_count']} 人记了 "
        f"{whole['recorded']} 笔，{whole['outlier_count']} 处值得一问",
        f"{whole['recorder_count']} recorders, {whole['recorded']} facts, "
        f"{whole['outlier_count']} outliers",
    )
    found = play.get(
        SUPERVISOR, "insight/outliers", "看异常提示", "reads what stands out", query={"limit": "3"}
    )
    for row in found["items"]:
        play.note(row["zh"], row["en"])
