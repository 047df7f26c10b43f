"""Whatever the OpenAPI document allows, and much that it does not, is answered without a crash (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from fakes.door import CONFIG, Door, opened_door
from vedette.web.rules import RULES

UNDOCUMENTED = {"GET /", "GET /docs", "GET /docs.js", "GET /style.css"}
ENDS_ITS_SESSION = {"POST /v1/auth/logout", "POST /v1/auth/password", "POST /change-password"}
BOUNDED = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door"), replace(CONFIG, max_body_bytes=1_000_000)) as opened:
        yield opened


@pytest.fixture(scope="module")
def operations(door: Door) -> dict[str, Any]:
    document = schemathesis.openapi.from_url(f"{door.http.base_url}/openapi.json")
    found = [result.ok() for result in document.get_all_operations()]
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", sorted(set(RULES) - UNDOCUMENTED))
def test_nothing_that_is_sent_crashes_it(
    door: Door, operations: dict[str, Any], route: str, mode: schemathesis.GenerationMode
) -> None:
    header = door.sign_in("editor") if route in ENDS_ITS_SESSION else door.session("editor")
    if RULES[route] == "admin":
        header = door.session("admin")

    @BOUNDED
    @given(operations[route].as_strategy(generation_mode=mode))
    def sent(case: schemathesis.Case) -> None:
        answer = case.call(headers=header, timeout=10)
        assert answer.status_code < 500, f"{case.as_curl_command()}: {answer.text}"
        if answer.status_code >= 400 and answer.headers.get("content-type") == "application/json":
            assert set(answer.json()["error"]) == {"class", "message", "retry"}

    try:
        sent()
    except Unsatisfiable:
        # There is nothing in it to get wrong: neither a parameter nor a body.
        assert mode is schemathesis.GenerationMode.NEGATIVE
