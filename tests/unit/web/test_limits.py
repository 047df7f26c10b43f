"""Requests are counted for an address and for a person, in memory and in Redis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from fakes.door import CONFIG, OWNER_HEADER, Door, opened_door
from vedette.errors import SettingsError
from vedette.web.limits import RateLimits


@pytest.fixture(params=["memory", "redis"])
def limits_url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "memory" else request.getfixturevalue("redis_url")


def statuses(door: Door, count: int, header: dict[str, str]) -> list[int]:
    return [door.http.get("/v1/documents", headers=header).status_code for _ in range(count)]


def first_refused(door: Door, header: dict[str, str]) -> httpx.Response:
    """The first response that is none of the allowed ones. Of a minute just past, the counter forgets one request at
    once (it keeps no times, only counts), so one more may pass where the clock turns between them."""
    responses = (door.http.get("/v1/documents", headers=header) for _ in range(2))
    return next(response for response in responses if not response.is_success and response.status_code != 401)


@pytest.mark.slow
def test_one_person_is_slowed_down_and_no_other(tmp_path: Path, limits_url: str) -> None:
    with opened_door(tmp_path, replace(CONFIG, per_person=5, limits_url=limits_url)) as door:
        assert statuses(door, 5, door.session("reader")) == [200] * 5
        refused = first_refused(door, door.key("reader"))
        assert (refused.status_code, refused.json()["error"]["class"]) == (429, "TooMany")
        assert refused.json()["error"]["retry"] is True
        assert 1 <= int(refused.headers["retry-after"]) <= 120
        assert statuses(door, 1, door.session("other")) == [200]


def test_one_address_is_slowed_down_before_anything_is_looked_at(tmp_path: Path, limits_url: str) -> None:
    with opened_door(tmp_path, replace(CONFIG, per_address=5, limits_url=limits_url)) as door:
        assert statuses(door, 5, {}) == [401] * 5
        assert first_refused(door, {}).status_code == 429
        for path in ("/v1/documents", "/nowhere", "/docs"):
            refused = door.http.get(path)
            assert refused.status_code == 429
            assert "retry-after" in refused.headers
            assert "content-security-policy" in refused.headers
        assert statuses(door, 3, OWNER_HEADER) == [200] * 3


@pytest.mark.parametrize("url", ["nonsense", "ftp://host"])
def test_an_address_that_is_no_redis_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="throttle"):
        RateLimits(1, 1, url)


def test_when_redis_fails_requests_are_answered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened_door(tmp_path, replace(CONFIG, per_person=1, limits_url="redis://127.0.0.1:9/0")) as door:
        assert statuses(door, 2, door.session("reader")) == [200, 200]
    assert "cannot be counted" in caplog.text
