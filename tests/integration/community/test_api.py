"""People and places over HTTP: the common way through, and what bad input is told."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import httpx
import openpyxl
import pytest
import respx
from flask.testing import FlaskClient

from community import accounts, roles
from kernel import clock
from kernel.access import Place, system_actor
from kernel.database import db
from kernel.ids import new_id
from tests.integration.community.world import World

PASSWORD = "a-good-password"
API = "/api/v1"
WECHAT = "https://api.weixin.qq.com/sns/jscode2session"


class Caller:
    """A client with a bearer token, asking in English."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self.client = client
        self.headers = {"Accept-Language": "en"}
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        if body is not None:
            given["json"] = body
        return self.client.open(API + path, method=method, headers=self.headers, **given)


@pytest.fixture
def anybody(client: FlaskClient) -> Caller:
    return Caller(client)


def signed_in(anybody: Caller, world: World, name: str, role: str | None, **given: Any) -> Caller:
    """Make an account with a role over the concept functions and sign it in over HTTP."""
    from access_table import ROLES

    system, now = system_actor(ROLES, "test"), clock.now()
    account = accounts.create(
        actor=system, now=now, place=Place(), login_name=name, password=PASSWORD,
        display_name=name,
    )  # fmt: skip
    if role is not None:
        roles.grant(
            actor=system, now=now, account_id=account.id, role=role,
            place=Place(community_id=world.community_id),
            granted_from=clock.business_date(now), **given,
        )  # fmt: skip
    db.session.commit()
    answer = anybody("POST", "/sessions", {"login_name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.get_json()
    return Caller(anybody.client, answer.get_json()["token"])


@pytest.fixture
def admin(anybody: Caller, world: World) -> Caller:
    return signed_in(anybody, world, "admin", "community_admin")


def test_signing_in_looking_and_signing_out(anybody: Caller, admin: Caller, world: World) -> None:
    me = admin("GET", "/me").get_json()
    assert [(held["role"], held["community_code"]) for held in me["roles"]] == [
        ("community_admin", world.code)
    ]
    assert admin("DELETE", "/sessions/current").status_code == 204
    ended = admin("GET", "/me")
    assert (ended.status_code, ended.get_json()["code"]) == (401, "session_ended")
    wrong = anybody("POST", "/sessions", {"login_name": "admin", "password": "wrong"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "sign_in_refused")
    assert anybody("GET", "/me").get_json()["code"] == "not_signed_in"


def test_too_many_guesses_are_told_when_to_come_back(anybody: Caller, admin: Caller) -> None:
    guess = {"login_name": "admin", "password": "wrong"}
    codes = [anybody("POST", "/sessions", guess).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    last = anybody("POST", "/sessions", guess)
    assert int(last.headers["Retry-After"]) > 0


class TestWeChat:
    """Signing in with a wx.login code, WeChat answering as documented."""

    BODY: ClassVar = {"js_code": "from-wx-login"}

    @respx.mock
    def test_success(self, anybody: Caller, session: Any) -> None:
        respx.get(WECHAT).respond(json={"openid": "o-1", "session_key": "k"})
        answer = anybody("POST", "/sessions/wechat", self.BODY)
        assert answer.status_code == 201
        caller = Caller(anybody.client, answer.get_json()["token"])
        me = caller("GET", "/me").get_json()
        assert (me["roles"], me["members"]) == ([], [])

    @respx.mock
    def test_a_used_code(self, anybody: Caller, session: Any) -> None:
        respx.get(WECHAT).respond(json={"errcode": 40029, "errmsg": "invalid code"})
        answer = anybody("POST", "/sessions/wechat", self.BODY)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "wechat_code_invalid")

    @respx.mock
    def test_a_timeout(self, anybody: Caller, session: Any) -> None:
        respx.get(WECHAT).mock(side_effect=httpx.ConnectTimeout)
        answer = anybody("POST", "/sessions/wechat", self.BODY)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "wechat_unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_places_are_public(anybody: Caller, world: World, noise: World) -> None:
    items = anybody("GET", "/communities").get_json()["items"]
    assert {item["code"] for item in items} == {world.code, noise.code}
    one = anybody("GET", f"/communities/{world.code}").get_json()
    assert (one["brand"], one["slogan"]) == ("新晋邻", "新晋邻·忻和美")
    assert anybody("GET", "/communities/nowhere").status_code == 404


def test_a_member_comes_moves_and_leaves(admin: Caller, world: World) -> None:
    members = f"/communities/{world.code}/members"
    homes = [str(household.id) for household in world.households]
    added = admin(
        "POST", members,
        {"name": "张三", "kinds": ["resident"], "household_id": homes[0],
         "joined_on": "2026-09-01", "tags": ["student"]},
    )  # fmt: skip
    assert added.status_code == 201, added.get_json()
    path = f"{members}/{added.get_json()['id']}"
    seen = admin("GET", path).get_json()
    assert (seen["household_code"], seen["grid_number"]) == ("0101", 1)
    moved = {
        "membership_id": seen["membership_id"], "on": "2026-10-01",
        "kinds": ["resident", "grid_worker"], "household_id": homes[1],
    }  # fmt: skip
    assert admin("POST", f"{path}/memberships", moved).status_code == 201
    stale = admin("POST", f"{path}/memberships", {**moved, "kinds": ["resident"]})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "stale_version")
    found = admin("GET", f"{members}?kind=grid_worker&q=zhang").get_json()
    assert [item["household_code"] for item in found["items"]] == ["0201"]
    tag = admin("POST", f"{path}/tags", {"tag": "党员", "valid_from": "2026-10-01"})
    ending = f"{path}/tags/{tag.get_json()['id']}/ending"
    assert admin("POST", ending, {"valid_to": "2026-11-01"}).status_code == 201
    assert admin("PUT", path, {"name": "张叁", "senior_from": None}).status_code == 200
    assert admin("POST", f"{path}/departure", {"left_on": "2026-11-01"}).status_code == 201
    history = admin("GET", f"{path}/history-of-membership").get_json()
    assert [row["valid_to"] for row in history["memberships"]] == ["2026-10-01", "2026-11-01"]
    assert [tag["tag"] for tag in history["tags"]] == ["student", "party_member"]
    assert admin("GET", members).get_json() == {"items": [], "next": None}


def test_grids_and_households(admin: Caller, world: World) -> None:
    base = f"/communities/{world.code}"
    grid = admin("POST", f"{base}/grids", {"number": 3, "name": "3 网格"}).get_json()
    home = admin("POST", f"{base}/households", {"code": "301", "grid_id": grid["id"]})
    assert home.get_json()["code"] == "0301"
    grids = admin("GET", f"{base}/grids").get_json()["items"]
    assert [item["households"] for item in grids] == [1, 1, 1]
    first = admin("GET", f"{base}/households?limit=2").get_json()
    rest = admin("GET", f"{base}/households?after={first['next']}").get_json()
    assert [item["code"] for item in first["items"] + rest["items"]] == ["0101", "0201", "0301"]
    settings = {
        "committee": "居委会", "phone": "1", "office": "一楼", "hours": "全天",
        "alliance_name": "联盟", "notice_working_days": 7,
    }  # fmt: skip
    assert admin("PUT", f"{base}/settings", settings).status_code == 200


class TestImport:
    """Upload, dry run, and every bad cell in the caller's language."""

    def _upload(self, admin: Caller, world: World, content: bytes, query: str = "") -> Any:
        data = {"file": (io.BytesIO(content), "members.csv")}
        return admin("POST", f"/communities/{world.code}/members/import{query}", data=data)

    def test_dry_run_then_import(self, admin: Caller, world: World) -> None:
        template = admin("GET", f"/communities/{world.code}/members/template.csv").data
        filled = template + "张三,居民,1,0102,,,\n李四,物业,,,,,\n".encode()
        dry = self._upload(admin, world, filled, "?dry_run=true").get_json()
        assert dry == {
            "dry_run": True, "members": 2, "new_households": ["0102"], "tags": 0,
            "without_household": 1,
        }  # fmt: skip
        members = f"/communities/{world.code}/members"
        assert admin("GET", members).get_json()["items"] == []
        assert self._upload(admin, world, filled).get_json() == {**dry, "dry_run": False}
        assert len(admin("GET", members).get_json()["items"]) == 2

    def test_bad_cells(self, admin: Caller, world: World) -> None:
        answer = self._upload(admin, world, "姓名,类别\n张三1,村民\n".encode())
        body = answer.get_json()
        assert (answer.status_code, body["code"]) == (422, "invalid_rows")
        assert [(row["row"], row["column"], row["code"]) for row in body["rows"]] == [
            (2, "姓名", "name_invalid"), (2, "类别", "kind_unknown"),
        ]  # fmt: skip
        assert all(row["detail"].isascii() for row in body["rows"])

    def test_a_file_that_is_refused(self, admin: Caller, world: World) -> None:
        answer = self._upload(admin, world, "姓名,类别\n".encode("gbk"))
        body = answer.get_json()
        assert (answer.status_code, body["code"]) == (422, "csv_not_utf8")
        assert body["errors"][0]["field"] == "file"

    def test_no_file(self, admin: Caller, world: World) -> None:
        answer = admin("POST", f"/communities/{world.code}/members/import", data={})
        assert answer.status_code == 422

    def test_the_excel_template(self, admin: Caller, world: World) -> None:
        answer = admin("GET", f"/communities/{world.code}/members/template.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert book.worksheets[0]["A1"].value == "姓名*"


def test_binding_by_slip_and_by_request(anybody: Caller, admin: Caller, world: World) -> None:
    for name in ("张三", "李四"):
        world.add(name)
    db.session.commit()
    base = f"/communities/{world.code}"
    slip = admin("POST", f"{base}/households/{world.households[0].id}/slips").get_json()
    guest = signed_in(anybody, world, "guest", None)
    wrong = guest("POST", f"{base}/household-slips/preview", {"code": "2222222222"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "slip_not_valid")
    shown = guest("POST", f"{base}/household-slips/preview", {"code": slip["code"]}).get_json()
    chosen = {member["name"]: member["member_id"] for member in shown["members"]}
    use = {"code": slip["code"], "member_id": chosen["李四"]}
    assert guest("POST", f"{base}/household-slips/use", use).status_code == 201
    assert [bound["name"] for bound in guest("GET", "/me").get_json()["members"]] == ["李四"]
    consent = {
        "document": "privacy", "document_version": "1", "document_sha256": "0" * 64,
        "channel": "miniprogram",
    }  # fmt: skip
    assert guest("POST", f"{base}/consents", consent).status_code == 201
    assert len(guest("GET", f"{base}/consents").get_json()["items"]) == 1

    other = signed_in(anybody, world, "other", None)
    asked = other("POST", f"{base}/binding-requests", {"name": "张三", "household_code": "0101"})
    assert asked.status_code == 201
    (waiting,) = admin("GET", f"{base}/binding-requests").get_json()["items"]
    decision = f"{base}/binding-requests/{waiting['id']}/decision"
    assert admin("POST", decision, {"decision": "approved"}).status_code == 201
    assert admin("POST", decision, {"decision": "refused"}).get_json()["code"] == "request_decided"
    assert other("GET", "/me").get_json()["members"][0]["name"] == "张三"


def test_roles_over_http(anybody: Caller, admin: Caller, world: World) -> None:
    base = f"/communities/{world.code}"
    made = admin(
        "POST", f"{base}/accounts",
        {"login_name": "grid1", "password": PASSWORD, "display_name": "刘强"},
    ).get_json()  # fmt: skip
    grant = {
        "account_id": made["id"], "role": "grid_worker", "granted_from": "2026-01-01",
        "grid_id": str(world.grids[0].id),
    }  # fmt: skip
    granted = admin("POST", f"{base}/role-grants", grant)
    assert granted.status_code == 201, granted.get_json()
    listed = admin("GET", f"{base}/role-grants?role=grid_worker").get_json()["items"]
    assert [item["display_name"] for item in listed] == ["刘强"]
    ending = f"/role-grants/{granted.get_json()['id']}/ending"
    assert admin("POST", ending).status_code == 201
    assert admin("POST", ending).get_json()["code"] == "grant_already_ended"
    seat = {**grant, "role": "supervisor", "grid_id": None}
    assert admin("POST", f"{base}/role-grants", seat).status_code == 403
    officer = {"account_id": made["id"], "role": "auditor", "granted_from": "2026-01-01",
               "district_id": str(world.place.district_id)}  # fmt: skip
    assert admin("POST", "/role-grants", officer).status_code == 404
    assert admin("POST", f"/accounts/{made['id']}/disabling").status_code == 404


BAD_BODIES: list[tuple[str, str, Any]] = [
    ("POST", "/sessions", {}),
    ("POST", "/sessions", {"login_name": "x" * 61, "password": "x"}),
    ("POST", "/sessions", {"login_name": "a\x00b", "password": "x"}),
    ("POST", "/sessions", {"login_name": "a", "password": "x", "counter": {"merchant_id": 1}}),
    ("POST", "/sessions/wechat", {"js_code": ""}),
    ("PUT", "/me/password", {"password": PASSWORD, "new_password": "short"}),
    ("PUT", "/me/password", {"password": "wrong", "new_password": "another-password"}),
    ("POST", "/communities/{c}/members", {"name": "张三", "kinds": []}),
    ("POST", "/communities/{c}/members", {"name": "张三", "kinds": ["king"]}),
    ("POST", "/communities/{c}/members", {"name": "张\ud800", "kinds": ["resident"]}),
    ("POST", "/communities/{c}/members", {"name": "142201", "kinds": ["resident"]}),
    ("POST", "/communities/{c}/members", {"name": "张三", "kinds": ["resident"], "x": 1}),
    ("POST", "/communities/{c}/members",
     {"name": "张三", "kinds": ["resident"], "joined_on": "9999-12-31"}),
    ("POST", "/communities/{c}/members",
     {"name": "张三", "kinds": ["resident"], "joined_on": "0001-01-01"}),
    ("POST", "/communities/{c}/members",
     {"name": "张三", "kinds": ["resident"], "senior_from": 10**30}),
    ("GET", "/communities/{c}/members?limit=0", None),
    ("GET", "/communities/{c}/members?limit=99999999999999999999", None),
    ("GET", "/communities/{c}/members?q=%00", None),
    ("GET", "/communities/{c}/members?status=maybe", None),
    ("POST", "/communities/{c}/grids", {"number": 0, "name": "x"}),
    ("POST", "/communities/{c}/households", {"code": "三", "grid_id": str(new_id())}),
    ("POST", "/communities/{c}/role-grants",
     {"account_id": str(new_id()), "role": "member", "granted_from": "2026-01-01"}),
    ("POST", "/communities/{c}/role-grants",
     {"account_id": str(new_id()), "role": "merchant_clerk", "granted_from": "2026-01-01"}),
    ("POST", "/communities/{c}/household-slips/use", {"code": "2222222222"}),
    ("POST", "/communities/{c}/consents",
     {"document": "x", "document_version": "1", "document_sha256": "0" * 63 + "\n",
      "channel": "paper"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), BAD_BODIES)
def test_bad_input_is_told_field_by_field(
    admin: Caller, world: World, method: str, path: str, body: Any
) -> None:
    answer = admin(method, path.format(c=world.code), body)
    problem = answer.get_json()
    assert answer.status_code == 422, problem
    assert problem["errors"], problem
    assert all(error["field"] and error["detail"] for error in problem["errors"])
