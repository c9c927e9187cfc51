"""Over HTTP: refusals, alarms, stops and pairs of a community, and what a shop sees of its own."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from community import sign_in_sessions
from community.models import RoleGrant
from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from points.ledger_check import Mismatch
from redemption import stops
from redemption.guessing import CLERK_GUESSES
from tests.integration.redemption.test_api import Caller
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
URL = "/api/v1/communities/yjyx/redemption"


@pytest.fixture(autouse=True)
def _stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class Staff:
    """A signed-in account with one role in the community."""

    def __init__(self, client: FlaskClient, world: AllianceWorld, role: str) -> None:
        actor: Actor = world.actor(role)
        db.session.add(
            RoleGrant(
                account_id=actor.account_id, role=role, district_id=world.place.district_id,
                street_id=world.place.street_id, community_id=world.community_id,
                granted_from=JOINED, granted_by=new_id(), granted_at_utc=NOW,
            )
        )  # fmt: skip
        issued = sign_in_sessions.issue(
            account_id=actor.account_id, is_staff=True, counter=None, now=NOW
        )
        db.session.commit()
        self.client, self.headers = client, {"Authorization": f"Bearer {issued.token}"}

    def get(self, url: str) -> Any:
        return self.client.get(f"{URL}{url}", headers=self.headers)

    def post(self, url: str, body: Any) -> Any:
        return self.client.post(f"{URL}{url}", json=body, headers=self.headers)


@pytest.fixture
def supervisor(client: FlaskClient, world: AllianceWorld) -> Staff:
    return Staff(client, world, "supervisor")


@pytest.fixture
def guessed(world: AllianceWorld) -> None:
    clerk = world.clerk()
    for _ in range(CLERK_GUESSES):
        world.refused(clerk, "00000000")
    db.session.commit()


@pytest.mark.usefixtures("guessed")
class TestRefusals:
    def test_are_listed_and_counted(self, supervisor: Staff, world: AllianceWorld) -> None:
        page = supervisor.get("/refusals?limit=4&reason=code_unknown").get_json()
        assert [item["code"] for item in page["items"]] == ["code_unknown"] * 4
        assert page["items"][0]["merchant_name"] == world.merchant.name
        assert page["next"] == page["items"][-1]["id"]
        (counted,) = supervisor.get("/refusals/counts").get_json()["items"]
        assert (counted["reason"], counted["count"]) == ("code_unknown", CLERK_GUESSES)

    def test_alarm_once(self, supervisor: Staff) -> None:
        (alarm,) = supervisor.get("/alarms").get_json()["items"]
        assert (alarm["guesses"], alarm["clerk_name"]) == (CLERK_GUESSES, "演示")

    def test_a_shop_sees_its_own(self, client: FlaskClient, world: AllianceWorld) -> None:
        clerk = Caller(client, world.clerk())
        url = "/api/v1/counter/refused-scans"
        page = clerk.get(f"{url}?first_day=2026-11-20&reason=code_unknown&limit=3").get_json()
        assert len(page["items"]) == 3
        (counted,) = clerk.get(f"{url}/counts").get_json()["items"]
        assert counted["count"] == CLERK_GUESSES

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("first_day=2026-11-22&last_day=2026-11-21", "days_reversed"),
            ("first_day=2025-11-22", "too_many_days"),
            # Days that have no day before or after them.
            ("last_day=9999-12-31&first_day=9999-12-31", "invalid_input"),
            ("first_day=0001-01-01&last_day=0001-01-01", "invalid_input"),
            ("last_day=0001-01-01", "invalid_input"),
        ],
    )
    def test_days_that_make_no_sense(self, supervisor: Staff, query: str, code: str) -> None:
        answer = supervisor.get(f"/refusals?{query}")
        assert answer.status_code == 422
        assert answer.get_json()["code"] == code


class TestStops:
    @pytest.fixture
    def stopped(self, world: AllianceWorld) -> None:
        wrong = Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0")
        for mismatches, minute in (([wrong], 0), ([], 1)):
            at = NOW.replace(minute=minute)
            stops.note_check(
                actor=world.actor("operator"), began=at, now=at,
                community_id=world.community_id, mismatches=mismatches,
            )  # fmt: skip
        db.session.commit()

    @pytest.mark.usefixtures("stopped")
    def test_is_listed_shown_and_lifted(
        self, client: FlaskClient, supervisor: Staff, world: AllianceWorld
    ) -> None:
        (stop,) = supervisor.get("/stops").get_json()["items"]
        assert (stop["mismatches"], stop["found"][0]["what"]) == (1, "balance")
        clerk = Caller(client, world.clerk())
        assert clerk.get("/api/v1/counter/today").get_json()["stopped_since_utc"]
        for path in ("/c/yjyx/merchants", f"/c/yjyx/merchants/{world.merchant.code}"):
            assert "积分正在核对" in client.get(path).text, path
        lifted = supervisor.post("/stops/lift", {"why": "已核对，补记一笔"})
        assert lifted.status_code == 200, lifted.text
        assert lifted.get_json()["why"] == "已核对，补记一笔"
        assert "积分正在核对" not in client.get("/c/yjyx/merchants").text
        again = supervisor.post("/stops/lift", {"why": "再点一次"})
        assert (again.status_code, again.get_json()["code"]) == (409, "not_stopped")

    @pytest.mark.usefixtures("stopped")
    @pytest.mark.parametrize("role", ["community_admin", "grid_worker"])
    def test_is_not_lifted_by(self, client: FlaskClient, world: AllianceWorld, role: str) -> None:
        answer = Staff(client, world, role).post("/stops/lift", {"why": "已核对"})
        assert answer.status_code == 403


class TestPairs:
    def test_are_read_and_downloaded(self, supervisor: Staff, world: AllianceWorld) -> None:
        holder, clerk = world.holder(), world.clerk()
        for _ in range(8):
            held = world.hold(holder, world.offer(points=1))
            assert held.code is not None
            world.redeem(clerk, held.code.token)
        db.session.commit()
        asked = supervisor.get("/outliers?rule=pair_most").get_json()["items"]
        assert [item["count"] for item in asked] == [8]
        assert asked[0]["zh"].endswith("这不是结论，请先核实。")
        (pair,) = supervisor.get("/pairs?q=老邢").get_json()["items"]
        assert (pair["count"], pair["of_merchant"], pair["fastest_seconds"]) == (8, 100, 0)
        book = supervisor.get("/outliers.xlsx")
        assert book.headers["Content-Disposition"].endswith('2026-10-23-2026-11-21.xlsx"')
        assert load_workbook(io.BytesIO(book.data)).sheetnames[0] == "提示"

    def test_are_for_who_reads_insight(self, client: FlaskClient, world: AllianceWorld) -> None:
        panelist = Staff(client, world, "panelist")
        for path in ("/outliers", "/pairs", "/outliers.xlsx", "/refusals", "/alarms", "/stops"):
            assert panelist.get(path).status_code == 403, path
