from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from fakes.knowledge import FixedKnowledge
from fakes.people import demo
from fakes.server import serving_app
from vedette.services import Services
from vedette.web.api import create_app
from vedette.web.config import WebConfig

CONFIG = WebConfig(
    version="1.2.3",
    token="the-owner-token",
    cors_origins=("https://portal.example",),
    max_upload_bytes=200_000,
    max_body_bytes=100_000,
    heartbeat_s=0.05,
)


@pytest.fixture(scope="module")
def knowledge() -> FixedKnowledge:
    return FixedKnowledge()


@pytest.fixture(scope="module")
def services(knowledge: FixedKnowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The demo: nobody signs in."""
    with demo(tmp_path_factory.mktemp("demo"), knowledge) as made:
        yield made


@pytest.fixture(scope="module")
def url(services: Services) -> Iterator[str]:
    with serving_app(create_app(services, CONFIG)) as address:
        yield address


@pytest.fixture(scope="module")
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def owner() -> dict[str, str]:
    return {"Authorization": f"Bearer {CONFIG.token}"}
