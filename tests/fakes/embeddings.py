"""An OpenAI-compatible embeddings endpoint on a real socket, as strict about the wire as the real one.

Its vectors are those of an embedder it is given, twice as long and in reversed order, as the wire allows: `index` says
which text a vector belongs to. `fault` names what goes wrong; `busy` is how many requests get a 429 first.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from vedette.rag.embed import Embedder

KEY = "sk-right-key-0123456789"
MODEL = "tiny-embeddings"
FIELDS = {"model", "input", "encoding_format", "dimensions", "user"}


class EmbeddingsServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, embedder: Embedder, fault: str = "", busy: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.embedder = embedder
        self.fault = fault
        self.busy = busy
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gives up is what some tests are about."""


@contextlib.contextmanager
def serving(embedder: Embedder, fault: str = "", busy: int = 0) -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer(embedder, fault, busy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: EmbeddingsServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        if self.server.fault == "hang":
            self.server.stopping.wait(10)
            return
        status, body = self._answer(raw)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        if status == 429:
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, raw: bytes) -> tuple[int, bytes]:
        if self.path != "/v1/embeddings":
            return _error(404, f"no route {self.path}")
        if self.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, f"Incorrect API key provided: {self.headers.get('authorization')}")
        if self.server.busy:
            self.server.busy -= 1
            return _error(429, "Rate limit reached")
        if self.server.fault == "failing":
            return _error(500, "The server had an error")
        if self.server.fault == "garbage":
            return 200, b"<html>It works!</html>"
        request = json.loads(raw)
        wrong = _wrong(request)
        if wrong:
            return wrong
        self.server.requests.append(request)
        return 200, self._vectors(request)

    def _vectors(self, request: dict[str, Any]) -> bytes:
        vectors = 2 * self.server.embedder.embed(request["input"])
        if self.server.fault == "nan":
            vectors[0, 0] = np.nan
        rows = [
            {"object": "embedding", "index": index, "embedding": _written(vector, request.get("encoding_format"))}
            for index, vector in enumerate(vectors)
        ]
        if self.server.fault == "short":
            rows.pop()
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return json.dumps({"object": "list", "data": rows[::-1], "model": MODEL, "usage": usage}).encode()

    def log_message(self, format: str, *args: object) -> None:
        """The tests' output is not this server's log."""


def _wrong(request: dict[str, Any]) -> tuple[int, bytes] | None:
    texts = request.get("input")
    if not set(request) <= FIELDS:
        return _error(400, f"unknown fields {set(request) - FIELDS}")
    if request.get("model") != MODEL:
        return _error(404, f"The model `{request.get('model')}` does not exist")
    if request.get("encoding_format", "float") not in ("float", "base64"):
        return _error(400, "encoding_format must be float or base64")
    if not isinstance(texts, list) or not 0 < len(texts) <= 2048:
        return _error(400, "input must be an array of 1 to 2048 texts")
    if not all(isinstance(text, str) and text for text in texts):
        return _error(400, "input cannot be an empty string")
    return None


def _written(vector: np.ndarray, encoding: str | None) -> str | list[float]:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode() if encoding == "base64" else vector.tolist()


def _error(status: int, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()
