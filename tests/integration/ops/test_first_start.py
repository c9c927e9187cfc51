"""Before the first call: the commands that make an operator and enter a year's working days."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel import working_days
from kernel.database import db
from tests.factories.community import DistrictFactory

PASSWORD = "a-long-first-password"


def run(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["ops", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_first_operator_signs_in_and_enters_a_district(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_OPERATOR_PASSWORD", PASSWORD)
    assert run(app, "first-operator", "the-operator") == "the-operator is here\n"
    monkeypatch.setenv("LINLI_OPERATOR_PASSWORD", "another-password-entirely")
    run(app, "first-operator", "the-operator")  # twice: the first password stays
    client: FlaskClient = app.test_client()
    body = {"login_name": "the-operator", "password": PASSWORD}
    token = client.post("/api/v1/sessions", json=body).get_json()["token"]
    entered = client.post(
        "/api/v1/districts",
        json={"name": "忻府区", "code": "xinfu", "brand": "新晋邻", "slogan": "忻和美"},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "first-district"},
    )
    assert entered.status_code == 201, entered.text


def test_the_published_year_is_entered_in_every_district(app: Flask, session: object) -> None:
    district = DistrictFactory(code="xinfu")
    db.session.commit()
    assert run(app, "enter-calendar", "2026") == run(app, "enter-calendar", "2026")
    days = working_days.calendar(
        district_id=district.id, start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 10)
    )
    assert days[dt.date(2026, 10, 1)] is False
    assert days[dt.date(2026, 10, 10)] is True
    assert len(days) == 10
