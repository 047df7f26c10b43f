"""claim -> answer -> finish, claim -> write -> send: the worker. Any number of them may run over one store.

answerers   take the next question, answer it, store the answer and its waiting letter in one step
postman     takes the next letter that is due, writes it, sends it, stores what became of it
keeper      counts up the beat of every claim of this worker, and takes back those of workers that stand still
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vedette.errors import NotFound, StorageError
from vedette.questions import attempt, lookout
from vedette.questions.attempt import Pace, World, Writing
from vedette.questions.contract import Claim, Ended, Held, QuestionStore, Stale
from vedette.records import Answer, Letter, QueuedQuestion

log = logging.getLogger(__name__)
TAKEN = "Somebody else sends this letter by now."
# How long a worker waits after the store failed.
STORE_PAUSE_S = 2.0
# How long those are waited for whose answers were given back: what they work with is closed after that.
LEAVING_S = 1.5
# Every so many looks, an hour apart as a rule, what is older than may be kept is deleted.
EXPIRE_LOOKS = 720


@dataclass(frozen=True, slots=True)
class Hands:
    """What a worker works with.

    `answer(question, insist, given_up)` answers; it looks now and then whether it is `given_up`, and returns None then.
    `send` is None where no mail server is set: letters wait. `died` is told of questions that were given up. `passing`
    is called with the name of each point at which a crash leaves something half done: there tests kill the process.
    """

    store: QuestionStore
    answer: Callable[[QueuedQuestion, bool, Callable[[], bool]], Answer | None]
    write: Writing
    send: Callable[[Letter], None] | None = None
    died: Callable[[QueuedQuestion], None] = lambda question: None
    expire: Callable[[], None] = lambda: None
    passing: Callable[[str], None] = lambda point: None


@dataclass(eq=False, slots=True)
class _Job:
    """A claim of this worker; `lost` once somebody else has it."""

    claim: Claim
    lost: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Threads that answer and mail until they are told to stop. `holder` names it in the store."""

    def __init__(self, hands: Hands, pace: Pace, world: World, holder: str) -> None:
        self._hands = hands
        self._pace = pace
        self._world = world
        self._holder = holder
        self._lock = threading.Lock()
        self._jobs: set[_Job] = set()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, answerers: int = 1) -> None:
        """Begin to work."""
        loops = [("keeper", self._keep), *((f"answerer {number + 1}", self._answer) for number in range(answerers))]
        if self._hands.send is not None:
            loops.append(("postman", self._post))
        for name, once in loops:
            thread = threading.Thread(target=self._loop, args=(once,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Take nothing new; what is not done after a moment goes back into the line, at its place, untried."""
        self._stop.set()
        self._join(self._pace.grace_s)
        for job in self._held():
            job.lost.set()
            self._give_back(job.claim)
        self._join(LEAVING_S)

    def _join(self, within_s: float) -> None:
        until = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _loop(self, once: Callable[[], bool]) -> None:
        """Do it again at once where there was something to do, else after a while; a store that fails is waited for."""
        failing = False
        while not self._stop.is_set():
            try:
                busy, failing = once(), False
            except StorageError as error:
                if not failing:
                    log.error("the questions cannot be worked at", extra={"error": error.message})
                failing = True
                self._stop.wait(STORE_PAUSE_S)
            except Exception:  # nobody would miss a thread that ends, nor answer in its place
                log.exception("a worker stumbled")
                self._stop.wait(STORE_PAUSE_S)
            else:
                if not busy:
                    self._stop.wait(self._pace.poll_s)

    def _answer(self) -> bool:
        claim = self._hands.store.claim(self._holder)
        if claim is None:
            return False
        self._hands.passing("claimed")
        with self._working(claim) as job:
            ended = attempt.answered(claim, self._answering(job), self._pace, self._world)
            self._hands.passing("answered")
            if ended is not None and self._stored(job, lambda: self._hands.store.finish(claim, ended)):
                self._hands.passing("finished")
                if ended.state == "dead":
                    self._hands.died(claim.question)
        return True

    def _post(self) -> bool:
        send = self._hands.send
        assert send is not None
        claim = self._hands.store.claim_mail(self._holder, self._world.stamp())
        if claim is None:
            return False
        self._hands.passing("letter claimed")
        with self._working(claim) as job:
            outcome = attempt.mailed(claim, self._hands.write, self._while_ours(claim, send), self._pace, self._world)
            self._hands.passing("letter sent")
            self._stored(job, lambda: self._hands.store.mailed(claim, outcome))
            self._hands.passing("letter stored")
        return True

    def _while_ours(self, claim: Claim, send: Callable[[Letter], None]) -> Callable[[Letter], None]:
        """Whoever slept since the claim finds that out before a second letter leaves."""

        def sending(letter: Letter) -> None:
            if not self._hands.store.beat(claim):
                raise Stale(TAKEN)
            self._hands.passing("letter written")
            send(letter)

        return sending

    def _answering(self, job: _Job) -> attempt.Answering:
        return lambda question, insist: self._hands.answer(question, insist, job.lost.is_set)

    def _stored(self, job: _Job, store: Callable[[], None]) -> bool:
        """Store an outcome, however long that takes: an answer may have cost half an hour. False where it came late."""
        while not job.lost.is_set():
            try:
                store()
                return True
            except Stale:
                log.warning("an answer came too late", extra={"question": job.claim.question.id})
                return False
            except StorageError as error:
                log.error("an answer cannot be stored yet", extra={"error": error.message})
                job.lost.wait(STORE_PAUSE_S)
        return False

    def _keep(self) -> bool:
        """A beat for every claim of ours, and looks at everybody's, until it stops or the store fails."""
        seen: lookout.Sightings = {}
        looked = 0
        while not self._stop.wait(self._pace.beat_s if looked else 0.0):
            for job in self._held():
                if not self._hands.store.beat(job.claim):
                    job.lost.set()
            seen = lookout.look(seen, self._hands.store.held())
            for held in lookout.lost(seen, self._pace.looks):
                self._take_back(held)
            self._hands.store.wake(self._world.stamp())
            if looked % EXPIRE_LOOKS == 0:
                self._hands.expire()
            looked += 1
        return False

    def _take_back(self, held: Held) -> None:
        try:
            question = self._hands.store.get(held.id)
        except NotFound:
            return
        ended = attempt.lost(held, question, self._pace, self._world)
        if self._hands.store.release(held, ended):
            log.warning("a worker is lost; its question is taken up again", extra={"question": held.id})
            if held.work == "answer" and ended.state == "dead":
                self._hands.died(question)

    def _give_back(self, claim: Claim) -> None:
        now = self._world.stamp()
        try:
            if claim.work == "answer":
                self._hands.store.finish(claim, Ended("back", now))
            # A letter may have left already: it stays claimed, and is taken up as that of a lost worker.
        except (Stale, StorageError) as error:
            log.warning("a question could not be given back", extra={"error": error.message})

    def _held(self) -> list[_Job]:
        with self._lock:
            return list(self._jobs)

    @contextmanager
    def _working(self, claim: Claim) -> Iterator[_Job]:
        job = _Job(claim)
        with self._lock:
            self._jobs.add(job)
        try:
            yield job
        finally:
            with self._lock:
                self._jobs.discard(job)
