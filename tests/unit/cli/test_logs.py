"""Log lines are JSON objects in ECS field names."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.cli.logs import log_to
from vedette.errors import StorageError


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def test_lines_in_the_data_folder(tmp_path: Path) -> None:
    path = log_to(tmp_path)
    assert path == tmp_path / "logs" / "vedette.json"
    logging.getLogger("vedette.web").info("request", extra={"http.response.status_code": 200})
    try:
        raise ValueError("é")
    except ValueError:
        logging.getLogger("vedette.web").exception("failed")
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first.pop("@timestamp").endswith("Z")
    assert first == {
        "ecs.version": "8.11.0",
        "service.name": "vedette",
        "message": "request",
        "log.level": "info",
        "log.logger": "vedette.web",
        "http.response.status_code": 200,
    }
    assert "ValueError: é" in second["error.stack_trace"]


def test_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert log_to(None) is None
    logging.getLogger("uvicorn.error").warning("slow")
    assert json.loads(capsys.readouterr().err)["log.level"] == "warning"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(StorageError, match="log"):
        log_to(tmp_path)
