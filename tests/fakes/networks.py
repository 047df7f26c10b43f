"""A small network, for tests of the doors: web-1 reaches app-1, which reaches db-1 and opens pc-1."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from vedette.records import Asset, ForecastRequest, Link, Network, Scenario, Weakness

EASY = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOG4J, ZEROLOGON = "CVE-2021-44228", "CVE-2020-1472"
SMALL = Network(
    "small",
    (
        Asset("app-1", weaknesses=(Weakness(LOG4J, vector=EASY, epss=0.94, kev=True),)),
        Asset("db-1", criticality=1.0, weaknesses=(Weakness(ZEROLOGON, vector=EASY, epss=0.9, kev=True),)),
        Asset("pc-1"),
        Asset("web-1", weaknesses=(Weakness(LOG4J, vector=EASY, epss=0.94, kev=True),)),
    ),
    (
        Link("app-1", "db-1"),
        Link("app-1", "pc-1", "credential"),
        Link("pc-1", "db-1"),
        Link("web-1", "app-1"),
    ),
)
SCENARIO = Scenario("small", ("web-1",), days=5, worlds=200, draws=10)
FORECAST = ForecastRequest("forecast", SCENARIO)
COLLECTION = {
    "computers.json": b'{"data": [{"ObjectIdentifier": "S-1-5-21-1", "Properties": {"name": "PC.CORP"}}], '
    b'"meta": {"type": "computers", "version": 5}}'
}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
