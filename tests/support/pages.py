"""A browser without a screen: signed in by the cookie, sends forms as the pages make them."""

from __future__ import annotations

import re
from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community import places, sign_in_sessions
from community.models import RoleGrant
from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.http import SESSION_COOKIE
from kernel.ids import new_id

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Pages:
    """One person's browser; ``actor`` None is signed in nowhere."""

    def __init__(self, client: FlaskClient, actor: Actor | None = None) -> None:
        self.client = client
        self.token: str | None = None
        if actor is not None:
            self.sign_in(actor)

    def sign_in(self, actor: Actor) -> None:
        """Give the browser a session of this account; a counter needs its grant."""
        now, counter = clock.now(), actor.counter
        if counter is not None and counter.community_id is not None:
            whole = places.place_of(counter.community_id)
            db.session.add(
                RoleGrant(
                    account_id=actor.account_id, role="merchant_clerk",
                    district_id=whole.district_id, street_id=whole.street_id,
                    community_id=counter.community_id, merchant_id=counter.merchant_id,
                    granted_from=clock.business_date(now), granted_by=new_id(), granted_at_utc=now,
                )
            )  # fmt: skip
        issued = sign_in_sessions.issue(
            account_id=actor.account_id, is_staff=counter is not None, counter=counter, now=now
        )
        db.session.commit()
        self.token = issued.token
        self.client.set_cookie(SESSION_COOKIE, issued.token)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """One request; what an earlier one left in the test's own context is forgotten."""
        for name in list(g):
            g.pop(name)
        return self.client.open(path, method=method, **options)

    def page(self, path: str) -> str:
        """The text of a page that must open."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, *, on: str | None = None, **fields: Any) -> TestResponse:
        """Open the page ``on`` (else "/enter", which everybody can), and send a form of it."""
        found = _TOKEN.search(self.get(on or "/enter").text)
        assert found is not None, f"no form on {on}"
        data = {"csrf_token": found[1], "idempotency_key": str(new_id())} | fields
        return self.send("POST", path, data=data)
