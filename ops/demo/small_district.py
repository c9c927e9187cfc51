"""A small district, entered over HTTP by an operator who is all that stands before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ops.demo.founding import RULEBOOK
from ops.demo.play_calls import (
    ADMIN,
    GRID_WORKER,
    PANELIST,
    RESIDENT,
    SECOND_PANELIST,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    THIRD_PANELIST,
    Answer,
    Person,
    Play,
    Unexpected,
)

COMMUNITY = "yjyx"
OPERATOR = Person("the-operator", "运维", "operator")
STREET_OFFICER = Person("the-street", "街道工作人员", "street officer")
SHOPKEEPER = Person("laoxing-clerk", "店员", "clerk")


@dataclass(frozen=True)
class Neighbor:
    """Somebody with a login, a name and a home; ``role`` is None for a resident."""

    person: Person
    name: str
    household: str
    role: str | None
    by: Person = ADMIN


PEOPLE = (
    Neighbor(SUPERVISOR, "赵改转", "0431", "supervisor", STREET_OFFICER),
    Neighbor(SECOND_SUPERVISOR, "张润生", "0502", "supervisor", STREET_OFFICER),
    Neighbor(GRID_WORKER, "刘强", "0305", "grid_worker"),
    Neighbor(PANELIST, "郭志明", "0620", "panelist"),
    Neighbor(SECOND_PANELIST, "杨晓燕", "0227", "panelist"),
    Neighbor(THIRD_PANELIST, "邢玉珍", "0114", "panelist"),
    Neighbor(RESIDENT, "王秀英", "0317", None),
)
#: More rows for the ranking; nobody signs in as one of them.
OTHERS = tuple((f"李{word}", f"07{number:02d}") for number, word in enumerate("一二三四五六", 1))
HEADS = len(PEOPLE) + len(OTHERS)


def found(play: Play) -> None:
    """District, street and community."""
    district = play.post(
        OPERATOR, "/districts", "录入区", "enters the district",
        body={"name": "忻府区", "code": "xinfu", "brand": "新晋邻", "slogan": "新晋邻·忻和美"},
    )  # fmt: skip
    street = play.post(
        OPERATOR, "/streets", "录入街道", "enters the street",
        body={"district_id": district["id"], "name": "桥西街街道", "code": "qiaoxi"},
    )  # fmt: skip
    play.post(
        OPERATOR, "/communities", "录入社区", "enters the community",
        body={
            "street_id": street["id"], "name": "怡居苑西社区", "code": COMMUNITY,
            "committee": "怡居苑西社区居民委员会", "phone": "0350-555 0118", "office": "南门一楼",
            "hours": "工作日 8:30–18:00", "alliance_name": "怡居苑西红色商业联盟",
            "notice_working_days": 5,
        },
    )  # fmt: skip
    officer = _account(play, STREET_OFFICER, "郭晓峰", by=OPERATOR)
    play.post(
        OPERATOR, "/role-grants", "授予街道身份", "grants the street's role",
        body={
            "account_id": officer, "role": "street_officer", "street_id": street["id"],
            "granted_from": play.today.isoformat(),
        },
    )  # fmt: skip


def settle(play: Play) -> None:
    """Seats, grids, people from a table, their phones bound by slips."""
    _seat(play, ADMIN, "温建英", "community_admin", by=STREET_OFFICER)
    for number in range(1, 8):
        play.post(
            ADMIN, "grids", "录入网格", "enters a grid",
            body={"number": number, "name": f"第{number}网格"},
        )  # fmt: skip
    import_people(play)
    for neighbor in PEOPLE:
        if neighbor.role is None:
            _account(play, neighbor.person, neighbor.name)
        else:
            _seat(play, neighbor.person, neighbor.name, neighbor.role, by=neighbor.by)
        _bind(play, neighbor)


def import_people(play: Play) -> None:
    """Everybody in one CSV, members since well before the month."""
    homes = [(n.name, n.household) for n in PEOPLE] + list(OTHERS)
    rows = [f"{name},居民,{int(home[:2])},{home},2026-08-15" for name, home in homes]
    content = "\n".join(["姓名*,类别*,网格,户号,加入日期", *rows]).encode()
    answer = play.http.post(
        f"/api/v1/communities/{COMMUNITY}/members/import",
        files={"file": ("members.csv", content, "text/csv")},
        headers=play.headers(ADMIN),
    )
    if answer.status_code != 200 or answer.json()["members"] != len(homes):
        raise Unexpected(f"{len(homes)} people should be imported: {answer.text[:2000]}")
    play.note(f"从表格导入 {len(homes)} 位居民", f"{len(homes)} people are imported from a table")


def adopt_rulebook(play: Play, month: str) -> None:
    """Draft and adopt the demo's rulebook from the first day of ``month``, and open it."""
    first_day = f"{month}-01"
    document = json.loads(Path(RULEBOOK).read_text(encoding="utf-8"))
    text = json.dumps({**document, "effective_from": first_day}, ensure_ascii=False)
    draft = play.post(ADMIN, "rulebooks", "提交细则草案", "drafts a rulebook", body={"text": text})
    play.post(
        ADMIN, f"rulebooks/{draft['id']}/adoption", "通过细则", "adopts the rulebook",
        body={
            "version": draft["version_seen"], "meeting": "第一次居民代表会议",
            "adopted_on": play.today.isoformat(), "effective_from": first_day,
        },
    )  # fmt: skip


def open_month(play: Play, month: str) -> None:
    """Open the month and grant its base points."""
    play.put(ADMIN, f"months/{month}", f"开 {month} 的账", f"opens {month}")
    granted = play.put(ADMIN, f"months/{month}/base-grants", "发基础分", "grants base points")
    if granted["granted"] != HEADS:
        raise Unexpected(f"{HEADS} people should be granted base points: {granted}")


def enter_other_shop(play: Play) -> None:
    """The shop whose clerk scans a code that is not theirs."""
    joined = play.post(
        ADMIN, "merchants", "饭店加入联盟", "enters a restaurant",
        body={
            "code": "laoxing", "name": "老邢家常菜", "trade": "饭店", "address": "南门 12 号",
            "joined_on": play.today.isoformat(),
        },
    )  # fmt: skip
    merchant = {"merchant_id": joined["merchant"]["id"]}
    _seat(play, SHOPKEEPER, "郝师傅", "merchant_clerk", by=ADMIN, **merchant)


def _account(play: Play, person: Person, name: str, *, by: Person = ADMIN) -> str:
    made = play.post(
        by, "accounts", f"开账号：{person.zh}", f"makes an account for the {person.en}",
        body={
            "login_name": play.login_of(person), "password": play.password, "display_name": name,
        },
    )  # fmt: skip
    return str(made["id"])


def _seat(play: Play, person: Person, name: str, role: str, *, by: Person, **more: str) -> None:
    account_id = _account(play, person, name, by=by)
    play.post(
        by, "role-grants", f"授予身份：{person.zh}", f"grants {role}",
        body={
            "account_id": account_id, "role": role, "granted_from": play.today.isoformat(), **more,
        },
    )  # fmt: skip


def _bind(play: Play, neighbor: Neighbor) -> None:
    homes = play.get(
        ADMIN, "households", "查户", "looks the household up", query={"code": neighbor.household}
    )
    slip = play.post(
        ADMIN, f"households/{homes['items'][0]['id']}/slips", "发绑定码", "makes a slip"
    )
    seen = play.post(
        neighbor.person, "household-slips/preview", "看绑定码", "looks at the slip",
        body={"code": slip["code"]}, expect=200,
    )  # fmt: skip
    member: Answer = next(m for m in seen["members"] if m["name"] == neighbor.name)
    play.post(
        neighbor.person, "household-slips/use", "绑定本人", "binds the own account",
        body={"code": slip["code"], "member_id": member["member_id"]},
    )  # fmt: skip
