"""The built page: its files, its places, how long browsers keep them, and a policy that it runs under."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from fakes.door import CONFIG
from fakes.people import demo, house
from fakes.server import serving_app
from vedette.web.api import create_app

INDEX = '<!doctype html><title>Vedette</title><script type="module" src="/assets/index-abc.js"></script>'
SCRIPT = "console.log('hello');\n" * 100
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    for name, text in {
        "index.html": INDEX, "assets/index-abc.js": SCRIPT, "vedette.svg": "<svg/>", ".vite/manifest.json": "{}",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def http(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with house(tmp_path_factory.mktemp("house")) as (services, _):
        app = create_app(services, replace(CONFIG, page=built))
        with serving_app(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
            yield client


@pytest.mark.parametrize("path", ["/", "/c/0123", "/documents/0123?page=3", "/register", "/sign-in", "/no/such/place"])
def test_every_place_of_the_page_is_the_page_and_never_kept(http: httpx.Client, path: str) -> None:
    answer = http.get(path, headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_hashed_assets_are_kept_and_small(http: httpx.Client) -> None:
    packed = http.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert int(packed.headers["content-length"]) < len(SCRIPT) / 5
    assert packed.text == SCRIPT
    plain = http.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert gzip.decompress(gzip.compress(plain.content)) == packed.content


def test_what_has_no_hash_is_asked_for_anew(http: httpx.Client) -> None:
    first = http.get("/vedette.svg")
    assert (first.headers["cache-control"], first.headers["content-type"]) == ("no-cache", "image/svg+xml")
    again = http.get("/vedette.svg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/assets/gone-abc.js", "/.vite/manifest.json", "/../pyproject.toml", "/%2e%2e/pyproject.toml"],
)
def test_what_is_neither_file_nor_place_is_not_found(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.json()["error"]["class"]) == (404, "NotFound")


def test_the_routes_stay_what_they_are(http: httpx.Client) -> None:
    assert http.get("/v1/ask").status_code == 405
    assert http.post("/c/0123").status_code == 404
    assert http.get("/v1/nothing", headers=BROWSER).status_code == 404
    assert http.get("/livez", headers=BROWSER).text == "ok"
    assert "the API" in http.get("/docs", headers=BROWSER).text


def test_the_policy_runs_our_own_scripts_alone(http: httpx.Client) -> None:
    headers = http.get("/", headers=BROWSER).headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "connect-src", "worker-src"):
        assert rules[kind] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "*"} & set(" ".join(rules.values()).split())
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_without_a_built_page_there_is_a_plain_one_that_tells_strangers_nothing(tmp_path: Path) -> None:
    config = replace(CONFIG, page=tmp_path / "none")
    with house(tmp_path) as (services, _), serving_app(create_app(services, config)) as url:
        page = httpx.get(url, trust_env=False)
    assert page.status_code == 200
    assert "default" not in page.text
    with demo(tmp_path) as services, serving_app(create_app(services, config)) as url:
        assert "default" in httpx.get(url, trust_env=False).text
