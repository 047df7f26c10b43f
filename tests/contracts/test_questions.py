"""`Questions` in this process and over HTTP: one suite. Over HTTP the person is whoever the token belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fakes.door import Door, opened_door
from fakes.knowledge import ANSWER
from fakes.queue import answered, dead, letter
from vedette.errors import BadInput, Conflict, Forbidden, NotFound, TooMany
from vedette.questions.contract import Mailed, QuestionStore
from vedette.records import Answer, Asker, QueuedQuestion, Submission
from vedette.remote.questions import RemoteQuestions
from vedette.remote.wire import Wire
from vedette.services import Questions

WHY = Submission("Why salt passwords?", by_mail=True)
WIRED = replace(ANSWER, checks=(), passages=(), understanding=None)


@dataclass
class Line:
    """The line as one reader and as an admin see it, and its store, where a worker would work."""

    mine: Questions
    admin: Questions
    store: QuestionStore
    me: Asker

    def ask(self, submission: Submission = WHY) -> QueuedQuestion:
        return self.mine.submit(self.me, submission)

    def finish(self, ended: str = "answered", mail: bool = True) -> None:
        claim = self.store.claim("w")
        assert claim is not None
        self.store.finish(claim, answered(mail=mail) if ended == "answered" else dead(mail=mail))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened_door(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["local", "remote"])
def line(request: pytest.FixtureRequest, door: Door) -> Line:
    local, person = door.services.questions, door.people["reader"]
    me = Asker(person.id, False, person.email, "")
    store: QuestionStore = local._store  # type: ignore[attr-defined]
    if request.param == "local":
        return Line(local, local, store, me)
    wires = [
        Wire("", door.session(name)["Authorization"].removeprefix("Bearer "), door.http) for name in ("reader", "admin")
    ]
    return Line(RemoteQuestions(wires[0]), RemoteQuestions(wires[1]), store, me)


def told(answer: Answer | None) -> Answer | None:
    return answer and replace(answer, checks=(), passages=(), understanding=None)


def test_a_question_is_stored_answered_mailed_and_rated(line: Line) -> None:
    asked = line.ask()
    assert (asked.state, asked.number, asked.place, asked.submission.text) == ("waiting", 1, 1, WHY.text)
    assert line.mine.get(line.me.id, asked.id) == asked
    line.finish()
    done = line.mine.get(line.me.id, asked.id)
    assert (done.state, done.place, done.mail, told(done.answer)) == ("answered", 0, "waiting", WIRED)
    rated = line.mine.rate(line.me.id, asked.id, "up", " It helped. ")
    assert (rated.thumb, rated.thumb_reason) == ("up", "It helped.")
    assert [one.id for one in line.mine.list(line.me.id)] == [asked.id]
    assert line.mine.list(line.me.id, before=asked.asked) == ()


def test_the_same_key_is_the_same_question(line: Line) -> None:
    first, second = (line.ask(replace(WHY, key="once")) for _ in range(2))
    assert first.id == second.id != line.ask(replace(WHY, key="twice")).id


def test_a_question_is_cancelled_and_put_back(line: Line) -> None:
    asked = line.ask()
    assert line.mine.cancel(line.me.id, asked.id).state == "cancelled"
    with pytest.raises(Conflict):
        line.mine.cancel(line.me.id, asked.id)
    assert line.mine.retry(line.me.id, asked.id).place == 1
    with pytest.raises(Conflict, match="nothing"):
        line.mine.retry(line.me.id, asked.id)


def test_one_given_up_says_why_and_an_admin_can_put_it_back(line: Line) -> None:
    asked = line.ask()
    line.finish("dead")
    found = line.mine.get(line.me.id, asked.id)
    assert (found.state, found.reason, found.error) == ("dead", "timeout", "It took too long.")
    assert line.admin.counts().dead == 1
    seen = line.admin.queue("dead")
    assert [(one.id, one.submission.text, one.answer) for one in seen] == [(asked.id, "", None)]
    again = line.admin.retry_any(asked.id)
    assert (again.state, again.submission.text, line.admin.counts().waiting) == ("waiting", "", 1)


def test_a_mail_that_failed_is_sent_again(line: Line) -> None:
    asked = line.ask()
    line.finish()
    line.store.mailed(letter(line.store), Mailed("refused", "2026-01-01", "550 no such user"))
    assert line.mine.get(line.me.id, asked.id).mail_error == "550 no such user"
    assert line.mine.retry(line.me.id, asked.id).mail == "waiting"


def test_what_cannot_be_asked_is_told(line: Line) -> None:
    for wrong in (replace(WHY, text=" \n"), replace(WHY, text="x" * 4001)):
        with pytest.raises(BadInput):
            line.ask(wrong)
    asked = line.ask()
    with pytest.raises(Conflict, match="no answer"):
        line.mine.rate(line.me.id, asked.id, "up", "")
    line.finish()
    with pytest.raises(BadInput, match="2000"):
        line.mine.rate(line.me.id, asked.id, "down", "x" * 2001)
    with pytest.raises(NotFound):
        line.mine.get(line.me.id, "0" * 32)


def test_a_flood_is_stopped_by_its_quota(line: Line) -> None:
    for number in range(20):
        line.ask(replace(WHY, text=f"Why {number}?"))
    with pytest.raises(TooMany, match="20 of your questions"):
        line.ask()
    line.mine.cancel(line.me.id, line.mine.list(line.me.id)[0].id)
    line.ask()


def test_everything_of_a_person_is_deleted(line: Line) -> None:
    line.ask()
    line.ask()
    assert (line.mine.forget(line.me.id), line.mine.list(line.me.id)) == (2, ())


def test_the_line_tells_how_it_is(line: Line) -> None:
    line.ask()
    (part,) = line.admin.health()
    assert (part.name, part.ok, part.detail) == ("questions", True, "1 waiting, 0 being answered, 0 given up")
    assert line.mine.terms().training == "ask"


def test_nobody_reaches_the_question_of_another(door: Door) -> None:
    asked = door.http.post("/v1/questions", json={"text": "Why?"}, headers=door.key("reader")).json()
    path, other = f"/v1/questions/{asked['id']}", door.key("other")
    assert door.http.get(path, headers=other).status_code == 404
    for step in ("cancel", "retry"):
        assert door.http.post(f"{path}/{step}", headers=other).status_code == 404
    assert door.http.post(f"{path}/rating", json={"thumb": "up"}, headers=other).status_code == 404
    assert door.http.get("/v1/questions", headers=other).json() == {"questions": []}
    assert door.http.delete("/v1/questions", headers=other).json() == {"deleted": 0}
    assert door.http.get(path, headers=door.key("reader")).json()["state"] == "waiting"


def test_no_mail_is_promised_that_cannot_be_sent(door: Door) -> None:
    local = door.services.questions
    with pytest.raises(BadInput, match="no address"):
        local.submit(Asker("owner", staff=True), WHY)
    silent = replace(local._rules, mail=False)  # type: ignore[attr-defined]
    local._rules = silent  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="No mail server"):
        local.submit(Asker("a" * 32, address="a@example.org"), WHY)
    left_open = door.http.post("/v1/questions", json={"text": "Why?"}, headers=door.key("reader")).json()
    assert left_open["submission"]["by_mail"] is False


@pytest.mark.parametrize(
    ("rule", "said", "kept"),
    [("ask", True, True), ("ask", False, False), ("always", False, True), ("never", True, False)],
)
def test_consent_is_kept_as_the_settings_want_it(door: Door, rule: str, said: bool, kept: bool) -> None:
    local = door.services.questions
    local._rules = replace(local._rules, training=rule)  # type: ignore[attr-defined]
    put = local.submit(Asker("a" * 32), Submission("Why?", training=said))
    assert put.submission.training is kept


def test_an_answer_is_shown_without_what_is_no_longer_shared(door: Door) -> None:
    asked = door.http.post("/v1/questions", json={"text": "Why?"}, headers=door.key("reader")).json()
    store: QuestionStore = door.services.questions._store  # type: ignore[attr-defined]
    claim = store.claim("w")
    assert claim is not None
    source = replace(ANSWER.sources[0], document="gone", quote="a secret")
    ended = replace(answered(), answer=replace(ANSWER, text="A secret. [s1]", sources=(source,)))
    store.finish(claim, ended)
    shown = door.http.get(f"/v1/questions/{asked['id']}", headers=door.key("reader")).json()["answer"]
    assert "secret" not in str(shown)
    assert "secret" in store.get(asked["id"]).answer.text  # type: ignore[union-attr]


def test_deleting_my_data_takes_conversations_and_questions_and_leaves_the_account(door: Door) -> None:
    mine = door.session("reader")
    door.ask(mine)
    door.http.post("/v1/questions", json={"text": "Why?"}, headers=mine)
    assert door.http.delete("/v1/me/data", headers=door.key("reader")).status_code == 403
    assert door.http.delete("/v1/me/data", headers=mine).json() == {"conversations": 1, "questions": 1, "forecasts": 0}
    assert door.http.get("/v1/conversations", headers=mine).json() == {"conversations": []}
    assert door.http.get("/v1/questions", headers=mine).json() == {"questions": []}
    assert door.http.get("/v1/me", headers=mine).json()["person"]["name"] == "reader"


def test_more_patience_and_another_access_are_for_admins(door: Door) -> None:
    body = {"question": "Why?", "patience_s": 60}
    assert door.http.post("/v1/ask", json=body, headers=door.key("reader")).status_code == 403
    assert door.http.post("/v1/ask", json=body, headers=door.key("admin")).status_code == 200
    access = '{"tags": ["user:x"], "clearance": "GREEN", "everything": false}'
    narrowed = {"Vedette-Access": access}
    assert door.http.get("/v1/documents", headers=door.key("reader") | narrowed).status_code == 403
    assert door.http.get("/v1/documents", headers=door.key("admin") | {"Vedette-Access": "no"}).status_code == 400
    door.knowledge.seen.clear()
    assert door.http.get("/v1/documents", headers=door.key("admin") | narrowed).status_code == 200
    assert [(seen.tags, seen.everything) for seen in door.knowledge.seen] == [(("user:x",), False)]


def test_forbidden_is_the_class_that_comes_back(door: Door) -> None:
    remote = RemoteQuestions(Wire("", door.key("reader")["Authorization"].removeprefix("Bearer "), door.http))
    with pytest.raises(Forbidden):
        remote.queue()
