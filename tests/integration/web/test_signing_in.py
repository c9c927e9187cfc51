"""Signing in on pages: the cookie, the way back, what is kept and said, forms from elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from community import accounts, sign_in_sessions, web_tickets
from community.models import RoleGrant, UserAccount
from community.signing_in import MOST_PER_NAME
from kernel.access import Place
from kernel.database import db
from kernel.http import SESSION_COOKIE
from kernel.ids import new_id
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld, Holder
from tests.integration.web.conftest import Move
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
PASSWORD = "a-good-password"


@pytest.fixture
def named(somebody: Holder, session: Any) -> str:
    """The member's account gets a login name."""
    account = db.session.get_one(UserAccount, somebody.actor.account_id)
    account.login_name, account.password_hash = "zhangsan", accounts.passwords.hashed(PASSWORD)
    session.commit()
    return "zhangsan"


@pytest.fixture
def anybody(client: FlaskClient, shop_world: AllianceWorld) -> Pages:
    return Pages(client)


def next_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["next"][0]


def test_a_page_leads_to_the_sign_in_page_and_back(anybody: Pages, named: str) -> None:
    sent = anybody.get("/me/yjyx/redemptions?state=returned")
    assert sent.status_code == 303
    assert urlsplit(sent.location).path == "/sign-in"
    assert sent.headers["Cache-Control"] == "no-store"
    wanted = next_of(sent.location)
    assert wanted == "/me/yjyx/redemptions?state=returned"
    answer = anybody.post(
        "/sign-in", on=sent.location, login_name=named, password=PASSWORD, next=wanted
    )
    assert (answer.status_code, answer.location) == (303, wanted)
    cookie = next(
        line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SESSION_COOKIE)
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = anybody.get(wanted)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_secure_where_the_page_is(anybody: Pages, named: str) -> None:
    page = anybody.get("/sign-in", base_url="https://linli.example")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = anybody.send(
        "POST",
        "/sign-in",
        base_url="https://linli.example",
        data={"csrf_token": token, "login_name": named, "password": PASSWORD},
    )
    assert any(
        line.startswith(SESSION_COOKIE) and "Secure" in line
        for line in answer.headers.getlist("Set-Cookie")
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_to_another_site(anybody: Pages, named: str, elsewhere: str) -> None:
    answer = anybody.post("/sign-in", login_name=named, password=PASSWORD, next=elsewhere)
    assert (answer.status_code, answer.location) == (303, "/me")
    again = anybody.get("/sign-in", query_string={"next": elsewhere})
    assert (again.status_code, again.location) == (302, "/me")


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(anybody: Pages, named: str) -> None:
    answer = anybody.post(
        "/sign-in", login_name=named, password="not-the-password", next="/me/yjyx"
    )
    assert answer.status_code == 401
    assert "登录名或密码不对，请核对后再试。" in answer.text
    assert f'value="{named}"' in answer.text
    assert "not-the-password" not in answer.text
    assert 'name="next" value="/me/yjyx"' in answer.text


@pytest.mark.parametrize(("login_name", "password", "at"), [
    ("", PASSWORD, "login_name"), ("zhangsan", "", "password"), ("x" * 99, PASSWORD, "login_name"),
])  # fmt: skip
def test_an_empty_or_long_field_is_named(
    anybody: Pages, named: str, login_name: str, password: str, at: str
) -> None:
    answer = anybody.post("/sign-in", login_name=login_name, password=password)
    assert answer.status_code == 422
    assert f'id="{at}-more"' in answer.text
    assert answer.text.count("ll-fielderr") == 1


def test_guessing_is_slowed_down(anybody: Pages, named: str, session: Any) -> None:
    from community import signing_in
    from kernel import throttle

    for _ in range(MOST_PER_NAME):
        throttle.note_failure(
            purpose=signing_in._BY_NAME, subject=named, window=signing_in.WINDOW, now=NOW
        )
    session.commit()
    answer = anybody.post("/sign-in", login_name=named, password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert f'value="{named}"' in answer.text


def test_a_session_that_ended_says_so(mine: Pages, somebody: Holder, session: Any) -> None:
    sign_in_sessions.end_all(account_id=somebody.actor.account_id, now=NOW)
    session.commit()
    sent = mine.get("/me/yjyx")
    assert sent.status_code == 303
    assert "ended=1" in sent.location
    assert "登录已过期，请重新登录" in mine.page(sent.location)
    assert mine.client.get_cookie(SESSION_COOKIE) is None


def test_who_acts_on_an_old_form_hears_that_nothing_was_done(mine: Pages, somebody: Holder) -> None:
    """The cookie is gone while the page still stands open."""
    mine.client.delete_cookie(SESSION_COOKIE)
    sent = mine.post("/me/yjyx/shops/laoxing", offer_id=str(somebody.member_id))
    assert sent.status_code == 303
    assert "刚才那一步没有办" in mine.page(sent.location)
    assert "刚才那一步没有办" not in mine.page(mine.get("/me").location)


def test_an_unknown_cookie_is_nobody(anybody: Pages) -> None:
    anybody.client.set_cookie(SESSION_COOKIE, "nonsense")
    assert anybody.get("/me").status_code == 303
    assert anybody.get("/sign-in").status_code == 200
    assert anybody.get("/c/yjyx/merchants").status_code == 200


def test_a_bearer_token_opens_no_page_and_the_cookie_no_api(
    anybody: Pages, mine: Pages, somebody: Holder
) -> None:
    assert mine.get("/api/v1/me").status_code == 401
    fresh = Pages(mine.client.application.test_client())
    sent = fresh.get("/me/yjyx", headers={"Authorization": f"Bearer {mine.token}"})
    assert sent.status_code == 303


def test_signing_out_ends_the_session(mine: Pages) -> None:
    answer = mine.post("/sign-out", on="/me?account=1")
    assert answer.status_code == 303
    assert "已退出登录。" in mine.page(answer.location)
    mine.client.set_cookie(SESSION_COOKIE, mine.token or "")
    assert "ended=1" in mine.get("/me").location


def test_a_form_from_elsewhere_is_refused_and_says_what_to_do(mine: Pages) -> None:
    for data in ({}, {"csrf_token": "forged"}):
        answer = mine.send(
            "POST", "/sign-out", data=data, headers={"Referer": "http://localhost/me?account=1"}
        )
        assert answer.status_code == 400
        assert "没有改动任何数据" in answer.text
        assert 'href="/me?account=1"' in answer.text
    assert mine.get("/me/yjyx").status_code == 200, "nobody was signed out"


def test_a_refused_form_never_links_to_another_site(mine: Pages) -> None:
    for referrer in ("https://evil.example/me", "http://[", "http://localhost//evil.example"):
        answer = mine.send("POST", "/sign-out", headers={"Referer": referrer})
        assert answer.status_code == 400
        assert "evil.example" not in answer.text


def test_a_script_is_told_in_json(mine: Pages) -> None:
    headers = {"Accept": "application/json"}
    answer = mine.send("POST", "/sign-out", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "form_outdated")
    mine.client.delete_cookie(SESSION_COOKIE)
    answer = mine.get("/me", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")


class TestShops:
    """A clerk of two shops chooses one; nobody works where no grant is."""

    @pytest.fixture
    def shops(self, shop_world: AllianceWorld, session: Any) -> tuple[AllianceWorld, AllianceWorld]:
        return shop_world, shop_world.another_shop()

    @pytest.fixture
    def clerk(
        self, client: FlaskClient, shops: tuple[AllianceWorld, AllianceWorld], session: Any
    ) -> Pages:
        account = UserAccount(
            id=new_id(), login_name="clerk", password_hash=accounts.passwords.hashed(PASSWORD),
            display_name="小郭", created_at_utc=NOW,
        )  # fmt: skip
        session.add(account)
        session.flush()
        for each in shops:
            session.add(
                RoleGrant(
                    account_id=account.id, role="merchant_clerk", community_id=each.community_id,
                    merchant_id=each.merchant.id, granted_from=JOINED, granted_by=new_id(),
                    granted_at_utc=NOW,
                )
            )  # fmt: skip
        session.commit()
        return Pages(client)

    def test_the_shop_is_chosen_and_then_the_page_opens(
        self, clerk: Pages, shops: tuple[AllianceWorld, AllianceWorld]
    ) -> None:
        signed = clerk.post("/sign-in", login_name="clerk", password=PASSWORD, next="/me?account=1")
        assert urlsplit(signed.location).path == "/sign-in/shop"
        page = clerk.page(signed.location)
        assert "青丝理发店" in page
        wanted = f"{shops[1].community_id}:{shops[1].merchant.id}"
        chosen = clerk.post(
            "/sign-in/shop", on=signed.location, counter=wanted, next="/me?account=1"
        )
        assert (chosen.status_code, chosen.location) == (303, "/me?account=1")
        assert f'value="{wanted}" checked' in clerk.page("/sign-in/shop")

    def test_another_shop_cannot_be_chosen(
        self, clerk: Pages, shops: tuple[AllianceWorld, AllianceWorld]
    ) -> None:
        clerk.post("/sign-in", login_name="clerk", password=PASSWORD)
        for wrong in (f"{shops[0].community_id}:{new_id()}", "nonsense", ":"):
            answer = clerk.post("/sign-in/shop", on="/sign-in/shop", counter=wrong)
            assert answer.status_code == 403
            assert 'id="counter-more"' in answer.text


class TestTickets:
    """An app opens the pages: one ticket, once, within a minute."""

    def ticket(self, client: FlaskClient, holder: Holder, counter: Place | None = None) -> str:
        issued = sign_in_sessions.issue(
            account_id=holder.actor.account_id, is_staff=False, counter=counter, now=NOW
        )
        db.session.commit()
        answer = client.post(
            "/api/v1/me/web-sign-in", headers={"Authorization": f"Bearer {issued.token}"}
        )
        assert answer.status_code == 201
        body = answer.get_json()
        assert body["address"] == f"/enter#{body['ticket']}"
        return str(body["ticket"])

    def test_it_signs_in_once(self, anybody: Pages, somebody: Holder) -> None:
        ticket = self.ticket(anybody.client, somebody)
        answer = anybody.post("/enter", ticket=ticket, next="/me/yjyx")
        assert (answer.status_code, answer.location) == (303, "/me/yjyx")
        assert anybody.get("/me/yjyx").status_code == 200
        again = Pages(anybody.client.application.test_client()).post("/enter", ticket=ticket)
        assert again.status_code == 422
        assert "用过了或过时了" in again.text
        assert ticket not in again.text

    def test_it_lives_a_minute(self, anybody: Pages, somebody: Holder, move: Move) -> None:
        ticket = self.ticket(anybody.client, somebody)
        move(web_tickets.LIFETIME + dt.timedelta(seconds=1))
        assert anybody.post("/enter", ticket=ticket).status_code == 422

    def test_a_newer_one_replaces_it_and_a_dead_session_gives_none(
        self, anybody: Pages, somebody: Holder, session: Any
    ) -> None:
        ticket = self.ticket(anybody.client, somebody)
        sign_in_sessions.end_all(account_id=somebody.actor.account_id, now=NOW)
        session.commit()
        assert anybody.post("/enter", ticket=ticket).status_code == 422
        assert anybody.post("/enter", ticket="").status_code == 422
        assert anybody.post("/enter", ticket="x" * 200).status_code == 422

    def test_nobody_gets_one_without_a_session(self, anybody: Pages) -> None:
        assert anybody.send("POST", "/api/v1/me/web-sign-in").status_code == 401
