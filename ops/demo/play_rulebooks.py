"""Drafts of rulebooks: from a template, an error named and mended; a change tried on a month."""

from __future__ import annotations

import uuid

from kernel import clock
from ops.demo.play_calls import ADMIN, Answer, Play, Unexpected

TEMPLATE, ITEM, CHANGED = "wendeng-community-addon", "WDC-10", "XF-01"


def start_from_a_template(play: Play) -> None:
    """A limit below one award is refused by name and place; mended, the draft is withdrawn."""
    found = play.get(ADMIN, "rulebook-templates", "看细则模板", "reads the catalogue of templates")
    play.note(f"{len(found['templates'])} 份模板", f"{len(found['templates'])} templates")
    draft = play.post(
        ADMIN, "rulebooks/from-template", "从模板起草", "starts a draft from a template",
        body={"template": TEMPLATE, "code": f"demo-{uuid.uuid4().hex[:8]}", "title": "演示草案"},
    )  # fmt: skip
    draft = _limit(play, draft, 2, "每月封顶写成 2 分", "limits an item of 5 points to 2 a month")
    named = _too_low(draft)
    if not named:
        raise Unexpected(f"a limit below one award is an error: {draft['findings']}")
    play.note(named[0]["zh"], f"{named[0]['where']}: {named[0]['en']}")
    draft = _limit(play, draft, 10, "改成每月封顶 10 分", "mends it: 10 a month")
    if _too_low(draft):
        raise Unexpected(f"the error should be gone: {draft['findings']}")
    _withdraw(play, draft)


def try_a_change(play: Play) -> None:
    """The next version of the rulebook in force, on a month that was lived."""
    draft = play.post(
        ADMIN, "rulebooks/again", "从现行细则起草下一版", "drafts the next version",
        query={"holder": "member"},
    )  # fmt: skip
    seen = play.get(
        ADMIN,
        f"rulebooks/{draft['id']}/items/{CHANGED}",
        "看“参与协商议事”这一项",
        "reads one item",
    )
    item = {**seen["item"], "award": {"type": "fixed", "points": 3}}
    draft = play.put(
        ADMIN, f"rulebooks/{draft['id']}/items/{CHANGED}", "从 2 分改成 3 分", "makes it 3 points",
        body={"version": draft["version_seen"], "item": item},
    )  # fmt: skip
    tried = play.get(
        ADMIN, f"rulebooks/{draft['id']}/dry-run", "拿上个月试算", "tries it on last month",
        query={"month": clock.previous_month(clock.month_of(play.today))},
    )  # fmt: skip
    before, after = tried["before"]["score"], tried["after"]["score"]
    play.note(
        f"{tried['changed_count']} 人会变，总分 {before:g} → {after:g}",
        f"{tried['changed_count']} people would change, {before:g} → {after:g} in all",
    )
    play.note(tried["solvency"]["zh"], tried["solvency"]["en"])
    if not tried["changed_count"]:
        raise Unexpected(f"people came to meetings last month: {tried}")
    _withdraw(play, draft)


def _too_low(draft: Answer) -> list[Answer]:
    """What the linter says about a limit that not even one award fits under."""
    return [each for each in draft["findings"] if each["code"] == "limit_below_award"]


def _limit(play: Play, draft: Answer, points: int, zh: str, en: str) -> Answer:
    path = f"rulebooks/{draft['id']}/items/{ITEM}"
    seen = play.get(ADMIN, path, "看一项", "reads an item")
    item = {**seen["item"], "limits": [{"max_points": points, "per": "month"}]}
    return play.put(ADMIN, path, zh, en, body={"version": draft["version_seen"], "item": item})


def _withdraw(play: Play, draft: Answer) -> None:
    play.post(
        ADMIN, f"rulebooks/{draft['id']}/withdrawal", "演示完，撤回草案", "withdraws the draft",
        body={"version": draft["version_seen"], "why": "只是演示"},
    )  # fmt: skip
