"""The doors under load: what we add to a provider's first word, open streams, retrievals a second, signing in."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import large
from benchmarks.bench import ROOT, Bench, environment, percentile, resident_mb, vedette
from benchmarks.library import folder, sample_library
from benchmarks.load import Chat, chat, requests_for
from benchmarks.results import Row

CHATS, STREAMS = 50, 500
FIRST_MS, GAP_MS, WORDS = 400, 150, 120
RETRIEVERS, RETRIEVE_S = 8, 20.0
SIGN_INS = 30
_FORMS = (
    "What is {title}?",
    "How do I detect {title}?",
    "How is {title} mitigated?",
    "Which controls help against {title}?",
)
EMAIL, PASSWORD = "bench@example.org", "correct horse battery staple 7"
PROVIDER = f"a provider on the same machine that sends its first word after {FIRST_MS} ms"


def rows(bench: Bench) -> Iterator[Row]:
    with sample_library(bench) as knowledge:
        titles = sorted({info.title for info in knowledge.documents("default")})
    yield from _first_words(bench, titles)
    yield _open_streams(bench, titles)
    yield _retrievals(bench, titles)
    yield _signing_in()


@dataclass(frozen=True, slots=True)
class Server:
    """A running `vedette serve` and what proves its owner."""

    url: str
    owner: Mapping[str, str]
    pid: int


@contextmanager
def served(data: Path, **settings: str) -> Iterator[Server]:
    """`vedette serve` over a data folder."""
    process = subprocess.Popen(
        [*vedette("--data", str(data), "serve"), "--port", "0"],
        cwd=ROOT, env=environment() | settings, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        found = _announced(data, process)
        yield Server(found["url"], {"authorization": f"Bearer {found['token']}"}, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _announced(data: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        path = data / "server.json"
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if found.get("pid") == process.pid:
            try:
                urllib.request.urlopen(f"{found['url']}/livez", timeout=2).close()
                return dict(found)
            except (urllib.error.URLError, OSError):
                pass
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


@contextmanager
def provider(gap_ms: float, words: int) -> Iterator[dict[str, str]]:
    """A provider in a process of its own; the settings that name it."""
    line = [sys.executable, "-m", "benchmarks.fake_provider", "--first-ms", str(FIRST_MS), "--gap-ms", str(gap_ms)]
    process = subprocess.Popen([*line, "--words", str(words)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield {"VEDETTE_LLM_URL": f"http://127.0.0.1:{port}/v1", "VEDETTE_LLM_MODEL": "words"}
    finally:
        process.terminate()
        process.wait(10)


def _first_words(bench: Bench, titles: Sequence[str]) -> Iterator[Row]:
    """Each of 50 people asks twice, begun one after the other, so that 50 answers are under way throughout."""
    whole_s = (FIRST_MS + GAP_MS * WORDS) / 1000
    with provider(GAP_MS, WORDS) as settings, served(folder(bench), **settings) as server:
        asyncio.run(chat(f"{server.url}/v1/ask", {"question": "What is phishing?"}, server.owner))
        chats = asyncio.run(_talks(server, _questions(titles), CHATS, 2, whole_s))
    _require_none_failed(chats)
    note = (
        f"{CHATS} answers under way at once, {len(chats)} in all, no question twice, over the sample library; "
        f"{PROVIDER} and one every {GAP_MS} ms, at most {WORDS}; server, provider and clients share the cores"
    )
    for name, target, values in (
        ("added by us in all: retrieve, decide, ask, relay", 15, [one.added * 1000 for one in chats]),
        ("of which the way of the word through us", None, [one.relayed * 1000 for one in chats]),
    ):
        shares = "; ".join(f"p{share * 100:.0f} {percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99))
        yield Row(
            name=f"doors: first word at {CHATS} chats, {name}, p99",
            ours=percentile(values, 0.99), unit="ms", better="lower", target=target, note=f"{note}; ms: {shares}",
        )  # fmt: skip


async def _talks(server: Server, ask: Callable[[], str], people: int, rounds: int, over_s: float) -> list[Chat]:
    done: list[Chat] = []

    async def talk(number: int) -> None:
        await asyncio.sleep(over_s * number / people)
        for _ in range(rounds):
            done.append(await chat(f"{server.url}/v1/ask", {"question": ask()}, server.owner))

    await asyncio.gather(*(talk(number) for number in range(people)))
    return done


def _open_streams(bench: Bench, titles: Sequence[str]) -> Row:
    with provider(1000, 20) as settings, served(folder(bench), **settings) as server:
        asyncio.run(chat(f"{server.url}/v1/ask", {"question": "What is phishing?"}, server.owner))
        began = time.monotonic()
        chats = asyncio.run(_talks(server, _questions(titles), STREAMS, 1, 10.0))
        spent, memory = time.monotonic() - began, resident_mb(server.pid)
    failed = [one for one in chats if one.error]
    return Row(
        name=f"doors: {STREAMS} streams open at once, that came to their answer",
        ours=len(chats) - len(failed), unit="streams", better="higher", target=STREAMS,
        note=f"begun within 10 s; {PROVIDER} and one a second, at most 20; the last answer after {spent:.0f} s, the "
        f"server then at {memory:.0f} MB{f'; first error: {failed[0].error}' if failed else ''}",
    )  # fmt: skip


def _retrievals(bench: Bench, titles: Sequence[str]) -> Row:
    data = bench.work / "large"
    if not (data / "chunks.jsonl").exists():
        bench.say("  making a library of 100,000 chunks")
        large.make(folder(bench), data)
    drawn = random.Random(1).choices(titles, k=400)
    bodies = [{"query": f"How do I detect {title}?", "collection": large.COLLECTION, "k": 10} for title in drawn]

    async def all_of_them(server: Server, seconds: float) -> int:
        url = f"{server.url}/v1/retrieve"
        counts = (
            requests_for(url, bodies[n * 50 :] + bodies[: n * 50], server.owner, seconds) for n in range(RETRIEVERS)
        )
        return sum(await asyncio.gather(*counts))

    with served(data) as server:
        asyncio.run(all_of_them(server, 3.0))
        done = asyncio.run(all_of_them(server, RETRIEVE_S))
    return Row(
        name="doors: /v1/retrieve at 100,000 chunks",
        ours=done / RETRIEVE_S, unit="requests/s", better="higher", target=100,
        note=f"{RETRIEVERS} connections, {len(set(drawn))} different questions in turn, k 10, hybrid, "
        f"{RETRIEVE_S:.0f} s after 3 s to warm; the clients share the cores",
    )  # fmt: skip


def _signing_in() -> Row:
    with tempfile.TemporaryDirectory() as name:
        data, settings = Path(name) / "data", {"VEDETTE_ACCOUNTS_SIGN_IN": "true"}
        made = [*vedette("--data", str(data), "users", "create-admin"), EMAIL]
        subprocess.run(made, input=f"{PASSWORD}\n", text=True, check=True, env=environment() | settings, cwd=ROOT)
        with served(data, **settings) as server:
            spent = [_signed_in(server.url) for _ in range(SIGN_INS + 2)][2:]
    return Row(
        name="doors: signing in, p95",
        ours=percentile(spent, 0.95), unit="ms", better="lower", target=400,
        note=f"{SIGN_INS} times, one after the other, by HTTP, Argon2id as by default; p50 "
        f"{percentile(spent, 0.5):.0f} ms",
    )  # fmt: skip


def _signed_in(url: str) -> float:
    body = f"username={EMAIL}&password={PASSWORD.replace(' ', '+')}".encode()
    began = time.perf_counter()
    with urllib.request.urlopen(f"{url}/v1/auth/login", data=body, timeout=30) as response:
        response.read()
    return (time.perf_counter() - began) * 1000


def _questions(titles: Sequence[str]) -> Callable[[], str]:
    """A question that was not asked before, each time: an answer is remembered."""
    every = [form.format(title=title) for form in _FORMS for title in titles]
    random.Random(2).shuffle(every)
    return iter(every).__next__


def _require_none_failed(chats: Sequence[Chat]) -> None:
    failed = [one.error for one in chats if one.error]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(chats)} chats failed: {failed[0]}")
