"""Every page that is not public leads to the sign-in page, and every role is tried on it in its own
and in another community, as test_access.py does for the API.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

import access_table
from kernel.access import Actor
from kernel.http import SESSION_COOKIE
from kernel.ids import new_id
from tests.architecture.test_access import ROLE_NAMES, UNGUARDED, actor_with, address, two
from tests.support.pages import Pages

__all__ = ["two"]
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def page_rules(app: Flask) -> list[tuple[Any, str]]:
    """(rule, method) of every page that needs something."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/api/")
        and access_table.ENDPOINTS[rule.endpoint] != access_table.PUBLIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@pytest.fixture
def visit_as(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Visit as an actor that needs no rows; forms are believed to be ours."""
    hooks = app.extensions["linli"]
    monkeypatch.setattr("web.csrf._protection.protect", lambda: None)

    def visit(actor: Actor) -> Pages:
        app.extensions["linli"] = dataclasses.replace(hooks, authenticate=lambda _: actor)
        pages = Pages(app.test_client())
        pages.client.set_cookie(SESSION_COOKIE, "anything")
        return pages

    yield visit
    app.extensions["linli"] = hooks


def was_let_in(answer: Any) -> bool:
    """Sent on to sign in, or to choose a shop, is not let in."""
    if 300 <= answer.status_code < 400:
        return not urlsplit(answer.location).path.startswith("/sign-in")
    return bool(answer.status_code < 400)


def test_there_are_pages_to_guard(app: Flask) -> None:
    assert {"/me", "/me/<community>"} <= {rule.rule for rule, _ in page_rules(app)}


def test_without_a_session_every_page_leads_to_the_sign_in_page(
    app: Flask, two: SimpleNamespace
) -> None:
    pages = Pages(app.test_client())
    for rule, method in page_rules(app):
        answer = pages.send(method, address(rule.rule, two.own))
        assert answer.status_code == 303, f"{method} {rule.rule}"
        assert urlsplit(answer.location).path == "/sign-in"


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_no_page_opens_beyond_the_table(
    app: Flask, two: SimpleNamespace, visit_as: Any, role: str
) -> None:
    pages = visit_as(actor_with(role, two.own_place))
    allowed = {str(permission) for permission in access_table.ROLES[role]}
    for rule, method in page_rules(app):
        needed = access_table.ENDPOINTS[rule.endpoint]
        if needed in UNGUARDED:
            continue
        data = {"idempotency_key": str(new_id())} if method == "POST" else None
        answer = pages.send(method, address(rule.rule, two.own), data=data)
        assert answer.status_code < 500, f"{method} {rule.rule}: {answer.text}"
        if needed not in allowed:
            assert not was_let_in(answer), f"{role} may {method} {rule.rule}"
        elif method == "GET" and "<uuid:" not in rule.rule:
            assert answer.status_code != 403, f"{role} may not {method} {rule.rule}"


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_pages_of_other_communities_do_not_exist(
    app: Flask, two: SimpleNamespace, visit_as: Any, role: str
) -> None:
    pages = visit_as(actor_with(role, two.own_place))
    for rule, method in page_rules(app):
        if "<community>" not in rule.rule:
            continue
        data = {"idempotency_key": str(new_id())} if method == "POST" else None
        answer = pages.send(method, address(rule.rule, two.other), data=data)
        assert answer.status_code in (404, 422), f"{role}: {method} {rule.rule}"
