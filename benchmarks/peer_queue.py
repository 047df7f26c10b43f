"""The peer's queue, procrastinate, as its documentation tells to use it: asynchronously, over one pool of connections.

Runs in the queue peer's environment and knows nothing of Vedette. All but `fill` and `fetch` wait for a line on stdin
before they begin, so that several processes begin together, and print {"done": …, "seconds": …}.

    python peer_queue.py schema DSN                         makes its tables
    python peer_queue.py add DSN CLIENTS SECONDS            `defer_async`, one after the other in each client
    python peer_queue.py batch DSN CLIENTS SECONDS          `batch_defer_async`, 100 at a time
    python peer_queue.py fill DSN NUMBER                    so many jobs
    python peer_queue.py fetch DSN NUMBER                   takes jobs one by one; prints {"seconds": [of each]}
    python peer_queue.py work DSN CLIENTS SECONDS           takes and finishes jobs
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status

BATCH, FILL = 100, 1000


# It warns that a worker could not import its tasks from here; none does.
logging.getLogger("procrastinate").setLevel(logging.ERROR)


def app(dsn: str, clients: int) -> App:
    return App(connector=PsycopgConnector(conninfo=dsn, min_size=clients, max_size=clients))


def job(text: str, number: int) -> dict[str, Any]:
    return {"person": f"{number // 10:032x}", "text": text}


async def many(clients: int, seconds: float, step: Callable[[int], Awaitable[int]]) -> None:
    """Each client takes one step after the other until the time is over."""
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    began = time.monotonic()

    async def client(number: int) -> int:
        done = 0
        while time.monotonic() < began + seconds:
            done += await step(number * 1_000_000 + done)
        return done

    done = sum(await asyncio.gather(*(client(number) for number in range(clients))))
    print(json.dumps({"done": done, "seconds": time.monotonic() - began}))


async def main(command: str, dsn: str, *given: str) -> None:
    clients = int(given[0]) if command in ("add", "batch", "work") else 1
    tasks = app(dsn, clients)
    text = " ".join(["What does article 103 of the constitution say of the amparo?"] * 3)

    @tasks.task(name="answer")
    async def answer(person: str, text: str) -> None: ...

    async def add(number: int) -> int:
        await answer.defer_async(**job(text, number))
        return 1

    async def batch(number: int) -> int:
        return len(await answer.batch_defer_async(*(job(text, number + one) for one in range(BATCH))))

    async with tasks.open_async():
        if command == "schema":
            await tasks.schema_manager.apply_schema_async()
        elif command == "fill":
            for since in range(0, int(given[0]), FILL):
                await answer.batch_defer_async(*(job(text, since + one) for one in range(FILL)))
        elif command in ("add", "batch"):
            await many(clients, float(given[1]), add if command == "add" else batch)
        else:
            worker = await tasks.job_manager.register_worker()

            async def work(_: int) -> int:
                found = await tasks.job_manager.fetch_job(queues=None, worker_id=worker)
                await tasks.job_manager.finish_job(found, Status.SUCCEEDED, delete_job=False)
                return 1

            if command == "work":
                await many(clients, float(given[1]), work)
                return
            seconds = []
            for _ in range(int(given[0])):
                began = time.perf_counter()
                await tasks.job_manager.fetch_job(queues=None, worker_id=worker)
                seconds.append(time.perf_counter() - began)
            print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
