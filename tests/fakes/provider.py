"""A provider of language models on a real socket, as strict as the real ones, that can fail in every way they do.

It speaks the OpenAI chat wire (server-sent events) and Ollama's (lines of JSON). `fault` names what goes wrong.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-right-key-0123456789"
MODEL = "tiny-model"
WORDS = ("Passwords ", "are ", "hashed ", "with ", "Argon2id ", "[1].")
SPELT = {"openai", "ollama"}
OPENAI_FIELDS = {"model", "messages", "temperature", "max_tokens", "stream"}
OLLAMA_FIELDS = {"model", "messages", "stream", "options"}


class FakeProvider(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, wire: str, fault: str = "") -> None:
        assert wire in SPELT
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wire = wire
        self.fault = fault
        self.words = WORDS
        self.requests: list[dict[str, Any]] = []
        self.disconnected = threading.Event()
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}" + ("/v1" if self.wire == "openai" else "")

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what these tests are about."""


@contextlib.contextmanager
def serving(wire: str, fault: str = "") -> Iterator[FakeProvider]:
    server = FakeProvider(wire, fault)
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
    disable_nagle_algorithm = True
    server: FakeProvider

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.requests.append(
            {"client": self.client_address, "path": self.path, "headers": dict(self.headers), "body": body}
        )
        status, reason, code = self._judge(body)
        if status != 200:
            self._refuse(status, reason, code)
            return
        try:
            self._answer(self.server.fault)
        except (BrokenPipeError, ConnectionResetError):
            self.server.disconnected.set()
            self.close_connection = True

    # ── what the real ones refuse ──

    def _judge(self, body: bytes) -> tuple[int, str, str]:
        openai = self.server.wire == "openai"
        if self.path != ("/v1/chat/completions" if openai else "/api/chat"):
            return 404, "page not found", "unknown_url"
        if self.headers.get("authorization") != f"Bearer {KEY}":
            return 401, f"Incorrect API key provided: {self.headers.get('authorization')}", "invalid_api_key"
        try:
            sent = json.loads(body)
        except ValueError:
            return 400, "We could not parse the JSON body of your request.", "invalid_json"
        unknown = set(sent) - (OPENAI_FIELDS if openai else OLLAMA_FIELDS)
        if unknown:
            return 400, f"Unrecognized request argument supplied: {unknown}", "unknown_parameter"
        if sent.get("model") != MODEL:
            return 404, f"The model `{sent.get('model')}` does not exist", "model_not_found"
        options = sent if openai else sent.get("options", {})
        limit = options.get("max_tokens" if openai else "num_predict")
        if not isinstance(limit, int) or limit < 1 or not 0 <= options.get("temperature", 1) <= 2:
            return 400, "Invalid value for a sampling option", "invalid_value"
        if sent.get("stream") is not True:
            return 400, "this test wants a stream", "invalid_value"
        return self._judge_messages(sent.get("messages"))

    def _judge_messages(self, messages: Any) -> tuple[int, str, str]:
        if not isinstance(messages, list) or not messages:
            return 400, "Invalid 'messages': empty array", "empty_array"
        for at, message in enumerate(messages):
            if set(message) != {"role", "content"} or message["role"] not in ("system", "user", "assistant"):
                return 400, f"Invalid value: messages[{at}]", "invalid_value"
            if not isinstance(message["content"], str) or not message["content"]:
                return 400, f"Invalid content: messages[{at}]", "invalid_value"
            if message["role"] == "system" and (at or self.server.fault == "no_system_role"):
                return 400, "Conversation roles must alternate user/assistant/user/assistant/...", "invalid_value"
        return (
            (200, "", "") if messages[-1]["role"] == "user" else (400, "The last message must be of the user", "role")
        )

    def _refuse(self, status: int, reason: str, code: str, headers: dict[str, str] | None = None) -> None:
        told = {"message": reason, "type": "invalid_request_error", "param": None, "code": code}
        self._whole(status, json.dumps({"error": told if self.server.wire == "openai" else reason}).encode(), headers)

    def _whole(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        usual = {"content-type": "application/json", "content-length": str(len(body))}
        for name, value in (usual | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # ── what they answer, and how that goes wrong ──

    def _answer(self, fault: str) -> None:
        if fault == "busy_once" and len(self.server.requests) > 1:
            fault = ""
        if fault in ("busy", "busy_once"):
            self._refuse(429, "Rate limit reached", "rate_limit_exceeded", {"retry-after": "1"})
        elif fault == "busy_long":
            self._refuse(429, "Rate limit reached", "rate_limit_exceeded", {"retry-after": "20"})
        elif fault == "quota":
            self._refuse(429, "You exceeded your current quota (insufficient_quota)", "insufficient_quota")
        elif fault == "broken":
            self._whole(500, b"<html>Internal Server Error</html>", {"content-type": "text/html"})
        elif fault == "html":
            self._whole(200, b"<html><body>\nWelcome to nginx!\n</body></html>\n", {"content-type": "text/html"})
        elif fault == "nothing":
            self._whole(200, b"", {"content-type": "text/event-stream"})
        elif fault.startswith("plain"):
            self._plain(fault)
        elif fault == "hang":
            self._wait(30)
        elif fault == "drip_headers":
            for byte in b"HTTP/1.1 200 OK\r\n" + b"x-slow: aaaaaaaaaa\r\n" * 40:
                self.wfile.write(bytes([byte]))
                self._wait(0.05)
        else:
            self._stream(fault)

    def _plain(self, fault: str) -> None:
        """One whole completion, as some servers send it whatever `stream` says."""
        reason = {"plain_length": "length", "plain_filtered": "content_filter"}.get(fault, "stop")
        message = {"role": "assistant", "content": "" if fault == "plain_empty" else "".join(self.server.words)}
        record: dict[str, Any]
        if self.server.wire == "openai":
            choice = {"index": 0, "message": message | {"refusal": None}, "logprobs": None, "finish_reason": reason}
            record = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL}
            record |= {"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15}}
            broken: Any = {"message": "out of memory", "type": "server_error"}
        else:
            record = {"model": MODEL, "created_at": "2026-11-21T00:00:00Z", "message": message, "done": True}
            record |= {"done_reason": reason, "total_duration": 5, "prompt_eval_count": 9, "eval_count": 6}
            broken = "out of memory"
        record = {"plain_error": {"error": broken}, "plain_other": {"status": "ok"}}.get(fault, record)
        body = json.dumps(record, indent=2 if self.server.wire == "openai" else None).encode()
        length = len(body) + (9 if fault == "plain_cut" else 0)
        self._whole(200, body, {"content-type": "application/json; charset=utf-8", "content-length": str(length)})
        self.close_connection = fault == "plain_cut"

    def _stream(self, fault: str) -> None:
        kind = "text/event-stream; charset=utf-8" if self.server.wire == "openai" else "application/x-ndjson"
        kind = "application/json" if fault == "misnamed" else kind
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if self.server.wire == "openai":
            self._event({"role": "assistant", "content": ""})
        if fault in ("drip", "garbage", "wrong_shape", "empty"):
            return self._oddity(fault)
        for at, word in enumerate(self.server.words):
            if at == 2 and fault in ("cut", "cut_clean", "stall", "error_midway"):
                return self._break_off(fault)
            self._event({"content": word})
            self._wait(0.1 if fault == "slow" else 0)
        return self._finish("length" if fault == "length" else "stop")

    def _oddity(self, fault: str) -> None:
        if fault == "empty":
            return self._finish("stop")
        if fault == "drip":
            for _ in range(600):
                self._chunk(b": keep-alive\n\n" if self.server.wire == "openai" else b"")
                self._event({"content": ""})
                self._wait(0.05)
            return None
        odd = "this is not JSON" if fault == "garbage" else "[1, 2]"
        self._chunk(f"data: {odd}\n\n".encode() if self.server.wire == "openai" else f"{odd}\n".encode())
        return self._chunk(b"", end=True)

    def _break_off(self, fault: str) -> None:
        if fault == "stall":
            return self._wait(30)
        if fault == "error_midway":
            told: Any = "the model runner has stopped"
            openai = self.server.wire == "openai"
            line = json.dumps({"error": {"message": told, "type": "server_error"} if openai else told})
            self._chunk(f"data: {line}\n\n".encode() if openai else f"{line}\n".encode())
        if fault != "cut":
            self._chunk(b"", end=True)
        self.close_connection = True
        return None

    def _finish(self, reason: str) -> None:
        if self.server.wire == "openai":
            self._event({}, reason)
        else:
            self._event({"content": ""}, reason)
        self._wait(30 if self.server.fault == "hang_after_end" else 0)
        if self.server.wire == "openai":
            self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"", end=True)

    def _event(self, delta: dict[str, str], reason: str | None = None) -> None:
        if self.server.wire == "openai":
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            record: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
            line = f"data: {json.dumps(record | {'model': MODEL, 'choices': [choice]})}\n\n"
        else:
            message = {"role": "assistant", "content": delta.get("content", "")}
            record = {
                "model": MODEL,
                "created_at": "2026-11-21T00:00:00Z",
                "message": message,
                "done": reason is not None,
            }
            line = json.dumps(record | ({"done_reason": reason} if reason else {})) + "\n"
        self._chunk(line.encode())

    def _chunk(self, data: bytes, end: bool = False) -> None:
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if end:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _wait(self, seconds: float) -> None:
        """Wait as a busy server would; a client that has gone shows as a broken connection."""
        end = time.monotonic() + seconds
        self.connection.settimeout(0.02)
        while time.monotonic() < end and not self.server.stopping.is_set():
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
        self.connection.settimeout(None)
