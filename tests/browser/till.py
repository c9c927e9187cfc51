"""Both sides of a redemption over HTTP: what a member's phone and the shop's cookie do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from ops.demo.founding import DEMO_PASSWORD
from tests.browser.demo_site import COMMUNITY, OFFER, SHOP

MEMBER, CLERK, OWNER, ADMIN = "yjyx-resident", "laoxing-clerk", "laoxing-owner", "yjyx-admin"
SUPERVISOR = "yjyx-super1"
LOGINS = (MEMBER, CLERK, OWNER, ADMIN, SUPERVISOR)
SESSION_COOKIE = "linli_session"


@dataclass
class Till:
    """A member with a phone, and whoever opens pages at the shop."""

    url: str
    member: httpx.Client
    offer_id: str
    tokens: dict[str, str]

    @classmethod
    @contextmanager
    def at(cls, url: str) -> Iterator[Till]:
        """A member signed in with the demo's password, and tokens for the cookies of others."""
        with httpx.Client(base_url=f"{url}/api/v1", timeout=20) as member:
            yield cls._signed_in(url, member)

    @classmethod
    def _signed_in(cls, url: str, member: httpx.Client) -> Till:
        tokens = {login: _token(member, login) for login in LOGINS}
        member.headers["Authorization"] = f"Bearer {tokens[MEMBER]}"
        shop = member.get(f"/public/communities/{COMMUNITY}/merchants/{SHOP}").json()
        offer = next(each for each in shop["offers"] if each["title"] == OFFER)
        return cls(url=url, member=member, offer_id=offer["id"], tokens=tokens)

    def code(self) -> dict[str, Any]:
        """A living code: ``payload`` of its QR and ``digits``."""
        code: dict[str, Any] = self._post(f"/communities/{COMMUNITY}/redemptions")["code"]
        return code

    def hold(self) -> str:
        """A hold with a living code, as after pressing the offer; its id."""
        held: str = self._post(f"/communities/{COMMUNITY}/redemptions")["id"]
        return held

    def withdraw(self, redemption_id: str) -> None:
        """Take a hold back, unless it is redeemed or has ended."""
        answer = self.member.post(
            f"/communities/{COMMUNITY}/redemptions/{redemption_id}/withdrawal"
        )
        assert answer.status_code in (200, 409), answer.text

    def request(self) -> dict[str, Any]:
        """A request at the standing code."""
        return self._post(f"/communities/{COMMUNITY}/merchants/{SHOP}/requests")

    def card(self, pin: str) -> dict[str, Any]:
        """The member's card in service, made and handed over by the office: number and payload."""
        office = {"Authorization": f"Bearer {self.tokens[ADMIN]}"}

        def call(path: str, body: dict[str, Any] | None = None) -> Any:
            address = f"/communities/{COMMUNITY}/{path}"
            answer = self.member.post(address, json=body, headers=office)
            assert answer.status_code in (200, 201), answer.text
            return answer.json()

        batch = call("card-batches", {"size": 1})
        sheet = call(f"card-batches/{batch['id']}/print", {"version": batch["version"]})
        call(f"card-batches/{batch['id']}/receipt", {"version": sheet["batch"]["version"]})
        printed: dict[str, Any] = sheet["cards"][0]
        own = self.member.get(f"/communities/{COMMUNITY}/me/points").json()["member_id"]
        call("card-handovers", {"card": printed["number"], "member_id": own})
        pad = call(f"cards/{printed['id']}/keypads")
        presses = {
            name: [pad[keys].index(digit) for digit in pin]
            for name, keys in (("presses", "keys"), ("presses_again", "keys_again"))
        }
        call("card-pins", {"keypad_id": pad["keypad_id"], **presses})
        return printed

    def balance(self) -> float:
        """Points that the member can spend now."""
        return float(self.member.get(f"/communities/{COMMUNITY}/me/points").json()["spendable"])

    def sign_in(self, context: BrowserContext, login: str = CLERK) -> None:
        """Give a browser the cookie of a login."""
        context.add_cookies(
            [{"name": SESSION_COOKIE, "value": self.tokens[login], "url": self.url}]
        )

    def open(self, browser: Browser, path: str = "/counter", **options: Any) -> Page:
        """A page at the shop, in a browser of its own."""
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion="reduce",
            **options,
        )  # fmt: skip
        self.sign_in(context)
        page = context.new_page()
        answer = page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        return page

    def _post(self, path: str) -> dict[str, Any]:
        answer = self.member.post(
            path, json={"offer_id": self.offer_id}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body


def _token(client: httpx.Client, login: str) -> str:
    answer = client.post("/sessions", json={"login_name": login, "password": DEMO_PASSWORD})
    assert answer.status_code in (200, 201), answer.text
    token: str = answer.json()["token"]
    return token
