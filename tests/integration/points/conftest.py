"""The world of the points tests, and another community beside it that must never be seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from community import places
from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from tests.integration.points.world import NOW, World, empty_world, items, ready_world
from tests.support.backend import Backend

Call = Callable[..., Any]


def ready_beside_noise() -> World:
    noise = empty_world("noise")
    noise.adopt(items=items("CAP", "BAD"))
    noise.open_month()
    other = noise.member()
    for code in ("CAP", "BAD"):
        noise.record(other, code)
    return ready_world()


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    """A community ready to record, beside another one with facts of its own."""
    return backend.remembered(ready_beside_noise)


@pytest.fixture
def bare_world(session: Any) -> World:
    """A community without rulebook and months."""
    return empty_world("bare")


@pytest.fixture
def sqlite_session(sqlite_once: Backend) -> Iterator[Any]:
    """The session on an empty database of one engine, for what is the same on both."""
    sqlite_once.reset()
    places.forget()
    with sqlite_once.app.app_context():
        yield db.session
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def fixed_clock() -> Iterator[None]:
    """The clock of requests stands at NOW."""
    clock.set_offset(NOW - clock.now())
    yield
    clock.set_offset(NOW - NOW)


@pytest.fixture
def call(
    app: Flask,
    client: FlaskClient,
    world: World,
    fixed_clock: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Call:
    """``call(actor, "POST", "/facts", {...})`` signed in as ``actor``; commits the rows first."""
    signed_in: dict[str, Actor] = {}
    hooks = dataclasses.replace(app.extensions["linli"], authenticate=signed_in.__getitem__)
    monkeypatch.setitem(app.extensions, "linli", hooks)

    def send(
        actor: Actor,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        files: Any = None,
    ) -> Any:
        db.session.commit()
        signed_in["token"] = actor
        headers = {"Authorization": "Bearer token", "Idempotency-Key": key or str(new_id())}
        address = path if path.startswith("/api/") else f"/api/v1/communities/yijuyuan{path}"
        answer = client.open(address, method=method, json=body, data=files, headers=headers)
        db.session.rollback()
        return answer

    return send
