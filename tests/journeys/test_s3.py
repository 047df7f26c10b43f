"""`vedette ingest s3://…` against moto's server: the settings, the listing, the reading and the removal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from fakes.process import vedette
from vedette.app import opened
from vedette.records import IngestReport, IngestRequest, Query
from vedette.settings import load

HERON, STORK = b"# Heron\n\nThe heron code is seven.\n", b"# Stork\n\nThe stork code is nine.\n"


@pytest.fixture(scope="module")
def bucket() -> Iterator[tuple[Any, dict[str, str]]]:
    """A client of a bucket with two notes, and the settings that reach it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="me", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="birds", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="birds", Key="notes/heron.md", Body=HERON)
    client.put_object(Bucket="birds", Key="notes/deep/stork.md", Body=STORK)
    yield (
        client,
        {
            "VEDETTE_S3_ENDPOINT": url,
            "VEDETTE_S3_KEY": "me",
            "VEDETTE_S3_SECRET": "secret",
            "VEDETTE_S3_REGION": "eu-west-1",
        },
    )
    server.stop()


def test_a_prefix_is_ingested_like_a_folder(bucket: tuple[Any, dict[str, str]], tmp_path: Path) -> None:
    client, environment = bucket

    def ingested() -> IngestReport:
        *_, report = services.knowledge.ingest(IngestRequest(("s3://birds/notes",)))
        assert isinstance(report, IngestReport)
        return report

    with opened(load(environment, tmp_path / "data")) as services:
        first = ingested()
        assert (first.documents, first.failed) == (2, ())
        best = services.knowledge.retrieve(Query("the stork code")).passages[0]
        assert (best.chunk.source, "nine" in best.chunk.text) == ("deep/stork.md", True)
        assert services.knowledge.original(best.document).data == STORK
        assert (ingested().skipped, ingested().documents) == (2, 0)
        client.put_object(Bucket="birds", Key="notes/heron.md", Body=HERON.replace(b"seven", b"eight"))
        client.delete_object(Bucket="birds", Key="notes/deep/stork.md")
        third = ingested()
        assert (third.documents, third.removed) == (1, 1)
        assert "eight" in services.knowledge.retrieve(Query("the heron code")).passages[0].chunk.text
        client.put_object(Bucket="birds", Key="notes/deep/stork.md", Body=STORK)


def test_on_the_command_line(bucket: tuple[Any, dict[str, str]], tmp_path: Path) -> None:
    _, environment = bucket
    done = vedette(tmp_path / "data", "ingest", "s3://birds/notes", "--json", **environment)
    assert (done.returncode, '"documents": 2' in done.stdout) == (0, True), done.stderr
    wrong = vedette(tmp_path / "data", "ingest", "s3://birds/nowhere", **environment)
    assert (wrong.returncode, wrong.stderr.count("\n"), "s3://birds/nowhere" in wrong.stderr) == (2, 1, True)
    away = vedette(
        tmp_path / "data", "ingest", "s3://birds/notes", **environment | {"VEDETTE_S3_ENDPOINT": "http://127.0.0.1:1"}
    )
    assert (away.returncode, away.stderr.count("\n"), "cannot be listed" in away.stderr) == (1, 1, True), away.stderr
    assert '"documents": 2' in vedette(tmp_path / "data", "collections", "--json").stdout
