"""What questions survive: each test here is a row of docs/reliability.md, which `make reliability` writes.

`--reliability PAGE` writes the page once every test here ran and passed; with `--collect-only` it compares the rows of
the page with those that the tests would write.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.line import Line, opened_line

HERE = Path(__file__).parent
STORES = {
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB (mongo-java-server)",
}
HEAD = """# What questions survive

Questions that are answered later, and the mails that answer them, under faults: each row is a test of
`tests/journeys/faults`, and this page is written by their run (`make reliability`); nobody types into it. How it works
stands in `src/vedette/questions/contract.py` and `work.py`.

*Lost*: acknowledged and never answered. *Stale*: an answer taken from a worker whose question was somebody else's by
then. *Letters twice, outside*: sent again although no worker was stopped between the mail server's taking the letter
and our noting that; *inside*: sent again because one was, with the same Message-ID, so that mailboxes show one. Leases
of the tests are 1.5 s where the row does not say otherwise; 30 s is the default.

Taken on {date} with {servers}, on {cores} cores ({system}).

| Fault | Store | What holds | What was seen |
|---|---|---|---|
"""
Row = tuple[str, str, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reliability", metavar="PAGE", default=None, help="Write what the tests of faults saw.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(what, promise, store): the test is a row of docs/reliability.md.")
    if page := config.getoption("reliability", None):
        if os.environ.get("PYTEST_XDIST_WORKER") or config.getoption("numprocesses", None):
            raise pytest.UsageError("--reliability needs all tests in one process: -n0.")
        config.pluginmanager.register(_Page(Path(page)))


def row_of(item: pytest.Item) -> Row:
    """Fault, store and promise of a test."""
    marker = item.get_closest_marker("fault")
    assert marker is not None, f"{item.nodeid} does not say which fault it is; mark it so."
    what, promise = marker.args
    params: dict[str, Any] = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    store = marker.kwargs.get("store") or STORES[params.get("questions_url") or params["kind"]]
    return what.format(**params), store, promise.format(**params)


@dataclass
class _Page:
    """The rows of a run."""

    path: Path

    def __post_init__(self) -> None:
        self.expected: dict[str, Row] = {}
        self.seen: dict[str, str] = {}
        self.servers: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expected = {item.nodeid: row_of(item) for item in session.items if HERE in item.path.parents}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            told = dict(report.user_properties)
            self.seen[report.nodeid] = str(told.get("seen", ""))
            self.servers.add(str(told.get("server", "")))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        rows = sorted(set(self.expected.values()))
        if session.config.option.collectonly:
            written = re.findall(r"^\| (.*) \| (.*) \| (.*) \| .* \|$", self.path.read_text(encoding="utf-8"), re.M)[1:]
            if written != rows:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif not self._all():
            print(f"\n{self.path} is not written: not every test of faults ran and passed.")
        else:
            self.path.write_text(self._text(), encoding="utf-8")

    def _all(self) -> bool:
        files = {nodeid.partition("::")[0].rpartition("/")[2] for nodeid in self.expected}
        every = {path.name for path in HERE.glob("test_*.py")}
        return files == every and set(self.seen) == set(self.expected) and all(self.seen.values())

    def _text(self) -> str:
        head = HEAD.format(
            date=datetime.now(UTC).date(),
            servers=", ".join(sorted(self.servers - {""})),
            cores=os.cpu_count(),
            system=f"{platform.system()}, Python {platform.python_version()}",
        )
        rows = sorted((*self.expected[nodeid], told) for nodeid, told in self.seen.items())
        return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


@pytest.fixture
def seen(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Tells what a test saw, numbers by name, in the order of its row."""

    def told(**numbers: object) -> None:
        parts = [f"{name.replace('_', ' ')}: {_number(value)}" for name, value in numbers.items()]
        record_property("seen", "; ".join(parts))

    return told


def _number(value: object) -> str:
    return f"{value:.1f} s" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


@pytest.fixture
def line(questions_url: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> Iterator[Line]:
    """A line of questions on each store in turn, people who ask, and a mail server."""
    with opened_line(questions_url, tmp_path) as opened:
        record_property("server", opened.server)
        yield opened
