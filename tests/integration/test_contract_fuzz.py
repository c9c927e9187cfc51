"""Whatever the contract lets a caller send is answered without a defect, and errors are problems.

Schemathesis makes the requests from the OpenAPI document; the application runs in-process.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from access_table import ROLES
from kernel.access import Actor
from kernel.database import db
from tests.factories.community import UserAccountFactory
from tests.integration.review.world import ReviewWorld, scored_world
from tests.support.backend import Backend

COMMUNITY = "yijuyuan"
EXAMPLES = 4
#: Fewer operations than this would mean that the contract was not read.
FEWEST_OPERATIONS = 90
#: Asks WeChat, which a test does not; wechat/ is tested against its sandbox.
ELSEWHERE = frozenset({"/api/v1/sessions/wechat"})
HEADERS = {"Authorization": "Bearer token", "Idempotency-Key": "k" * 20}


@pytest.fixture
def contract(sqlite_once: Backend, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The contract of an application whose caller is the administrator of a scored community."""
    sqlite_once.reset()
    app = sqlite_once.app
    with app.app_context():
        world: ReviewWorld = scored_world(COMMUNITY)
        admin: Actor = dataclasses.replace(world.admin, table=ROLES)
        UserAccountFactory(id=admin.account_id)
        db.session.commit()
        db.session.remove()
    hooks = dataclasses.replace(app.extensions["linli"], authenticate=lambda token: admin)
    monkeypatch.setitem(app.extensions, "linli", hooks)
    import schemathesis  # large: only the worker of these tests loads it

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.long
@pytest.mark.timeout(300)  # some hundred operations, on a machine that does other things as well
def test_no_request_of_the_contract_is_a_defect(contract: Any) -> None:
    operations = [found.ok() for found in contract.get_all_operations()]
    asked = [operation for operation in operations if operation.path not in ELSEWHERE]
    assert len(asked) >= FEWEST_OPERATIONS
    for operation in asked:
        _ask(operation)


def _ask(operation: Any) -> None:
    """A few generated requests of one operation."""
    from schemathesis.checks import not_a_server_error

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        if "community" in case.path_parameters:
            case.path_parameters["community"] = COMMUNITY
        response = case.call(headers=HEADERS)
        case.validate_response(response, checks=[not_a_server_error])
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"], operation.label

    ask()
