"""An activity: planned, enrolled for, checked in by code and at the desk, settled once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kernel import clock
from ops.demo.play_calls import GRID_WORKER, PANELIST, RESIDENT, SECOND_PANELIST, Answer, Play

CLEANING, LEVEL = "XF-07", "参加或配合"
PHOTO = [{"kind": "photo", "note": "活动合影一张"}]
BEGAN_AGO, LASTS = dt.timedelta(minutes=10), dt.timedelta(hours=1)


def play_an_activity(play: Play) -> None:
    """It runs right now, so that the code on the screen can be scanned."""
    activity = _announce(play)
    path = f"activities/{activity['id']}"
    play.post(RESIDENT, f"{path}/enrolments", "报名", "enrols", body={})
    activity = _step(
        play, activity, "start", "开始活动，亮出签到码", "starts it and shows the code"
    )
    shown = play.get(GRID_WORKER, f"{path}/code", "签到码 20 秒一换", "a code for twenty seconds")
    play.note(f"还有 {shown['seconds_left']} 秒", f"{shown['seconds_left']} s left")
    scanned = {"code": shown["payload"]}
    play.post(RESIDENT, "activity-scans", "扫码签到", "scans the code", body=scanned)
    play.post(
        RESIDENT, "activity-scans", "再扫一次", "scans it again", body=scanned,
        expect="already_checked_in",
    )  # fmt: skip
    play.post(
        GRID_WORKER, f"{path}/attendances", "给没带手机的人签到", "checks in who has no phone",
        body={"member_id": play.member_id(SECOND_PANELIST)},
    )  # fmt: skip
    settled = _step(
        play, activity, "settlement", "凭合影结算一次", "settles it, once", evidence=PHOTO
    )
    play.post(
        GRID_WORKER, f"{path}/settlement", "想再结算一次", "tries to settle it again",
        body={"version": settled["version"], "evidence": PHOTO},
        expect="illegal_activity_step",
    )  # fmt: skip
    _approve(play, activity["id"])


def _announce(play: Play) -> Answer:
    """From ten minutes ago for an hour, on one day even around midnight."""
    now = play.now()
    first = clock.at(play.today, dt.time(0, 0))
    last = clock.at(play.today, dt.time(23, 59, 59))
    planned = play.post(
        GRID_WORKER, "activities", "发起活动：楼道大扫除", "plans a clean-up",
        body={
            "title": "楼道大扫除（演示）", "place": "7 号楼", "capacity": 20,
            "starts_at_utc": max(first, now - BEGAN_AGO).isoformat(),
            "ends_at_utc": min(last, now + LASTS).isoformat(),
            "item_code": CLEANING, "level": LEVEL,
        },
    )  # fmt: skip
    return _step(play, planned["activity"], "opening", "开放报名", "opens enrolment")


def _step(play: Play, activity: Answer, step: str, zh: str, en: str, **more: Any) -> Answer:
    answer = play.post(
        GRID_WORKER, f"activities/{activity['id']}/{step}", zh, en,
        body={"version": activity["version"], **more},
    )  # fmt: skip
    found: Answer = answer["activity"]
    return found


def _approve(play: Play, activity_id: str) -> None:
    """The item asks for the panel's agreement, also for what an activity brings."""
    came = play.get(
        GRID_WORKER, f"activities/{activity_id}/attendances", "看结算结果", "reads the outcome"
    )
    for row in came["items"]:
        seen = play.get(PANELIST, f"facts/{row['fact_id']}", "看这一笔", "looks at the fact")
        approved = play.post(
            PANELIST, f"facts/{row['fact_id']}/approvals", "审核：属实", "approves it",
            body={"version": seen["fact"]["version"]},
        )  # fmt: skip
        line = approved["lines"][0]
        reason = f"（{line['reason']}）" if line["reason"] else ""
        play.note(f"记入 {line['posted']:g} 分{reason}", f"posted {line['posted']:g}")
