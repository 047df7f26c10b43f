"""A language model that is away, a server that is killed, and a worker's death at the usual pace."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import provider
from fakes.later import PASSWORDS, copied, read_library
from fakes.line import Line
from fakes.process import serving
from fakes.workforce import QUICK, employed, notes
from vedette.app_questions import Desk, worker
from vedette.app_worker import reached
from vedette.questions.attempt import Pace, World
from vedette.records import Asker, Submission

pytestmark = pytest.mark.slow

SQLITE = pytest.mark.parametrize("questions_url", ["sqlite"], indirect=True)
QUESTIONS = 5
STEP = timedelta(minutes=5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return read_library(tmp_path_factory.mktemp("library"))


@contextmanager
def worked(line: Line, data: Path, pace: Pace, world: World | None = None) -> Iterator[None]:
    """A worker in this process that answers through the server of a data folder."""
    settings = replace(line.settings, data=data)
    at_work = worker(Desk(settings, line.database, line.store, lambda: reached(settings), pace=pace, world=world))
    at_work.start()
    try:
        yield
    finally:
        at_work.stop()


def asked(line: Line, number: int) -> None:
    for count in range(number):
        asker: Asker = line.askers[count % len(line.askers)]
        line.acknowledged.append(line.service.submit(asker, Submission(PASSWORDS, by_mail=True)).id)


@SQLITE
@pytest.mark.fault("language model away for {away}", "{then}")
@pytest.mark.parametrize(
    ("away", "then"),
    [("1 h", "answered by it once it is back"), ("longer than insist_hours (6)", "answered without it from then on")],
)
def test_a_model_that_is_away(
    line: Line, library: Path, tmp_path: Path, away: str, then: str, seen: Callable[..., None]
) -> None:
    now = datetime.now(UTC)
    begun = now
    # The pauses of every day, and a clock that makes hours of seconds.
    pace = Pace(poll_s=0.05, beat_s=0.2, patience_s=20.0)
    data = copied(library, tmp_path / "data")
    with ExitStack() as stack:
        model = stack.enter_context(provider.serving("openai", "broken"))
        llm = {"VEDETTE_LLM_URL": model.url, "VEDETTE_LLM_MODEL": provider.MODEL, "VEDETTE_LLM_KEY": provider.KEY}
        given = llm | {"VEDETTE_QUESTIONS_WORKERS": "0", "VEDETTE_ANSWER_BREAKER_SECONDS": "0.2"}
        stack.enter_context(serving(data, **given))
        asked(line, QUESTIONS)
        stack.enter_context(worked(line, data, pace, World(lambda: now, lambda: 0.5)))
        line.wait(lambda: all(one.reason == "provider_down" for one in line.questions().values()))
        hour = timedelta(hours=1)
        while now < begun + (hour if away == "1 h" else 7 * hour):
            assert away != "1 h" or line.store.counts().answered == 0
            now += STEP if away == "1 h" else 3 * STEP
            time.sleep(0.4)
        if away == "1 h":
            model.fault = ""
        back = now
        while not line.done():
            assert now < back + hour
            now += timedelta(minutes=1)
            time.sleep(0.3)
    found = line.questions().values()
    by = {one.answer.provider for one in found if one.answer}
    assert by == ({"llm"} if away == "1 h" else {"extractive"})
    assert {(one.state, one.mail) for one in found} == {("answered", "sent")}
    assert max(one.tries for one in found) <= 2, "to wait for a model is no try that counts"
    latest = max(datetime.fromisoformat(one.answered) for one in found)
    seen(
        questions=QUESTIONS,
        answered_by=by.pop(),
        lost=line.reckon().lost,
        letters_twice=len(line.mails.kept) - QUESTIONS,
        answered_after_it_was_asked_at_most=f"{round((latest - begun).total_seconds() / 60)} min",
    )


@SQLITE
@pytest.mark.fault(
    "server that a worker answers through: killed, and started again", "found again by itself, nothing lost"
)
def test_a_server_that_is_killed(line: Line, library: Path, tmp_path: Path, seen: Callable[..., None]) -> None:
    data = copied(library, tmp_path / "data")
    alone = {"VEDETTE_QUESTIONS_WORKERS": "0"}
    with ExitStack() as stack:
        first = stack.enter_context(serving(data, ends=-signal.SIGKILL, **alone))
        asked(line, 40)
        stack.enter_context(worked(line, data, replace(QUICK, poll_s=0.05)))
        line.wait(lambda: line.store.counts().answered >= 5)
        first.process.kill()
        before = line.store.counts().answered
        line.wait(lambda: any(one.reason == "provider_down" for one in line.questions().values()))
        assert before < 40
        stack.enter_context(serving(data, **alone))
        took = line.wait()
    found = line.questions().values()
    assert {(one.state, one.mail) for one in found} == {("answered", "sent")}
    seen(
        questions=len(found),
        answered_before_the_kill=before,
        lost=line.reckon().lost,
        letters_twice=len(line.mails.kept) - len(found),
        all_done_after=took,
    )


@SQLITE
@pytest.mark.fault("worker killed, at the pace of every day", "its question is taken up within 60 s")
def test_the_usual_lease(line: Line, seen: Callable[..., None]) -> None:
    line.submit(1)
    with employed(replace(line.orders, pace=Pace(), answer_s=600.0, workers=2)):
        line.wait(lambda: any(note.what == "claim" for note in notes(line.orders)))
        (holder,) = [note.pid for note in notes(line.orders) if note.what == "claim"]
        time.sleep(1.0)
        os.kill(holder, signal.SIGKILL)
        killed = time.monotonic()
        line.wait(lambda: sum(note.what == "claim" for note in notes(line.orders)) == 2)
        took = [note.at for note in notes(line.orders) if note.what == "claim"][1] - killed
    assert 20 < took < 60
    seen(questions=1, kills=1, taken_up_again_after=took)
