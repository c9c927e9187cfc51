"""The pages over sample views: no database, the real routes, templates, headers and errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import access_endpoints
import web
from kernel import http
from kernel.errors import NotFound
from kernel.settings import Environment, Settings
from tests.unit.web.answers import ANSWERS
from web.limiting import limiter

ROOT = Path(__file__).resolve().parents[3]
TRANSLATIONS = "web/translations"


@pytest.fixture(scope="session")
def english() -> None:
    """The compiled English catalog, made where ``make translations`` would make it."""
    texts = ROOT / TRANSLATIONS / "en/LC_MESSAGES/messages.po"
    compiled = texts.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= texts.stat().st_mtime:
        return
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "compile", "-d", TRANSLATIONS],
        cwd=ROOT,
        check=True,
    )


@pytest.fixture
def environment() -> Environment:
    return Environment.TEST


@pytest.fixture(scope="session")
def built() -> dict[Environment, Flask]:
    """The applications of pages so far: making one takes longer than most tests."""
    return {}


@pytest.fixture
def pages(
    english: None,
    monkeypatch: pytest.MonkeyPatch,
    environment: Environment,
    built: dict[Environment, Flask],
) -> Flask:
    """An application of pages only; the community is "yjyx", "empty" had no notice yet."""
    for module, name, answer in ANSWERS:
        monkeypatch.setattr(module, name, answer)
    if environment not in built:
        built[environment] = pages_only(environment)
    limiter.reset()
    return built[environment]


def pages_only(environment: Environment) -> Flask:
    app = Flask("app", root_path=str(ROOT), static_folder=None)
    app.config.update(LINLI=Settings(environment=environment), SECRET_KEY="for-tests-only")
    http.configure(
        app,
        http.Hooks(
            authenticate=_nobody,
            roles={},
            community_id=_nobody,
            endpoints=access_endpoints.ENDPOINTS,
            error_page=web.error_page,
            to_sign_in=web.to_sign_in,
        ),
    )
    web.register(app)
    return app


@pytest.fixture
def browser(pages: Flask) -> FlaskClient:
    return pages.test_client()


@pytest.fixture
def html(browser: FlaskClient) -> Callable[..., str]:
    """The text of a page that must answer 200."""

    def get(path: str, **options: Any) -> str:
        answer = browser.get(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.text

    return get


def _nobody(_token: str) -> Any:
    raise NotFound()
