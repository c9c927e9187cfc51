"""The bare Flask application of the floor, and what every endpoint of it shares."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os

import psycopg
from flask import Flask, Response, jsonify, request
from psycopg import Cursor

from bench.statements import SESSION

KEY = os.environ["LINLI_CODE_KEY"].encode()
DSN = os.environ["FLOOR_DSN"]

app = Flask(__name__)
_connection: psycopg.Connection | None = None


def connection() -> psycopg.Connection:
    """One connection for each worker process, opened after the fork."""
    global _connection  # noqa: PLW0603 - sync workers serve one request at a time
    if _connection is None or _connection.closed:
        # Instants in UTC need not be moved there, as in the product.
        _connection = psycopg.connect(DSN, options="-c timezone=UTC")
    return _connection


def digest(purpose: str, value: str) -> str:
    return hmac.new(KEY, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def moment() -> dict[str, object]:
    """The values every statement may use: now, today in Shanghai, the caller's token."""
    now = dt.datetime.now(dt.UTC)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return {
        "now": now,
        "today": (now + dt.timedelta(hours=8)).date(),
        "token": digest("sign_in_session", token),
    }


def signed_in(cursor: Cursor, values: dict[str, object]) -> tuple[object, ...] | None:
    """The session's row: account, counter (community, merchant), role, binding."""
    return cursor.execute(SESSION, values).fetchone()


def refused(code: str, status: int) -> tuple[Response, int]:
    return jsonify(code=code), status


@app.get("/constant")
def constant() -> Response:
    """What Flask and gunicorn cost alone."""
    return jsonify(status="alive")
