"""Mail servers that refuse, put off, hang, drip, and cut the line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import pytest

from fakes.knowledge import FixedKnowledge
from fakes.line import Line
from fakes.workforce import QUICK
from servers.smtp import Fault
from vedette.app_questions import Desk, worker
from vedette.engines.mail import Post

pytestmark = pytest.mark.slow

LETTERS = 10
PATIENCE_S = 0.5
SQLITE = pytest.mark.parametrize("questions_url", ["sqlite"], indirect=True)


@contextmanager
def posting(line: Line, monkeypatch: pytest.MonkeyPatch, **pace: float) -> Iterator[None]:
    """A worker in this process, whose deliveries take half a second at most instead of a minute."""
    monkeypatch.setattr("vedette.engines.mail.Post", partial(Post, timeout_s=PATIENCE_S))
    knowledge = FixedKnowledge()
    desk = Desk(line.settings, line.database, line.store, lambda: nullcontext(knowledge), pace=replace(QUICK, **pace))
    at_work = worker(desk)
    at_work.start()
    try:
        yield
    finally:
        at_work.stop()


def twice(line: Line) -> int:
    """Letters that the mail server took more than once; each has its own Message-ID for ever."""
    ids = line.mails.message_ids
    assert len(set(ids)) <= LETTERS
    return len(ids) - len(set(ids))


@SQLITE
@pytest.mark.fault("mail server away: {fault}", "every letter arrives once it is back, once")
@pytest.mark.parametrize("fault", ["connections refused", "hanging", "a byte now and then"])
def test_letters_wait_for_the_mail_server(
    line: Line, fault: str, seen: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: dict[str, Fault] = {"hanging": "hang", "a byte now and then": "drip"}
    line.mails.fault = kinds.get(fault, "")
    if not line.mails.fault:
        line.mails.stop()
    line.submit(LETTERS)
    with posting(line, monkeypatch):
        line.wait(lambda: sum(one.mail_tries > 1 for one in line.questions().values()) >= 3)
        waiting = line.questions().values()
        assert all(one.state == "answered" and one.mail in ("waiting", "sending") for one in waiting)
        assert any(one.mail_error for one in waiting)
        line.mails.fault = ""
        line.mails.start() if fault == "connections refused" else None
        took = line.wait()
        tries = sum(one.mail_tries for one in line.questions().values())
    assert {one.mail for one in line.questions().values()} == {"sent"}
    assert len(line.mails.kept) == LETTERS
    seen(
        letters=LETTERS,
        tries=tries,
        arrived=len(set(line.mails.message_ids)),
        letters_twice=twice(line),
        all_sent_after=took,
    )


@SQLITE
@pytest.mark.fault("mail server greylists (451, twice for each address)", "every letter arrives, once")
def test_greylisting(line: Line, seen: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    line.mails.fault, line.mails.greylisted = "greylist", 2
    line.submit(LETTERS)
    with posting(line, monkeypatch):
        took = line.wait()
    assert all(times >= 3 for times in line.mails.attempts.values())
    found = line.questions().values()
    assert {one.mail for one in found} == {"sent"}
    assert len(line.mails.kept) == LETTERS
    seen(
        letters=LETTERS,
        tries=sum(one.mail_tries for one in found),
        arrived=len(set(line.mails.message_ids)),
        letters_twice=twice(line),
        all_sent_after=took,
    )


@SQLITE
@pytest.mark.fault(
    "mail server says no for good (5xx: {fault})", "one try; recorded as refused, and sent again on demand"
)
@pytest.mark.parametrize("fault", ["550 to the address", "554 to the letter"])
def test_refused_for_good(line: Line, fault: str, seen: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    line.mails.fault = "unknown" if fault.startswith("550") else "content"
    line.submit(LETTERS)
    with posting(line, monkeypatch):
        line.wait()
        found = line.questions().values()
        assert {(one.state, one.mail, one.mail_tries) for one in found} == {("answered", "refused", 1)}
        assert all(fault[:3] in one.mail_error for one in found)
        failed = line.store.counts().mails_failed
        assert failed == LETTERS
        line.mails.fault = ""
        for one in found:
            line.service.retry(one.person, one.id)
        line.wait()
    assert {one.mail for one in line.questions().values()} == {"sent"}
    assert len(line.mails.kept) == LETTERS
    seen(
        letters=LETTERS,
        recorded_as_refused=failed,
        arrived_when_sent_again=len(set(line.mails.message_ids)),
        letters_twice=twice(line),
    )


@SQLITE
@pytest.mark.fault("mail server says 250 and cuts the line", "that is taken for sent: every letter arrives once")
def test_cut_after_its_word(line: Line, seen: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    line.mails.fault = "cut_after"
    line.submit(LETTERS)
    with posting(line, monkeypatch):
        line.wait()
    assert len(line.mails.kept) == LETTERS
    seen(letters=LETTERS, arrived=len(set(line.mails.message_ids)), letters_twice=twice(line))


@SQLITE
@pytest.mark.fault(
    "mail server takes a letter and cuts the line before its 250", "sent again, with the same Message-ID"
)
def test_cut_before_its_word(line: Line, seen: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can know whether it was taken: the ambiguous case, of the network instead of a crash."""
    line.mails.fault = "cut_before"
    line.submit(LETTERS)
    with posting(line, monkeypatch, mail_pause_s=2.0, mail_longest_pause_s=2.0):
        line.wait(lambda: len(set(line.mails.message_ids)) == LETTERS)
        time.sleep(0.3)
        line.mails.fault = ""
        line.wait()
    assert {one.mail for one in line.questions().values()} == {"sent"}
    again = twice(line)
    assert again >= LETTERS
    seen(letters=LETTERS, arrived=len(set(line.mails.message_ids)), sent_again_with_the_same_id=again)
