"""What every measurement is handed: folders, the peer's environment, and ways to start a program and time it."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "examples" / "security"


class Absent(Exception):
    """Something that a measurement needs is not here: said aloud, and its rows are left as they were."""


@dataclass(frozen=True, slots=True)
class Bench:
    """`work` keeps what is made once; `dev` holds `retrieval-dev/`, the development sets;
    `peer` is the Python of the peer's environment, `queue_peer` that of the peer of the queue of questions."""

    work: Path
    dev: Path | None
    peer: Path | None
    queue_peer: Path | None
    say: Callable[[str], None]

    def dev_set(self, name: str) -> Path:
        """A folder of the development sets. Raises Absent."""
        folder = self.dev / "retrieval-dev" / name if self.dev else None
        if folder is None or not folder.is_dir():
            raise Absent(f"there is no retrieval-dev/{name} in --dev or VEDETTE_DEV_DATA")
        return folder

    def peer_python(self) -> Path:
        """Raises Absent."""
        return _there(self.peer)

    def queue_python(self) -> Path:
        """Raises Absent."""
        return _there(self.queue_peer)


def _there(python: Path | None) -> Path:
    if python is None or not python.exists():
        raise Absent("no environment of the peer; make it with: python -m benchmarks.peers")
    return python


def machine() -> str:
    """This machine in a few words."""
    model = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def vedette(*arguments: str) -> list[str]:
    """The command line of the product, in this environment."""
    return [sys.executable, "-m", "vedette.cli.main", *arguments]


def environment() -> dict[str, str]:
    """The environment of every program that is measured: no hub, no settings of this shell, no kept answers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VEDETTE_")}
    return kept | {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "ANONYMIZED_TELEMETRY": "False",
        "VEDETTE_CACHE_MEGABYTES": "0",
    }


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program: wall seconds, peak resident MB of it and its children, and what it printed."""

    seconds: float
    peak_mb: float
    output: str


def timed(command: Sequence[str], cwd: Path = ROOT) -> Run:
    """Run a program to its end. Raises RuntimeError with its last words when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command), cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watch = Memory(process.pid)
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    peak = watch.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} ended with {process.returncode}: {errors[-800:]}")
    return Run(seconds, peak, output)


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, in MB of a million bytes."""
    total = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total / 1e6


class Memory:
    """Watches the resident memory of a process and its children until `stop`, which gives the peak in MB."""

    def __init__(self, pid: int, every_s: float = 0.1) -> None:
        import threading

        self._pid, self._every, self.peak = pid, every_s, 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._end.wait(self._every):
            self.peak = max(self.peak, resident_mb(self._pid))

    def stop(self) -> float:
        self._end.set()
        self._thread.join()
        return self.peak


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
