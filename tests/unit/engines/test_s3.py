"""S3 against moto's server, started here: the same requests over HTTP as to a real bucket."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from vedette.engines import s3
from vedette.errors import BadInput, LoadError, MissingExtra, NotFound
from vedette.rag.load.discover import Found, discover

FILES = {
    "guides/b.md": b"# B",
    "guides/deep/a.txt": b"A text",
    "guides/.hidden.md": b"no",
    "guides/x.exe": b"MZ",
    "c.md": b"C",
}


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, str]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    access = {"endpoint_url": f"http://{host}:{port}", "key": "testing", "secret": "testing"}
    client = boto3.client(
        "s3",
        endpoint_url=access["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.create_bucket(Bucket="library")
    client.create_bucket(Bucket="empty")
    for name, data in FILES.items():
        client.put_object(Bucket="library", Key=name, Body=data)
    yield access
    server.stop()


def found(url: str, options: dict[str, str]) -> dict[str, bytes]:
    return {
        item.source: item.read()
        for item in discover(url, {"s3": lambda target: s3.find(target, options)})
        if isinstance(item, Found)
    }


def test_a_prefix_is_read_like_a_folder(options: dict[str, str]) -> None:
    assert found("s3://library/guides", options) == {"b.md": b"# B", "deep/a.txt": b"A text"}
    assert list(found("s3://library/", options)) == ["c.md", "guides/b.md", "guides/deep/a.txt"]


def test_a_single_object(options: dict[str, str]) -> None:
    assert found("s3://library/guides/b.md", options) == {"b.md": b"# B"}


@pytest.mark.parametrize("url", ["s3://library/nowhere", "s3://empty/", "s3://no-such-bucket/x"])
def test_nothing_there(options: dict[str, str], url: str) -> None:
    with pytest.raises((NotFound, LoadError), match=url):
        found(url, options)


@pytest.mark.parametrize("url", ["s3://", "s3:///guides"])
def test_an_address_without_a_bucket(options: dict[str, str], url: str) -> None:
    with pytest.raises(BadInput, match="names no bucket"):
        found(url, options)


def test_a_name_that_no_bucket_can_have_is_one_line(options: dict[str, str]) -> None:
    with pytest.raises(LoadError, match="cannot be listed") as raised:
        found("s3://no!bucket/x", options)
    assert raised.value.message.isprintable()


def test_the_scheme_in_capitals(options: dict[str, str]) -> None:
    assert found("S3://library/guides/b.md", options) == {"b.md": b"# B"}


@pytest.mark.slow
def test_a_server_that_is_not_there() -> None:
    away = {"endpoint_url": "http://127.0.0.1:1", "key": "x", "secret": "x"}
    with pytest.raises(LoadError, match="cannot be listed"):
        found("s3://library/guides", away)


def test_a_missing_library_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingExtra, match=r"pip install 'vedette\[s3\]'"):
        found("s3://library/guides", {})
