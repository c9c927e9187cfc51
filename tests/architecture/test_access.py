"""Every endpoint stands in the access table, and every role is tried in its own and another
community: what the table does not allow never answers 2xx.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import access_table
from community.role_names import RoleName
from kernel.access import SYSTEM_ROLE, Actor, Grant, Permission, Place
from kernel.ids import new_id

ROLE_NAMES = sorted(set(access_table.ROLES) - {SYSTEM_ROLE})
UNGUARDED = (access_table.PUBLIC, access_table.SIGNED_IN)


def api_rules(app: Flask) -> list[Any]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]


def test_every_endpoint_and_page_is_in_the_table(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known - set(access_table.ENDPOINTS) == set(), "decide who may call these"
    assert set(access_table.ENDPOINTS) - known == set(), "these endpoints are gone"


def test_every_role_is_in_the_table() -> None:
    assert set(access_table.ROLES) == {role.value for role in RoleName} | {SYSTEM_ROLE}


def test_what_an_endpoint_needs_is_a_permission_that_somebody_has() -> None:
    granted = {str(permission) for allowed in access_table.ROLES.values() for permission in allowed}
    for endpoint, needed in access_table.ENDPOINTS.items():
        assert needed in UNGUARDED or needed in granted, endpoint


def test_every_permission_is_granted_to_somebody() -> None:
    granted = {permission for allowed in access_table.ROLES.values() for permission in allowed}
    declared = {member for kind in Permission.__subclasses__() for member in kind}
    assert declared - granted == set(), "nobody can do these"


def test_without_a_token_only_public_endpoints_answer(app: Flask, two: SimpleNamespace) -> None:
    client = app.test_client()
    for rule in api_rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address(rule.rule, two.own), method=method, json={})
            if access_table.ENDPOINTS[rule.endpoint] == access_table.PUBLIC:
                assert answer.status_code != 401 or rule.endpoint.startswith("sessions.")
            else:
                assert answer.status_code == 401, rule.endpoint
                assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture
def two(app: Flask, factories: SimpleNamespace, session: Any) -> SimpleNamespace:
    """Two communities of two streets, and a client whose token is any actor we like."""
    own, other = factories.community(), factories.community()
    session.commit()
    from community import places

    # Codes, not rows: each of thousands of requests would have the row read again.
    return SimpleNamespace(
        own=own.code,
        other=other.code,
        own_place=places.place_of(own.id),
        other_place=places.place_of(other.id),
    )


@pytest.fixture
def call_as(app: Flask) -> Iterator[Any]:
    """Call as an actor that needs no rows: the sign-in hook is replaced, nothing else."""
    hooks = app.extensions["linli"]

    def call(actor: Actor) -> FlaskClient:
        app.extensions["linli"] = dataclasses.replace(hooks, authenticate=lambda _: actor)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = "Bearer anything"
        return client

    yield call
    app.extensions["linli"] = hooks


def actor_with(role: str, place: Place) -> Actor:
    merchant = new_id() if role.startswith("merchant_") else None
    own_place = dataclasses.replace(place, merchant_id=merchant)
    if role in (RoleName.STREET_OFFICER,):
        own_place = Place(district_id=place.district_id, street_id=place.street_id)
    if role in (RoleName.DISTRICT_OFFICER, RoleName.AUDITOR, RoleName.OPERATOR):
        own_place = Place(district_id=place.district_id)
    is_member = role == RoleName.MEMBER
    return Actor(
        account_id=new_id(),
        grants=(Grant(role=role, place=own_place),),
        table=access_table.ROLES,
        members={place.community_id: new_id()} if is_member and place.community_id else {},
        counter=Place(community_id=place.community_id, merchant_id=merchant) if merchant else None,
    )


#: Addresses that are read only with a query; without it the query is refused before anybody asks.
QUERIES = {"/window": f"?receipt_number=ABCDEFGHJK&member_id={uuid.UUID(int=7)}"}


@functools.cache
def address(rule: str, community: str) -> str:
    """The rule's address in the community of this code, of ids that nothing has."""
    query = next((asked for end, asked in QUERIES.items() if rule.endswith(end)), "")
    filled = rule.replace("<community>", community).replace("<month>", "2026-11")
    filled = re.sub(r"<uuid:[a-z_]+>", str(uuid.UUID(int=7)), filled)
    return re.sub(r"<[^>]+>", "nothing", filled) + query


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_nothing_answers_beyond_the_table(
    app: Flask, two: SimpleNamespace, call_as: Any, role: str
) -> None:
    actor = actor_with(role, two.own_place)
    client = call_as(actor)
    granted = {str(permission) for permission in access_table.ROLES[role]}
    for rule in api_rules(app):
        needed = access_table.ENDPOINTS[rule.endpoint]
        if needed in UNGUARDED:
            continue
        allowed = needed in granted
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            headers = {"Idempotency-Key": str(new_id())}
            own = client.open(address(rule.rule, two.own), method=method, json={}, headers=headers)
            if not allowed:
                assert own.status_code >= 400, f"{role} may {method} {rule.rule}"
            elif method == "GET" and "<uuid:" not in rule.rule:
                assert own.status_code != 403, f"{role} may not {method} {rule.rule}"
            assert own.status_code < 500, f"{method} {rule.rule}: {own.get_data(as_text=True)}"


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_other_communities_do_not_exist(
    app: Flask, two: SimpleNamespace, call_as: Any, role: str
) -> None:
    actor = actor_with(role, two.own_place)
    reaches = any(grant.place.covers(two.other_place) for grant in actor.grants)
    if reaches:
        pytest.fail("the other community must lie in another district")
    client = call_as(actor)
    for rule in api_rules(app):
        if access_table.ENDPOINTS[rule.endpoint] in UNGUARDED or "<community>" not in rule.rule:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(
                address(rule.rule, two.other), method=method, json={},
                headers={"Idempotency-Key": str(new_id())},
            )  # fmt: skip
            assert answer.status_code in (404, 422), f"{role}: {method} {rule.rule}"
            if method == "GET":
                assert answer.status_code == 404, f"{role}: {method} {rule.rule}"
