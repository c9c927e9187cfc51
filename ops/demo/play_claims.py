"""A claim: looked at before it is sent, sent with a photo, checked, accepted, seen as points."""

from __future__ import annotations

import random

from ops.demo import photos
from ops.demo.play_calls import GRID_WORKER, PANELIST, RESIDENT, Answer, Play, Unexpected

REPAIR = "XF-10"


def claim_with_a_photo(play: Play) -> None:
    """The resident repaired something; without a claim left for today it ends with that."""
    deed = {"item_code": REPAIR, "occurred_on": play.today.isoformat()}
    looked = play.post(
        RESIDENT, "claims/preview", "先看看能得多少分", "looks at what it would bring",
        body=deed, expect=200,
    )  # fmt: skip
    play.note(looked["worth"]["text"], f"{looked['left_today']} claims left today")
    if not looked["left_today"]:
        return
    photo = play.upload(
        RESIDENT, "claims/photos", "上传一张照片（重新编码，去掉拍摄位置）",
        "uploads a photo: encoded anew, without its location",
        files={"photo": ("door.jpg", photos.scene(random.Random()), "image/jpeg")},
    )  # fmt: skip
    claim = play.post(
        RESIDENT, "claims", "申报：义务维修单元门", "claims the repair of a door",
        body={**deed, "text": "单元门闭门器松了，紧好了。", "photos": [{"id": photo["id"]}]},
    )  # fmt: skip
    claim = _agree(play, claim)
    if claim["state"] != "accepted" or not claim["fact_id"]:
        raise Unexpected(f"the claim should be a fact now: {claim}")
    recorded = play.get(
        RESIDENT, f"facts/{claim['fact_id']}", "看申报记成了哪一笔", "sees what it became"
    )
    line = recorded["fact"]["lines"][0]
    play.note(f"记入 {line['posted']:g} 分", f"posted {line['posted']:g} in {line['month']}")


def _agree(play: Play, claim: Answer) -> Answer:
    """Not the claimant; the grid worker looks, somebody of the panel decides."""
    path = f"claims/{claim['id']}"
    checked = play.post(
        GRID_WORKER, f"{path}/check", "到现场看过，属实", "has looked at it",
        body={"version": claim["version"]},
    )  # fmt: skip
    return play.post(
        PANELIST, f"{path}/acceptance", "通过申报", "accepts the claim",
        body={"version": checked["version"]},
    )  # fmt: skip
