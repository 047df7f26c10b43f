"""Worker processes over one line of questions, which meet with accidents, and what starts others in their place.

`python -m fakes.workforce ORDERS` supervises: it forks workers, so that a new one costs no start of Python. What they
do is kept in a file of notes, a line of JSON each, written before the next step is taken.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event

from fakes.knowledge import ANSWER, FixedKnowledge
from fakes.process import clean_environment
from fakes.queue import opened
from vedette.app_questions import Desk, worker
from vedette.questions.attempt import Pace
from vedette.questions.contract import Claim, Ended, Mailed, QuestionStore, Stale
from vedette.questions.store import SqlQuestions
from vedette.records import AnswerEvent, Question
from vedette.services import Knowledge
from vedette.settings.sections import MailSettings, Settings
from vedette.storage.database import open_database

# A lease of about 1.5 s instead of 30.
QUICK = Pace(
    poll_s=0.2, beat_s=0.3, looks=5, tries=50, pause_s=0.1, longest_pause_s=1.0, mail_pause_s=0.2,
    mail_longest_pause_s=1.0, grace_s=1.0,
)  # fmt: skip
ANYWHERE = "anywhere"
# Before the commit of what came of an answer or a letter.
STORING = "in the middle of storing"
SENDER = "vedette@school.example"


@dataclass(frozen=True)
class Orders:
    """`accidents` of the workers happen at the first to `within`th passing of a point, one a worker: `kill` ends it
    with SIGKILL, `freeze` stops it with SIGSTOP. `pace` is kept by all."""

    questions: str
    people: str
    notes: str
    smtp: str = ""
    workers: int = 2
    point: str = ""
    accident: Literal["kill", "freeze"] = "kill"
    accidents: int = 0
    within: int = 12
    answer_s: float = 0.0
    pace: Pace = field(default=QUICK)


@dataclass(frozen=True)
class Note:
    """What a worker did with a question, at a time of the machine's monotonic clock: `claim`, `finish` with an answer
    or else the state of `Ended`, `claim mail`, `send`, `mailed`, `refused` (it came too late), `late` (a beat told it
    that it is, which is harmless for what has just ended); or what happened to itself: `killed`, `frozen`, `broken`
    (which must not be)."""

    what: str
    pid: int
    at: float
    question: str = ""
    fence: int = 0


@contextmanager
def employed(orders: Orders) -> Iterator[subprocess.Popen[bytes]]:
    """Workers at work until the end of the block, when they are stopped as an admin stops them."""
    file = Path(orders.notes).with_suffix(".orders")
    file.write_text(json.dumps(asdict(orders)), encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    line = [sys.executable, "-m", "fakes.workforce", str(file)]
    log = Path(orders.notes).with_suffix(".log")
    with log.open("a", encoding="utf-8") as out:
        master = subprocess.Popen(line, stdout=out, stderr=out, env=clean_environment() | {"PYTHONPATH": path})
        try:
            yield master
        finally:
            master.terminate()
            master.wait(timeout=60)
    assert master.returncode == 0, log.read_text(encoding="utf-8")[-5000:]
    assert not [note for note in notes(orders) if note.what == "broken"], log.read_text(encoding="utf-8")[-5000:]


def notes(orders: Orders) -> list[Note]:
    """All that was noted so far, in order."""
    path = Path(orders.notes)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [Note(**json.loads(line)) for line in text.splitlines()]


# --- in the workers' processes --------------------------------------------------------------------------------------


def _note(orders: Orders, what: str, pid: int, claim: Claim | None = None) -> None:
    told = Note(what, pid, time.monotonic(), claim.question.id if claim else "", claim.fence if claim else 0)
    with open(orders.notes, "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(told)) + "\n")


class NotingStore:
    """A `QuestionStore` of a worker that notes what it does with it. While somebody has the lock `busy`, none of its
    threads is in the middle of a transaction."""

    def __init__(
        self, store: QuestionStore, note: Callable[[str, Claim], None], busy: AbstractContextManager[object]
    ) -> None:
        self._store = store
        self._note = note
        self._busy = busy
        self._storing = threading.local()
        self.letter: Claim | None = None

    def __getattr__(self, name: str) -> Any:
        step = getattr(self._store, name)

        def alone(*arguments: Any) -> Any:
            with self._busy:
                return step(*arguments)

        return alone

    def claim(self, holder: str) -> Claim | None:
        with self._busy:
            return self._noted("claim", self._store.claim(holder))

    def claim_mail(self, holder: str, now: str) -> Claim | None:
        with self._busy:
            self.letter = self._noted("claim mail", self._store.claim_mail(holder, now))
            return self.letter

    def beat(self, claim: Claim) -> bool:
        with self._busy:
            ours = self._store.beat(claim)
        if not ours:
            self._note("late", claim)
        return ours

    def finish(self, claim: Claim, ended: Ended) -> None:
        what = "finish" if ended.state == "answered" else ended.state
        self._ended(what, claim, lambda: self._store.finish(claim, ended))

    def mailed(self, claim: Claim, mailed: Mailed) -> None:
        self._ended("mailed", claim, lambda: self._store.mailed(claim, mailed))

    def storing(self) -> bool:
        """Whether this thread is about to store what came of its work."""
        return getattr(self._storing, "now", False)

    def _noted(self, what: str, claim: Claim | None) -> Claim | None:
        if claim is not None:
            self._note(what, claim)
        return claim

    def _ended(self, what: str, claim: Claim, end: Callable[[], None]) -> None:
        try:
            with self._busy:
                self._storing.now = True
                end()
        except Stale:
            self._note("refused", claim)
            raise
        finally:
            self._storing.now = False
        self._note(what, claim)


class Answering(FixedKnowledge):
    """Answers with the id of its process, so that an answer tells who gave it."""

    wait_s = 0.0

    def seen_by(self, access: object) -> Answering:
        return self

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        time.sleep(self.wait_s)
        yield AnswerEvent("answer", answer=replace(ANSWER, text=f"Process {os.getpid()} says so. [s1]"))


def _work(orders: Orders, passes: int) -> None:
    """Be a worker, with an accident at a passing of the point where `passes` is not 0."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    pid, left = os.getpid(), passes
    # Who is frozen in the middle of a transaction is another test's matter.
    busy: AbstractContextManager[object] = threading.RLock() if orders.accident == "freeze" else nullcontext()
    with ExitStack() as stack:
        database = open_database(orders.people)
        stack.callback(database.close)
        kept = stack.enter_context(opened(orders.questions))
        store = NotingStore(kept, lambda what, claim: _note(orders, what, pid, claim), busy)

        def passing(point: str) -> None:
            nonlocal left
            if point == "letter written":
                _note(orders, "send", pid, store.letter)
            if point == orders.point and left:
                left -= 1
                if not left:
                    with busy:
                        _accident(orders, pid)

        if orders.point == STORING and isinstance(kept, SqlQuestions):
            engine = kept._database.engine
            event.listen(engine, "commit", lambda connection: passing(STORING) if store.storing() else None)
        knowledge = Answering()
        knowledge.wait_s = orders.answer_s
        settings = Settings(Path(orders.notes).parent, mail=MailSettings(orders.smtp, SENDER))
        at_work = worker(Desk(settings, database, store, _reach(knowledge), passing=passing, pace=orders.pace))
        stack.callback(at_work.stop)
        at_work.start()
        while not stopped:
            time.sleep(0.05)


def _reach(knowledge: Knowledge) -> Any:
    return lambda: nullcontext(knowledge)


def _accident(orders: Orders, pid: int) -> None:
    if orders.accident == "freeze":
        _note(orders, "frozen", pid)
    os.kill(pid, signal.SIGSTOP if orders.accident == "freeze" else signal.SIGKILL)
    time.sleep(5.0)  # it is the main thread that gets the signal, and until it runs this one would go on


def _supervise(orders: Orders) -> None:
    """Keep as many workers as ordered, until SIGTERM."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    _load(orders)
    chance, alive, unlucky = random.Random(1964), set[int](), 0
    blow = time.monotonic()
    while not stopped:
        while len(alive) < orders.workers:
            doomed = unlucky < orders.accidents and orders.point != ANYWHERE
            unlucky += doomed
            alive.add(_forked(orders, chance.randint(1, orders.within) if doomed else 0))
        if orders.point == ANYWHERE and unlucky < orders.accidents and time.monotonic() > blow:
            os.kill(chance.choice(sorted(alive)), signal.SIGKILL)
            unlucky += 1
            blow = time.monotonic() + chance.uniform(0.05, 0.4)
        _reap(orders, alive)
        time.sleep(0.01)
    while alive:
        for pid in alive:  # again and again: one that was only just forked does not listen yet
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.02)
        _reap(orders, alive)


def _load(orders: Orders) -> None:
    """Load what every worker needs, once, without leaving a connection or a thread behind for them to inherit."""
    import_module("vedette.engines.mail")
    if orders.questions.startswith("mongodb"):
        import_module("pymongo")
    open_database(orders.people).close()


def _reap(orders: Orders, alive: set[int]) -> None:
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid:
        alive.discard(pid)
        if status:
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            _note(orders, "killed" if killed else "broken", pid)


def _forked(orders: Orders, passes: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _work(orders, passes)
        except BaseException:  # noqa: BLE001 - it is a process of its own
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return pid


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    _supervise(Orders(**{**read, "pace": Pace(**read["pace"])}))
