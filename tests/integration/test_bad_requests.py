"""The edge refuses what cannot be read, names the field, and never answers 500."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize, NoMoreData


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{not json", "application/json", 400),
        ("[]", "application/json", 422),
        ('"text"', "application/json", 422),
        ("{}", "application/json", 422),
        ('{"login_name": 5, "password": "x"}', "application/json", 422),
        ('{"login_name": "a", "password": "x", "surprise": 1}', "application/json", 422),
        ("\xff\xfe", "application/json", 400),
        ('{"login_name": "a", "password": "x", "login_name": "b"}', "application/json", 422),
        ('{"login_name": "a", "password": "x", "\\ud83d": 1}', "application/json", 422),
        ("a=b", "text/plain", 415),
        ('{"login_name": "a", "password": "x"}', "", 415),
    ],
)
def test_a_bad_body_is_a_problem(
    client: FlaskClient, body: str, content_type: str, status: int
) -> None:
    answer = client.post("/api/v1/sessions", data=body.encode("latin-1"), content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["status"] == status
    assert problem["code"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_a_field_that_stands_there_twice_is_named(client: FlaskClient) -> None:
    body = '{"login_name": "a", "password": "x", "counter": {"merchant_id": 1, "merchant_id": 2}}'
    answer = client.post("/api/v1/sessions", data=body, content_type="application/json")
    problem = answer.get_json(force=True)
    assert (problem["code"], problem["errors"][0]["field"]) == ("duplicate_json_key", "merchant_id")


@pytest.mark.parametrize("error", [InvalidChunkSize(b"zz"), NoMoreData(b"")], ids=["size", "end"])
@pytest.mark.parametrize("address", ["/api/v1/sessions", "/sign-in"])
def test_a_body_that_is_not_cut_as_it_says(
    client: FlaskClient, error: Exception, address: str
) -> None:
    class Broken(io.BytesIO):
        def _stops(self, *_asked: Any) -> Any:
            raise error

        read = readinto = readline = _stops

    answer = client.post(
        address,
        content_type="application/json"
        if "api" in address
        else "application/x-www-form-urlencoded",
        environ_overrides={
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input_terminated": True,
            "wsgi.input": Broken(),
        },
    )
    assert answer.status_code == 400
    if "api" in address:
        assert answer.get_json(force=True)["code"] == "bad_request"


def test_a_problem_speaks_the_callers_language(client: FlaskClient) -> None:
    chinese = client.get("/api/v1/nothing-here")
    english = client.get("/api/v1/nothing-here", headers={"Accept-Language": "en"})
    assert chinese.status_code == english.status_code == 404
    assert "没有找到" in chinese.get_json(force=True)["detail"]
    assert "Not found" in english.get_json(force=True)["detail"]


def test_the_allowed_methods_are_kept(client: FlaskClient) -> None:
    answer = client.put("/api/v1/sessions", json={})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_page_that_does_not_exist_is_a_page(client: FlaskClient) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize("month", ["2026-13", "202611", "2026-00", "x"])
def test_a_bad_month_in_an_address_is_named(client: FlaskClient, month: str, session: Any) -> None:
    answer = client.get(f"/api/v1/public/communities/any/notices/{month}")
    assert answer.status_code == 422
    assert answer.get_json(force=True)["code"] == "month_invalid"
    assert answer.headers["X-Request-Id"]
    assert answer.get_json(force=True)["request_id"] == answer.headers["X-Request-Id"]


def test_the_contract_is_openapi_3_1(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    document = answer.get_json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/counter/redeem" in document["paths"]
    assert "PATCH" not in str(document["paths"]).upper().split()
