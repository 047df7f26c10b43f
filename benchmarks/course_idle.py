"""`vedette up --profile course` on a school's small server: its memory while nobody asks, and after some did."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from benchmarks.bench import Bench, resident_mb
from benchmarks.results import Row
from benchmarks.start import Server

QUESTIONS = (
    "¿Cómo se previene la inyección SQL?",
    "¿Cuándo se entrega el proyecto final?",
    "¿Qué es la falsificación de solicitudes del lado del servidor?",
    "¿Quién ganó el Mundial de fútbol de 1998?",
)
ASKED = 20
SETTLE_S = 10.0
MOST_MB = 350.0


def rows(bench: Bench) -> Iterator[Row]:
    data = bench.work / "course"
    shutil.rmtree(data, ignore_errors=True)
    bench.work.mkdir(parents=True, exist_ok=True)
    with Server("up", data, bench.work / "course.log", "--profile", "course") as server:
        url = server.url()
        server.until(lambda: "Ask your own" in server.said(), every_s=0.1)
        time.sleep(SETTLE_S)
        read = resident_mb(server.process.pid)
        token = json.loads((data / "server.json").read_text(encoding="utf-8"))["token"]
        for number in range(ASKED):
            _ask(url, token, QUESTIONS[number % len(QUESTIONS)])
        time.sleep(SETTLE_S)
        asked = resident_mb(server.process.pid)
        documents = _documents(url, token)
    with Server("up", data, bench.work / "course.log", "--profile", "course") as server:
        url = server.url()
        server.until(lambda: "Ask your own" in server.said(), every_s=0.1)
        time.sleep(SETTLE_S)
        again = resident_mb(server.process.pid)
    how = (
        f"resident, all processes of `vedette up --profile course` with its worker inside, {documents} documents; no "
        "answers are kept, which takes 8 MB at most"
    )
    yield Row(
        name="course_idle: memory after the course was read",
        ours=read,
        unit="MB",
        better="lower",
        target=MOST_MB,
        note=f"{how}, {SETTLE_S:.0f} s after the first run had read them and shown an answer",
    )
    yield Row(
        name=f"course_idle: memory after {ASKED} questions",
        ours=asked,
        unit="MB",
        better="lower",
        target=MOST_MB,
        note=f"{how}, the same process {SETTLE_S:.0f} s after {ASKED} questions, one after the other",
    )
    yield Row(
        name="course_idle: memory after a start with the course there",
        ours=again,
        unit="MB",
        better="lower",
        target=MOST_MB,
        note=f"{how}, a new process {SETTLE_S:.0f} s after its first answer: how it runs day by day",
    )


def _ask(url: str, token: str, question: str) -> None:
    _call(url, token, "/v1/ask", json.dumps({"question": question}).encode())


def _documents(url: str, token: str) -> int:
    return len(_call(url, token, "/v1/documents", None)["documents"])


def _call(url: str, token: str, path: str, body: bytes | None) -> dict[str, Any]:
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=60) as response:
        found: dict[str, Any] = json.load(response)
    return found
