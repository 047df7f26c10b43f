from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes.knowledge import FixedKnowledge
from vedette.cli.main import main
from vedette.settings import Settings


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def knowledge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FixedKnowledge:
    """What the commands are given in place of a data folder; settings come from a clean environment."""
    fixed = FixedKnowledge()

    @contextmanager
    def handed(settings: Settings, note: Callable[[str], None] = print) -> Iterator[FixedKnowledge]:
        yield fixed

    stub = types.ModuleType("vedette.app")
    vars(stub).update(connect=handed, open_knowledge=handed)
    monkeypatch.setitem(sys.modules, "vedette.app", stub)
    monkeypatch.setenv("VEDETTE_DATA", str(tmp_path / "data"))
    return fixed


@pytest.fixture
def run(knowledge: FixedKnowledge, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        shown = capsys.readouterr()
        return Result(exit_.value.code or 0, shown.out, shown.err)  # type: ignore[arg-type]

    return run_command
