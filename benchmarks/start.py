"""`vedette up` on an empty data folder: when the first question can be asked, when the whole sample library stands,
and the memory that it takes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import ROOT, Bench, Memory, environment, resident_mb, vedette
from benchmarks.library import folder
from benchmarks.results import Row

QUESTIONS = (
    "Which controls mitigate T1110 brute force?",
    "How do I store passwords safely?",
    "What are the phases of incident response?",
    "Who won the 1998 World Cup?",
)
ASKED = 40
GIVEN_UP_S = 900


@dataclass(frozen=True, slots=True)
class FirstRun:
    """Seconds since the start of the process, resident MB."""

    reachable: float
    answered: float
    whole: float
    ingesting_mb: float
    serving_mb: float
    documents: int


def rows(bench: Bench) -> Iterator[Row]:
    shutil.rmtree(folder(bench), ignore_errors=True)
    run = first_run(folder(bench), bench.work)
    how = f"`vedette up` on an empty data folder, {run.documents} documents in the end"
    yield Row(
        name="start: first question possible",
        ours=run.answered,
        unit="s",
        better="lower",
        target=30,
        note=f"{how}; until one about the documents is answered; the server is reached after {run.reachable:.1f} s",
    )
    yield Row(
        name="start: whole sample library ingested",
        ours=run.whole,
        unit="s",
        better="lower",
        target=180,
        note=f"{how}; questions were asked every second meanwhile, until the first answer",
    )
    yield Row(
        name="start: peak memory while ingesting the sample library",
        ours=run.ingesting_mb,
        unit="MB",
        better="lower",
        target=700,
        note=f"{how}; resident, server and parsing process together, looked at every 0.1 s",
    )
    yield Row(
        name="start: memory while serving the sample library",
        ours=run.serving_mb,
        unit="MB",
        better="lower",
        target=400,
        note=f"a new process on the same library, resident after {ASKED} questions",
    )


def first_run(data: Path, work: Path) -> FirstRun:
    """Start the server on an empty folder, ask until it answers, wait for the whole library, measure memory."""
    work.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with Server("up", data, work / "up.log") as server:
        watch = Memory(server.process.pid)
        url = server.url()
        reachable = time.perf_counter() - started
        server.until(lambda: any(not _ask(url, question)["refused"] for question in QUESTIONS), every_s=1.0)
        answered = time.perf_counter() - started
        server.until(lambda: "Ask your own" in server.said(), every_s=0.1)
        whole = time.perf_counter() - started
        ingesting = watch.stop()
    with Server("serve", data, work / "serve.log") as server:
        url = server.url()
        for number in range(ASKED):
            _ask(url, QUESTIONS[number % len(QUESTIONS)])
        serving = resident_mb(server.process.pid)
        documents = len(_get(f"{url}/v1/documents")["documents"])
    return FirstRun(reachable, answered, whole, ingesting, serving, documents)


class Server:
    """A running `vedette up` or `vedette serve`; stopped at the end."""

    def __init__(self, command: str, data: Path, log: Path, *options: str) -> None:
        self._log = log
        with log.open("w") as out:
            arguments = vedette("--data", str(data), command, "--port", "0", *options)
            self.process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdout=out, stderr=out)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def url(self) -> str:
        found: list[str] = []

        def told() -> bool:
            found[:] = re.findall(r"answers at (http://[\d.:]+)", self.said())
            return bool(found)

        self.until(told, every_s=0.05)
        return found[0]

    def until(self, reached: Any, every_s: float) -> None:
        """Wait until `reached()`. Raises RuntimeError when the server ends or the time is up."""
        deadline = time.monotonic() + GIVEN_UP_S
        while True:
            try:
                if reached():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass  # not listening yet, or no collection yet
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"vedette did not get there: {self.said()[-800:]}")
            time.sleep(every_s)


def _ask(url: str, question: str) -> dict[str, Any]:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/v1/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def _get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=60) as response:
        found: dict[str, Any] = json.load(response)
    return found
