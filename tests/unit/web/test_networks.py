"""Networks over HTTP: files as text, zips as base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fakes.door import Door, opened_door
from fakes.networks import COLLECTION, zipped


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def added(door: Door, content: bytes | str, **more: Any) -> httpx.Response:
    """The response to a file in base64."""
    text = content if isinstance(content, str) else base64.b64encode(content).decode()
    file = {"name": "20260101_BloodHound.zip", "content": text, "encoding": "base64", **more}
    return door.http.post("/v1/networks", json={"files": [file]}, headers=door.key("editor"))


def test_a_zip_of_bloodhound_becomes_a_network(door: Door) -> None:
    made = added(door, zipped(COLLECTION))
    assert made.status_code == 200, made.text
    assert (made.json()["name"], made.json()["assets"]) == ("20260101_BloodHound", 1)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"PK\x03\x04" + b"\xff" * 200, 400, "20260101_BloodHound.zip cannot be unpacked"),
        (zipped({"report.docx": b"x"}), 400, "no JSON file in it"),
        (zipped({"computers.json": b"\xff"}), 400, "BloodHound.zip/computers.json is not JSON"),
        (zipped({"computers.json": b" " * 2_000_000}), 413, "200 times its size"),
        (zipped({f"{number}.json": b"{}" for number in range(1001)}), 413, "more than 1,000 JSON files"),
        ("UEsD*BA==", 400, "20260101_BloodHound.zip is not base64"),
        ("Ünd", 400, "is not base64"),
    ],
)
def test_a_bad_zip_is_one_sentence(door: Door, content: bytes | str, status: int, said: str) -> None:
    refused = added(door, content)
    assert (refused.status_code, said in refused.json()["error"]["message"]) == (status, True), refused.text


def test_an_encoding_that_there_is_not_is_refused(door: Door) -> None:
    assert added(door, b"x", encoding="gzip").status_code == 400
