"""A million links: prepared within seconds, in bounded memory."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from vedette.errors import TooLarge
from vedette.records import Asset, Link, Network, Weakness
from vedette.spread import formats
from vedette.spread import network as networks
from vedette.spread.formats import attributes
from vedette.spread.network import checked, digest
from vedette.spread.prepared import graph_of_network
from vedette.spread.rates import RateRules

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def large(hosts: int, links: int) -> Network:
    chance = random.Random(1)
    assets = tuple(
        Asset(
            f"h{n:06}",
            group=f"g{n % 100}",
            weaknesses=tuple(Weakness(f"CVE-2021-{1000 + (n * 7 + m) % 300}", 0, VECTOR, 0.1) for m in range(n % 4)),
        )
        for n in range(hosts)
    )
    ends = (chance.sample(range(hosts), 2) for _ in range(links))
    kinds = ("reach", "reach", "reach", "credential")
    made = (Link(f"h{a:06}", f"h{b:06}", kinds[n % 4]) for n, (a, b) in enumerate(ends))  # type: ignore[arg-type]
    return Network("large", assets, tuple(made))


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> None:
    """Prints (megabytes at the end, CPU seconds of checking, of preparing), in a process of its own."""
    given = large(100_000, 1_000_000)
    begin = time.process_time()
    network = checked(given)
    between = time.process_time()
    prepared = graph_of_network(network, RateRules(), lambda cve: None)
    end = time.process_time()
    assert prepared.graph.links > 990_000
    assert len(prepared.groups()) > 200
    assert len(digest(network)) == 64
    print(megabytes(), between - begin, end - between)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_million_links() -> None:
    program = "from pathlib import Path; import runpy, sys; runpy.run_path(sys.argv[1])['measure']()"
    done = subprocess.run([sys.executable, "-c", program, __file__], capture_output=True, text=True, check=True)
    memory, checking, preparing = map(float, done.stdout.split())
    assert memory < 2048
    assert checking < 30  # 9 s on a busy machine of 2026
    assert preparing < 15  # 5 s there


def test_more_links_than_can_be_kept_are_refused_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LINKS", 100_000)
    made = 0

    def link(given: Mapping[str, Any], where: str) -> Link:
        nonlocal made
        made += 1
        return Link("a", "b")

    monkeypatch.setattr(attributes, "link", link)
    with pytest.raises(TooLarge, match="more than 100,000 links"):
        formats.read({"edges.csv": b"source,target\n" + b"a,b\n" * 1_000_000})
    assert made < 200_000
