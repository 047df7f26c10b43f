"""A provider of language models that does nothing but stream words at known times: python -m benchmarks.fake_provider

It speaks the OpenAI chat wire and prints its port. It answers with sentences of the passages that it is handed, in
turn. Its first word carries two times of the machine's monotonic clock, in seconds: when the request was there and when
the word was sent, so that a client can tell what others added.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import sys
import time

PASSAGE = re.compile(r"^passage-(\w+) \[(\d+)\].*\n((?s:.*?))\npassage-\1 end$", re.MULTILINE)
SENTENCE = re.compile(r"[A-Z][^.!?\n]{40,300}[.]")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, given: argparse.Namespace) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(length)
            await _answer(writer, time.monotonic(), _words(body, given.words), given)
    writer.close()


def _words(body: bytes, most: int) -> list[str]:
    passages = PASSAGE.findall(json.loads(body)["messages"][-1]["content"])
    cut = [[f"{sentence[:-1]} [{number}]." for sentence in SENTENCE.findall(text)] for _, number, text in passages]
    rounds = itertools.zip_longest(*cut[:4], fillvalue="")
    return " ".join(sentence for once in rounds for sentence in once if sentence).split(" ")[:most]


async def _answer(writer: asyncio.StreamWriter, asked: float, words: list[str], given: argparse.Namespace) -> None:
    writer.write(HEAD + _event({"role": "assistant", "content": ""}))
    await asyncio.sleep(given.first_ms / 1000)
    due = time.monotonic()
    writer.write(_event({"content": f"<{asked:.6f} {due:.6f}> "}))
    for word in words:
        due += given.gap_ms / 1000
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        writer.write(_event({"content": word + " "}))
        await writer.drain()
    writer.write(_event({}, "stop") + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
    await writer.drain()


def _event(delta: dict[str, str], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    record = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "words", "choices": [choice]}
    return _chunk(f"data: {json.dumps(record)}\n\n".encode())


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _main(given: argparse.Namespace) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: _serve(reader, writer, given), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-ms", type=float, required=True, help="from the request to the first word")
    parser.add_argument("--gap-ms", type=float, required=True, help="between words")
    parser.add_argument("--words", type=int, required=True, help="at most so many")
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(_main(parser.parse_args())))
