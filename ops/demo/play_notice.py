"""The month on notice as the public, a resident and the supervision group meet it."""

from __future__ import annotations

from ops.demo.play_calls import ADMIN, PUBLIC, RESIDENT, SECOND_SUPERVISOR, Answer, Play

_MARKS = {"done": "✓", "to_do": "×", "waiting": "⧗"}


def read_the_notice(play: Play) -> Answer | None:
    """What hangs on the board; None before the first notice."""
    board = f"/public/communities/{play.community}"
    found = play.get(PUBLIC, f"{board}/notice", "看公示栏", "reads the notice on the board")
    notice: Answer | None = found["notice"]
    if notice is None:
        play.note("还没有公示", "no notice yet")
        return None
    play.note(
        f"{notice['reference']} {notice['title']}，公示到 {notice['due_on']}，"
        f"还剩 {notice['working_days_left']} 个工作日",
        f"sheet {notice['sheet_number']}, due {notice['due_on']}, digest {notice['digest'][:16]}…",
    )
    month = notice["month"]
    ranking = play.get(
        PUBLIC, f"{board}/ranking", "看排名", "reads the ranking",
        query={"month": month, "limit": "3"},
    )  # fmt: skip
    for row in ranking["rows"]:
        shown = f"{row['rank'] or '—'} {row['label'] or ''} {row['household_code']}"
        play.note(f"第 {shown}：{row['score']:g} 分", f"rank {shown}: {row['score']:g}")
    return notice


def find_the_own_row(play: Play, month: str) -> Answer:
    """By household code and surname on the board, and in full when signed in."""
    mine = play.get(
        RESIDENT, f"months/{month}/own-row", "登录后看自己的一行", "reads the own row in full"
    )
    name = str(play.me(RESIDENT)["display_name"])
    play.get(
        PUBLIC, f"/public/communities/{play.community}/own-row", "凭户号和姓找到自己的一行",
        "finds the own row by household code and surname",
        query={"month": month, "household_code": mine["household_code"], "surname": name[:1]},
    )  # fmt: skip
    return mine


def object_to_something_missing(play: Play, month: str, words: str) -> Answer:
    """The resident objects that a deed is missing."""
    return play.post(
        RESIDENT, "objections", "提异议：漏记了一次", "objects: something is missing",
        body={"month": month, "kind": "missing", "text": words},
    )  # fmt: skip


def dismiss(play: Play, objection: Answer) -> Answer:
    """Somebody who recorded and approved nothing of it answers in writing."""
    return play.post(
        SECOND_SUPERVISOR, f"objections/{objection['id']}/reply", "书面答复：查无此次签到",
        "replies in writing: not upheld",
        body={
            "version": objection["version"], "outcome": "dismiss",
            "reply": "查了当天的签到表和照片，没有您的名字；如有照片请到窗口补交。",
        },
        expect=200,
    )  # fmt: skip


def tell_what_is_missing(play: Play, month: str) -> list[Answer]:
    """What the month still needs until it is sealed."""
    found = play.get(ADMIN, f"months/{month}/needs", "看归档还差什么", "reads what is still needed")
    needs: list[Answer] = found["needs"]
    for need in needs:
        play.note(f"{_MARKS[need['state']]} {need['zh']}", need["en"])
    return needs
