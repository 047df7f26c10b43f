"""Questions that are answered later, from a student who registers to the letter in their mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.later import BACKUPS, PASSWORDS, copied, letters, posted, read_library, student, until, work
from fakes.process import vedette, vedette_json
from fakes.queue import ANY, opened
from fakes.queue import question as new_question
from fakes.staffed import SIGN_IN, Staffed, staffed
from servers import smtp

SECRET = "head of operations"
SCHOOL = {"VEDETTE_ACCOUNTS_REGISTRATION": "reader", "VEDETTE_SERVER_LANGUAGE": "es"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return read_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def mail() -> Iterator[smtp.MailServer]:
    with smtp.serving() as server:
        yield server


@pytest.fixture(scope="module")
def school(library: Path, mail: smtp.MailServer) -> Iterator[Staffed]:
    with staffed(copied(library, library.with_name("school")), **SCHOOL, **posted(mail)) as opened:
        yield opened


def test_a_student_registers_asks_and_gets_a_letter_with_sources(school: Staffed, mail: smtp.MailServer) -> None:
    ana = student(school.server, "ana")
    asked = ana.ask(by_mail=True)
    assert (asked["state"], asked["number"], asked["mail"]) == ("waiting", 1, "")
    done = ana.comes_to(asked, "answered", "sent")
    (kept,) = [one for one in mail.kept if one.to == ("ana@example.org",)]
    message = kept.message
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    assert message["Message-ID"] == f"<question.{asked['id']}.answer@school.example>"
    assert (message["To"], message["From"]) == ("ana@example.org", "vedette@school.example")
    assert message["Subject"] == PASSWORDS
    for said in ("Hola, Ana:", "Fuentes", "Argon2id", f"/questions/{asked['id']}"):
        assert said in text.get_content(), said
        assert said in page.get_content(), said
    assert done["answer"]["sources"][0]["source"] in ("passwords.md",)
    assert '<html lang="es">' in page.get_content()
    rated = ana.post(f"/v1/questions/{asked['id']}/rating", {"thumb": "up", "reason": "It helped."})
    assert (rated["thumb"], rated["thumb_reason"]) == ("up", "It helped.")


def test_nothing_is_told_of_documents_that_the_student_may_not_read(school: Staffed, mail: smtp.MailServer) -> None:
    admin, eve = school.sign_in("admin"), student(school.server, "eve")
    share_backups(school, ["group:board"])
    try:
        done = eve.comes_to(eve.ask(BACKUPS, by_mail=True), "answered", "sent")
        (letter,) = letters(mail, "eve")
        assert BACKUPS in letter
        # As it is stored, too: what is shown leaves out what may not be read then.
        kept = vedette_json(school.server.data, "questions", "show", done["id"], "--for", "eve@example.org")
        for hidden in (SECRET, "backups.txt", "02:00"):
            assert hidden not in str(done) + letter + str(kept)
        theirs = school.http.post("/v1/questions", json={"text": BACKUPS}, headers=admin).json()
        place = f"/v1/questions/{theirs['id']}"
        until(lambda: school.http.get(place, headers=admin).json()["state"] == "answered")
        assert SECRET in str(school.http.get(place, headers=admin).json()["answer"])
    finally:
        share_backups(school, [])


def share_backups(school: Staffed, readers: list[str]) -> None:
    admin = school.sign_in("admin")
    documents = school.http.get("/v1/documents", headers=admin).json()["documents"]
    (backups,) = [one["id"] for one in documents if one["source"] == "backups.txt"]
    done = school.http.patch(f"/v1/documents/{backups}/sharing", json={"readers": readers}, headers=admin)
    assert done.status_code == 200, done.text


def test_a_collection_that_the_student_may_not_read_is_not_there(school: Staffed) -> None:
    school.upload(school.sign_in("editor"), "plans.txt", "The plan is kept in the red safe.", collection="plans")
    eve = student(school.server, "eve2")
    asked = {"text": "Where is the plan kept?", "by_mail": False}
    done = eve.comes_to(eve.ask(**asked, collection="plans"), "dead")
    assert (done["reason"], "safe" in str(done)) == ("not_found", False)
    absent = eve.comes_to(eve.ask(**asked, collection="plant"), "dead")
    assert absent["error"].replace("plant", "plans") == done["error"]


def test_the_founding_names_do_the_same(school: Staffed) -> None:
    bob = student(school.server, "bob")
    asked = bob.post("/prompts", {"text": PASSWORDS}, 202)
    bob.comes_to(asked, "answered", "sent")
    assert bob.http.get(f"/prompts/{asked['id']}").json() == bob.read(asked)
    assert "Argon2id" in bob.read(asked)["answer"]["answer"]


def test_what_is_sent_twice_is_one_question(school: Staffed) -> None:
    dan, fay = (student(school.server, name) for name in ("dan", "fay"))
    first, second, other = (one.ask(key="once", by_mail=False) for one in (dan, dan, fay))
    assert first["id"] == second["id"] != other["id"]
    assert len(dan.http.get("/v1/questions").json()["questions"]) == 1


def test_questions_of_whoever_is_removed_are_gone(school: Staffed) -> None:
    gus = student(school.server, "gus")
    asked = gus.comes_to(gus.ask("Where does Gus live?", by_mail=False), "answered")
    admin = school.sign_in("admin")
    assert school.http.delete(f"/v1/admin/people/{asked['person']}", headers=admin).status_code == 204
    left = vedette_json(school.server.data, "questions", "list", "--all")["questions"]
    assert left
    assert asked["person"] not in {one["person"] for one in left}
    stored = [path.read_bytes() for path in school.server.data.glob("people.db*")]
    assert not any(b"Where does Gus live?" in content for content in stored)


@pytest.fixture
def unmanned(library: Path, mail: smtp.MailServer, tmp_path: Path) -> Iterator[Staffed]:
    """A server that does not answer its questions itself, and takes two at once of everybody."""
    limits = {"VEDETTE_QUESTIONS_WORKERS": "0", "VEDETTE_QUESTIONS_WAITING": "2"}
    with staffed(copied(library, tmp_path / "data"), **SCHOOL, **posted(mail), **limits) as opened:
        yield opened


@pytest.mark.slow
def test_staff_goes_first_and_a_flood_is_stopped(unmanned: Staffed, mail: smtp.MailServer) -> None:
    ana, bob, data = student(unmanned.server, "ana"), student(unmanned.server, "bob"), unmanned.server.data
    editor = unmanned.sign_in("editor")
    flood = [ana.ask(text, by_mail=False) for text in (PASSWORDS, BACKUPS)]
    refused = ana.http.post("/v1/questions", json={"text": PASSWORDS})
    assert (refused.status_code, refused.json()["error"]["class"]) == (429, "TooMany")
    theirs = bob.ask(by_mail=False)
    staff = unmanned.http.post("/v1/questions", json={"text": PASSWORDS}, headers=editor).json()
    assert staff["place"] == 1
    assert [one.read(asked)["place"] for one, asked in ((ana, flood[0]), (bob, theirs), (ana, flood[1]))] == [2, 3, 4]
    work(data, **SIGN_IN, **posted(mail))
    done = vedette_json(data, "questions", "list", "--all")["questions"]
    order = [one["id"] for one in sorted(done, key=lambda one: one["answered"])]
    assert order == [staff["id"], flood[0]["id"], theirs["id"], flood[1]["id"]]
    assert {one["state"] for one in done} == {"answered"}


def test_who_is_kept_out_gets_no_answer_and_no_mail(unmanned: Staffed, mail: smtp.MailServer) -> None:
    hal, data = student(unmanned.server, "hal"), unmanned.server.data
    asked = hal.ask(by_mail=True)
    unmanned.stop_letting_in(unmanned.sign_in("admin"), "hal@example.org")
    work(data, **SIGN_IN, **posted(mail))
    (left,) = vedette_json(data, "questions", "list", "--all")["questions"]
    assert (left["id"], left["state"], left["reason"], left["mail"]) == (asked["id"], "dead", "not_allowed", "refused")
    assert letters(mail, "hal") == []


def test_what_is_too_old_is_deleted_and_what_waits_is_not(library: Path, tmp_path: Path) -> None:
    data = copied(library, tmp_path / "data")
    with opened(f"sqlite:///{data / 'people.db'}") as store:
        old, waits = (store.add(new_question("owner", text=text), ANY) for text in ("Old?", PASSWORDS))
        store.cancel(old.id)
    work(data, VEDETTE_QUESTIONS_KEEP_DAYS="30")
    assert [one["id"] for one in vedette_json(data, "questions", "list")["questions"]] == [waits.id]
    assert vedette_json(data, "questions", "show", waits.id)["state"] == "answered"


@pytest.mark.slow
def test_a_backup_keeps_questions_that_wait(library: Path, tmp_path: Path) -> None:
    data, again = copied(library, tmp_path / "data"), tmp_path / "again"
    for text in (PASSWORDS, BACKUPS):
        assert vedette(data, "questions", "ask", text).returncode == 0
    assert vedette(data, "questions", "cancel", "2").returncode == 0
    for command, folder in (("backup", data), ("restore", again)):
        done = vedette(folder, command, str(tmp_path / "backup.tar.gz"))
        assert done.returncode == 0, done.stderr
    before, after = (vedette_json(folder, "questions", "list")["questions"] for folder in (data, again))
    assert before == after
    third = vedette_json(again, "questions", "ask", BACKUPS)
    assert (third["number"], third["place"]) == (3, 2)
    work(again)
    states = [one["state"] for one in vedette_json(again, "questions", "list")["questions"]]
    assert states == ["answered", "cancelled", "answered"]
