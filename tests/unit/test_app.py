"""What is put together for a command, and what is not."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from vedette.app import open_knowledge, opened
from vedette.rag.load.discover import Found
from vedette.records import IngestRequest, Upload
from vedette.settings import load


@pytest.mark.slow
def test_a_command_about_documents_opens_no_database_of_people(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Tapes\n\nA tape is kept for a year.\n", encoding="utf-8")
    with open_knowledge(load({}, tmp_path / "data")) as knowledge:
        list(knowledge.ingest(IngestRequest((str(tmp_path / "note.md"),))))
    assert not (tmp_path / "data" / "people.db").exists()
    with opened(load({}, tmp_path / "data")) as services:
        assert len(services.knowledge.documents()) == 1
        assert services.conversations.list("ana") == ()
    assert (tmp_path / "data" / "people.db").exists()


@pytest.mark.slow
def test_uploads_wait_in_line_to_be_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedette.app._cores", lambda: 1)
    with open_knowledge(load({}, tmp_path / "data")) as knowledge, ExitStack() as stack:
        note = Found("held.md", 6, lambda: b"# Held")
        parsing = [stack.enter_context(knowledge._reader.parser())(note) for _ in range(2)]
        assert all(next(one) for one in parsing)
        third = threading.Thread(target=knowledge.upload, args=(Upload("third.md", b"# Third\n\nIt waits."),))
        third.start()
        third.join(0.5)
        assert (third.is_alive(), knowledge.documents()) == (True, ())
        stack.close()
        third.join(30)
        assert [info.source for info in knowledge.documents()] == ["third.md"]


def test_a_command_about_documents_does_not_wait_for_the_libraries_of_people() -> None:
    program = (
        "import sys, vedette.app; print(*({'sqlalchemy', 'alembic', 'jwt', 'argon2', 'limits'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
