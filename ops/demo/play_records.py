"""What people do, recorded and checked: approvals by others, limits, a range, a deduction."""

from __future__ import annotations

from typing import Any

from ops.demo.play_calls import (
    GRID_WORKER,
    PANELIST,
    RESIDENT,
    SECOND_PANELIST,
    THIRD_PANELIST,
    Answer,
    Person,
    Play,
    Unexpected,
    points_word,
)

SNOW, MEETING, DONATION, WASTE = "XF-08", "XF-01", "XF-15", "XF-54"
PHOTO = [{"kind": "photo", "note": "照片一张"}]


def record_snow(play: Play, *, whose: Person = RESIDENT) -> Answer:
    """A grid worker records that a member cleared snow today."""
    return play.post(
        GRID_WORKER, "facts", "记一笔：扫雪 1 分", "records snow clearing, 1 point",
        body=fact(play, play.member_id(whose), SNOW, evidence=PHOTO),
    )  # fmt: skip


def approve(play: Play, recorded: Answer, *by: Person) -> Answer:
    """Everybody in ``by`` agrees in turn; returns the fact as it stands then."""
    for person in by:
        recorded = play.post(
            person, f"facts/{recorded['id']}/approvals", f"审核“{recorded['item_name']}”：属实",
            f"approves {recorded['item_code']}", body={"version": recorded["version"]},
        )  # fmt: skip
    line = recorded["lines"][0]
    reason = f"（{line['reason']}）" if line["reason"] else ""
    posted = points_word(line["posted"])
    play.note(f"记入 {posted} 分{reason}", f"posted {posted} in {line['month']}")
    return recorded


def hit_the_limit(play: Play) -> None:
    """The same item again on the same day counts nothing, and says why."""
    again = approve(play, record_snow(play), PANELIST)
    line = again["lines"][0]
    if line["posted"] != 0 or not line["reason"]:
        raise Unexpected(f"the second time on one day should count nothing: {line}")


def refuse_recording_for_oneself(play: Play) -> None:
    """Who holds an office records for others; for a panelist's own deed somebody else does."""
    deed = fact(play, play.member_id(PANELIST), MEETING, evidence=[{"kind": "check_in"}])
    play.post(
        PANELIST, "facts", "想给自己记一笔", "tries to record the own deed", body=deed,
        expect="own_household",
    )  # fmt: skip
    recorded = play.post(
        GRID_WORKER, "facts", "由网格员记：参与协商议事 2 分", "records it instead, 2 points",
        body=deed,
    )  # fmt: skip
    play.post(
        PANELIST, f"facts/{recorded['id']}/approvals", "想自己审核自己的", "tries to approve it",
        body={"version": recorded["version"]}, expect="own_household",
    )  # fmt: skip
    approve(play, recorded, SECOND_PANELIST)


def decide_a_range(play: Play) -> Answer:
    """A donation is worth what two agree happened and one decides, within the range."""
    gift = play.post(
        GRID_WORKER, "facts", "记一笔：捐助物资（1—20 分，待评定）",
        "records a donation, 1–20 points",
        body=fact(
            play, play.member_id(RESIDENT), DONATION,
            evidence=[{"kind": "receipt", "note": "收据"}],
        ),
    )  # fmt: skip
    gift = approve(play, gift, PANELIST, SECOND_PANELIST)
    path = f"facts/{gift['id']}/decision"
    play.post(
        PANELIST, path, "评定 25 分：超出范围", "decides 25: out of range",
        body={"version": gift["version"], "points": 25}, expect="decided_out_of_range",
    )  # fmt: skip
    decided = play.post(
        PANELIST, path, "评定 6 分", "decides 6",
        body={"version": gift["version"], "points": 6},
    )  # fmt: skip
    posted = points_word(decided["lines"][0]["posted"])
    play.note(f"记入 {posted} 分", f"posted {posted}")
    return decided


def deduct_with_reason(play: Play) -> None:
    """A deduction needs a reason and two who agree; found wrong, it is struck with a reason."""
    body = fact(play, play.member_id(RESIDENT), WASTE, evidence=PHOTO)
    play.post(
        GRID_WORKER, "facts", "记一笔扣分，没写事由", "records a deduction without a reason",
        body=body, expect="reason_missing",
    )  # fmt: skip
    deduction = play.post(
        GRID_WORKER, "facts", "记一笔扣分，写明事由", "records it with the reason",
        body={**body, "reason": "厨余与其他垃圾混投，上门讲过两次"},
    )  # fmt: skip
    deduction = approve(play, deduction, PANELIST, SECOND_PANELIST)
    play.post(
        THIRD_PANELIST, f"facts/{deduction['id']}/strike", "撤下：认错了楼栋", "strikes it",
        body={"version": deduction["version"], "reason": "核对监控，不是这一户"},
    )  # fmt: skip


def look_at_own_points(play: Play) -> Answer:
    """The resident reads balance, score and where every point comes from."""
    mine = play.get(RESIDENT, "me/points", "看自己的积分", "reads the own points")
    play.note(
        f"可用 {mine['spendable']:g} 分，本月得分 {mine['score']:g} 分",
        f"spendable {mine['spendable']:g}, score of {mine['month']} {mine['score']:g}",
    )
    rows = play.get(RESIDENT, "me/history", "看明细", "reads the history", query={"limit": "3"})
    for row in rows["items"]:
        play.note(
            f"{row['occurred_on']} {row['item_name'] or row['kind']} {points_word(row['points'])}",
            f"{row['kind']} {row['item_code'] or ''}".strip(),
        )
    return mine


def fact(play: Play, member_id: str, item: str, **more: Any) -> Answer:
    """The body that records ``item`` of today."""
    return {
        "member_id": member_id,
        "item_code": item,
        "occurred_on": play.today.isoformat(),
        **more,
    }
