"""What is put together for a command, and what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from vedette.app import open_knowledge, opened
from vedette.records import IngestRequest
from vedette.settings import load


def test_a_command_about_documents_opens_no_database_of_people(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Tapes\n\nA tape is kept for a year.\n", encoding="utf-8")
    with open_knowledge(load({}, tmp_path / "data")) as knowledge:
        list(knowledge.ingest(IngestRequest((str(tmp_path / "note.md"),))))
    assert not (tmp_path / "data" / "people.db").exists()
    with opened(load({}, tmp_path / "data")) as services:
        assert len(services.knowledge.documents()) == 1
        assert services.conversations.list("ana") == ()
    assert (tmp_path / "data" / "people.db").exists()


def test_a_command_about_documents_does_not_wait_for_the_libraries_of_people() -> None:
    program = (
        "import sys, vedette.app; print(*({'sqlalchemy', 'alembic', 'jwt', 'argon2', 'limits'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
