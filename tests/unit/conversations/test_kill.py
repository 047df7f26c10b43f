"""A process killed while it answers: the question is there at the next opening, failed, with what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from fakes.turns import TOOLS
from vedette.conversations.service import INTERRUPTED, LocalConversations
from vedette.storage.database import open_database, sqlite_url

ASKING = """
import sys
from pathlib import Path
from fakes.knowledge import FixedKnowledge
from unit.conversations.test_kill import opened
conversations = opened(Path(sys.argv[1]))
begun = conversations.begin("ana", "default")
for event in conversations.ask("ana", begun.id, "a long one", FixedKnowledge()):
    print(begun.id, flush=True)
"""


def opened(path: Path) -> LocalConversations:
    database = open_database(sqlite_url(path))
    return LocalConversations(database, TOOLS, lambda: datetime.now(UTC), lambda: uuid4().hex)


def test_a_kill_loses_no_question(tmp_path: Path) -> None:
    tests = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), *sys.path])}
    line = [sys.executable, "-c", ASKING, str(tmp_path / "people.db")]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    begun = [process.stdout.readline().strip() for _ in range(3)][-1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (turn,) = opened(tmp_path / "people.db").get("ana", begun).turns
    assert (turn.asked, turn.state, turn.error) == ("a long one", "failed", INTERRUPTED)
