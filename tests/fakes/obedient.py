"""A provider on a real socket whose model does whatever a document in its prompt tells it, on the OpenAI chat wire."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from vedette.learning.evaluate_injection import ObedientModel
from vedette.learning.injection_plants import Plant
from vedette.records import Message


class ObedientProvider(ThreadingHTTPServer):
    """`prompts` are all it was sent, `drafts` all it wrote: as `ObedientModel` for each plant that is in the prompt."""

    daemon_threads = True

    def __init__(self, plants: Sequence[Plant]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plants = plants
        self.prompts: list[str] = []
        self.drafts: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def written(self, messages: Sequence[Message]) -> str:
        """What the model says to a prompt."""
        self.prompts.append("\n".join(message.content for message in messages))
        asked, draft = _said(messages[-1].content), ""
        for plant in sorted(self.plants, key=lambda plant: plant.host.question not in asked):
            # Images and tags are taken out of passages before a model sees them; it obeys what is left of the order.
            order = re.split(r"[<!\[]", _said(plant.order))[0].strip() or plant.order
            if plant.host.fact in asked and order in asked:
                model = ObedientModel()
                model.plant = replace(plant, order=order)
                draft += "".join(model.generate(messages, None))
        self.drafts.append(draft or "The passages do not say. [1]")
        return self.drafts[-1]


def _said(text: str) -> str:
    return " ".join(text.split())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ObedientProvider

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = self.server.written([Message(one["role"], one["content"]) for one in sent["messages"]])
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for piece in text.splitlines(keepends=True):
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        self.wfile.write(b"data: " + json.dumps(end).encode() + b"\n\ndata: [DONE]\n\n")
        self.close_connection = True


@contextmanager
def obeying(plants: Sequence[Plant]) -> Iterator[ObedientProvider]:
    """The provider, on a free port until the end of the block."""
    server = ObedientProvider(plants)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
