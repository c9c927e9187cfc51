"""From the freeze to the seal, and what may still happen afterwards; needs a month that is over."""

from __future__ import annotations

import datetime as dt

from ops.demo.play_calls import (
    ADMIN,
    GRID_WORKER,
    PANELIST,
    RESIDENT,
    SECOND_PANELIST,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    Answer,
    Person,
    Play,
    Unexpected,
)
from ops.demo.play_records import PHOTO, SNOW, approve


def step(
    play: Play, who: Person, name: str, zh: str, en: str, *,
    expect: int | str = 200, **more: str,
) -> Answer:  # fmt: skip
    """The step ``<month>/<name>`` at the version that stands now."""
    month, _, _ = name.partition("/")
    seen = play.get(
        ADMIN, f"months/{month}/review", "看这个月走到哪一步", "reads where the month stands"
    )
    return play.post(
        who, f"months/{name}", zh, en, body={"version": seen["version"], **more}, expect=expect
    )


def refuse_an_early_freeze(play: Play, month: str) -> None:
    """A month that is not over stays open."""
    step(
        play, ADMIN, f"{month}/freeze", "想提前封账", "tries to freeze early",
        expect="month_not_over",
    )  # fmt: skip


def close_and_review(play: Play, month: str) -> None:
    """Freeze, sign, send back with reasons, sign again, countersign: two bodies, two people."""
    step(play, ADMIN, f"{month}/freeze", f"{month} 封账", f"freezes {month}")
    step(play, PANELIST, f"{month}/signature", "评议组签署月表", "signs the sheet for the panel")
    step(
        play, PANELIST, f"{month}/countersignature", "想自己再确认", "tries to countersign",
        expect="forbidden",
    )  # fmt: skip
    step(
        play, SUPERVISOR, f"{month}/return", "退回：有一笔要再核", "sends it back with reasons",
        why="捐助物资那一笔请再核对一次收据",
    )  # fmt: skip
    step(play, SECOND_PANELIST, f"{month}/signature", "核对后再签署", "signs again after checking")
    step(play, SUPERVISOR, f"{month}/countersignature", "监督组确认", "countersigns")


def publish(play: Play, month: str) -> None:
    """Put the month on the board, and try to seal it before its days are over."""
    step(play, ADMIN, f"{month}/notice", "发布公示", "puts the month on notice")
    step(
        play,
        ADMIN,
        f"{month}/seal",
        "想当天就归档",
        "tries to seal at once",
        expect="notice_running",
    )


def uphold_missing(play: Play, objection: Answer, occurred_on: dt.date) -> Answer:
    """The reply records what was missing; the sheet is corrected on the board."""
    return play.post(
        SECOND_SUPERVISOR, f"objections/{objection['id']}/reply", "书面答复：属实，补记",
        "replies in writing: upheld, recorded",
        body={
            "version": objection["version"], "outcome": "uphold",
            "reply": "已核对照片和楼长证明，确有此事，补记一笔。",
            "record": {
                "item_code": SNOW, "occurred_on": occurred_on.isoformat(), "evidence": PHOTO,
            },
        },
        expect=200,
    )  # fmt: skip


def object_to_a_line(play: Play, month: str, line_id: str) -> Answer:
    """The resident objects to a line that stands to their own name."""
    return play.post(
        RESIDENT, "objections", "提异议：这一笔记错了人", "objects: this line is wrong",
        body={
            "month": month, "kind": "wrong", "line_id": line_id,
            "text": "那份物资是楼上邻居捐的，不是我捐的。",
        },
    )  # fmt: skip


def uphold_after_the_seal(play: Play, objection: Answer, month: str) -> Answer:
    """What is upheld later goes to the open month and corrects the sealed sheet by another."""
    upheld = play.post(
        SECOND_SUPERVISOR, f"objections/{objection['id']}/reply", "书面答复：撤下这一笔",
        "replies in writing: the line is struck",
        body={
            "version": objection["version"], "outcome": "uphold", "strike": {},
            "reply": "已向邻居和经办人核实，物资不是您捐的，这一笔撤下。",
        },
        expect=200,
    )  # fmt: skip
    rows = play.get(RESIDENT, "me/history", "看更正记在哪里", "reads where the correction stands")
    moved = [r for r in rows["items"] if r["belongs_month"] == month and r["month"] != month]
    if not moved:
        raise Unexpected(f"the correction should be posted to an open month: {rows}")
    return upheld


def seal(play: Play, month: str) -> Answer:
    """After the last working day the month seals, open objections or not."""
    step(play, ADMIN, f"{month}/seal", "公示期满，归档", "seals the month")
    sheet = play.get(ADMIN, f"months/{month}/sheet", "看归档的月表", "reads the sealed sheet")
    if sheet["state"] != "sealed" or len(sheet["digest"]) != 64:
        raise Unexpected(f"the sheet should be sealed: {sheet}")
    play.note(
        f"月表第 {sheet['number']} 版，指纹 {sheet['digest']}", "the digest of the sealed sheet"
    )
    return sheet


def record_late(play: Play, month: str, occurred_on: dt.date) -> Answer:
    """What happened in a sealed month is taken by the open one and says where it belongs."""
    late = play.post(
        GRID_WORKER, "facts", f"补记 {occurred_on} 的扫雪",
        f"records late what was on {occurred_on}",
        body={
            "member_id": play.member_id(SECOND_PANELIST), "item_code": SNOW,
            "occurred_on": occurred_on.isoformat(), "evidence": PHOTO,
        },
    )  # fmt: skip
    if late["belongs_month"] != month or late["month"] == month:
        raise Unexpected(f"it should belong to {month} and stand in an open month: {late}")
    play.note(
        f"记在 {late['month']}，归属 {late['belongs_month']}",
        f"posted in {late['month']}, belongs to {late['belongs_month']}",
    )
    return approve(play, late, PANELIST)


def refuse_a_decision_on_a_sealed_line(play: Play, fact_id: str) -> None:
    """Nobody changes a sealed month from the desk."""
    seen = play.get(PANELIST, f"facts/{fact_id}", "翻看已归档的一笔", "reads a sealed fact")
    play.post(
        PANELIST, f"facts/{fact_id}/decision", "想改已归档的评定", "tries to decide it again",
        body={"version": seen["fact"]["version"], "points": 3}, expect="month_sealed",
    )  # fmt: skip
