"""Results tell their sentences in the language that a caller asks for; what is stored stays English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fakes.networks import SMALL
from vedette.sentences.catalogue import say
from vedette.services import Services

OWN = "Checked by hand in May."
SCENARIO = {"network": "small", "sources": ["web-1"], "days": 3, "worlds": 100, "draws": 5}


@pytest.fixture(scope="module", autouse=True)
def small(services: Services) -> Iterator[None]:
    services.forecasting.store(replace(SMALL, assumptions=(say("graph.undirected"), OWN)))
    yield
    services.forecasting.remove("small")


def in_french(http: httpx.Client, place: str, owner: dict[str, str]) -> Any:
    return http.get(place, headers={**owner, "Accept-Language": "de, fr-CH;q=0.9, en;q=0.5"}).json()


def test_a_forecast_is_told_in_the_language_asked_for(http: httpx.Client, owner: dict[str, str]) -> None:
    body = {"kind": "forecast", "scenario": SCENARIO, "wait_s": 30}
    told = http.post("/v1/forecasts", json=body, headers={**owner, "Accept-Language": "es"}).json()
    spanish = told["result"]
    assert spanish["assumptions"][:2] == [
        "Compromiso inicial, día 0: web-1.",
        "Un equipo ya limpio no vuelve a verse comprometido (SIR).",
    ]
    assert OWN in spanish["assumptions"]
    assert all("equipos menos" in lever for lever in spanish["levers"])
    assert "intruso" in [name for name, _ in spanish["rates"][0]["factors"]]
    english = http.get(f"/v1/forecasts/{told['id']}", headers=owner).json()["result"]
    assert english["assumptions"][0] == "Compromised on day 0: web-1."
    assert english["total"] == spanish["total"]
    french = in_french(http, f"/v1/forecasts/{told['id']}", owner)["result"]
    assert french["assumptions"][0] == "Compromission initiale, jour 0 : web-1."


def test_so_are_networks_and_their_rates(http: httpx.Client, owner: dict[str, str]) -> None:
    (info,) = in_french(http, "/v1/networks", owner)["networks"]
    whole = in_french(http, "/v1/networks/small", owner)
    for told in (info, whole):
        assert told["assumptions"][0].startswith("Le graphe n’est pas orienté")
        assert told["assumptions"][1] == OWN
    rates = in_french(http, "/v1/networks/small/rates", owner)["rates"]
    ways = {line["cve"] for line in rates}
    assert "credential" in ways  # what programs read stays
    assert "intrus" in {name for line in rates for name, _ in line["factors"]}
    assert http.get("/v1/networks/small", headers=owner).json()["assumptions"][0] == say("graph.undirected")
