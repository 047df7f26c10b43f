"""Many streams at once over bare sockets: a client library would cost more than what is measured."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_STAMP = re.compile(r"<([\d.]+) ([\d.]+)>")


@dataclass(frozen=True, slots=True)
class Chat:
    """One streamed answer. Seconds: `added` to the provider's own time to its first word, of which `relayed` between
    the provider's sending and our client's reading it; `error` says what went wrong, empty where nothing did."""

    added: float
    relayed: float
    total: float
    error: str = ""


async def chat(url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Chat:
    """Ask over /v1/ask and read to the end."""
    began = time.monotonic()
    try:
        reader, writer = await _connected(url)
        writer.write(_request(url, body, {"accept": "text/event-stream", "connection": "close", **headers}))
        added = relayed = 0.0
        name = error = ""
        while line := await reader.readline():
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif name == "token" and not added and (found := _STAMP.search(line.decode())):
                read, asked, sent = time.monotonic(), float(found[1]), float(found[2])
                added, relayed = (read - began) - (sent - asked), read - sent
            elif name == "error" and line.startswith(b"data: "):
                error = line.decode()
            elif line.startswith(b"HTTP/1.1") and b" 200 " not in line:
                error = line.decode().strip()
        writer.close()
        error = error or ("" if name == "answer" and added else f"it ended with {name or 'nothing'}")
    except OSError as failure:
        added = relayed = 0.0
        error = repr(failure)
    return Chat(added, relayed, time.monotonic() - began, error)


async def _connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 20)


def _request(url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    parts, data = urlsplit(url), json.dumps(body).encode()
    sent = {"host": parts.netloc, "content-type": "application/json", "content-length": str(len(data)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {parts.path} HTTP/1.1\r\n{lines}\r\n".encode() + data


async def requests_for(url: str, bodies: Sequence[Mapping[str, object]], headers: Mapping[str, str], s: float) -> int:
    """How many requests were answered with 200 within `s` seconds over one kept connection, the bodies in turn."""
    answered, end = 0, time.monotonic() + s
    reader, writer = await _connected(url)
    while time.monotonic() < end:
        writer.write(_request(url, bodies[answered % len(bodies)], headers))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{url} answered {head.splitlines()[0].decode()}: {body[:300].decode()}")
        answered += 1
    writer.close()
    return answered
