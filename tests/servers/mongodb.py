"""A server that speaks MongoDB's protocol: mongo-java-server, for MongoDB's own is in no registry of packages. Where
VEDETTE_TEST_MONGODB_URL names one, as the service container of the workflow does, that is the one."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from servers import databases

JARS = Path(sys.prefix) / "mongodb"  # put there by make, see tests/servers/java/install.sh
SERVER = Path(__file__).parent / "java" / "DurableServer.java"


@contextmanager
def mongodb() -> Iterator[str]:
    """The URL of an empty database."""
    if given := os.environ.get("VEDETTE_TEST_MONGODB_URL"):
        url = f"{given}/vedette-{uuid.uuid4().hex}"
        yield url
        with _client(url) as client:
            client.drop_database(client.get_default_database())
        return
    with databases.own_folder() as folder, serving(folder) as (url, _):
        yield url


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, databases.Server]]:
    """The URL of a server whose data are in a folder, and the server."""
    java, port = databases.program("java"), databases.free_port()
    if not any(JARS.glob("*.jar")):
        databases.absent(f"The server of MongoDB's tests is not installed; run tests/servers/java/install.sh {JARS}")
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*", str(SERVER), str(folder / "data"), str(port)]
    url = f"mongodb://127.0.0.1:{port}/vedette"
    with databases.running(command, folder, lambda: _answers(url)) as server:
        yield url, server


def empty(url: str) -> None:
    """Drop every collection of a database."""
    with _client(url) as client:
        database = client.get_default_database()
        for name in database.list_collection_names():
            database.drop_collection(name)


def _answers(url: str) -> bool:
    try:
        with _client(url, 100) as client:
            client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def _client(url: str, wait_ms: int = 10_000) -> MongoClient[dict[str, object]]:
    return MongoClient(url, serverSelectionTimeoutMS=wait_ms)
