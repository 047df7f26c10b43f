"""From a maildir into the line: who gets an answer, who a letter, who nothing, and what a crash in between does."""

from __future__ import annotations

import mailbox
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from fakes.letters_in import AUTHSERV, OURS, QUESTION, bounce, mail
from vedette.engines.inbox_maildir import MaildirInbox
from vedette.errors import BadInput, MailDelayed, MailRefused, StorageError
from vedette.questions import service
from vedette.questions.mail.read import Attachment, Rules
from vedette.questions.mail.reply import message_id, question_of
from vedette.questions.mail.take import Counts, Ports, collect
from vedette.questions.service import LocalQuestions
from vedette.questions.store import SqlQuestions
from vedette.records import Asker, Letter, Person, QueuedQuestion
from vedette.storage.database import open_database, sqlite_url

LIMIT = 100_000
PEOPLE = {
    "ana@example.org": Person("a" * 32, "ana@example.org", "Ana", "reader", language="es"),
    "bob@example.org": Person("b" * 32, "bob@example.org", "Bob", "editor"),
    "eve@example.org": Person("e" * 32, "eve@example.org", "Eve", "reader", disabled=True),
}


@dataclass
class School:
    """A maildir, a line in SQLite, and what was sent."""

    path: Path
    questions: LocalQuestions
    letters: list[Letter] = field(default_factory=list)
    bounced: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, Attachment]] = field(default_factory=list)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.box = mailbox.Maildir(self.path, create=True)
        self.rules = Rules((OURS,), AUTHSERV, collection="course")
        self.ports = Ports(PEOPLE.get, self.questions.submit, self.bounce, question_of, self.send, keep=None)

    def deliver(self, message: EmailMessage | bytes) -> None:
        self.box.add(message if isinstance(message, bytes) else message.as_bytes())

    def collect(self, *messages: EmailMessage | bytes) -> Counts:
        for message in messages:
            self.deliver(message)
        return collect(MaildirInbox(self.path, LIMIT), self.rules, self.ports)

    def bounce(self, question: str, error: str) -> bool:
        self.bounced.append((question, error))
        return True

    def send(self, letter: Letter) -> None:
        if self.failure:
            raise self.failure
        self.letters.append(letter)

    def keep(self, person: Person, attachment: Attachment) -> None:
        if attachment.name.endswith(".exe"):
            raise BadInput("This kind of file is not read.")
        self.kept.append((person.name, attachment))

    def asked(self, address: str = "ana@example.org") -> tuple[QueuedQuestion, ...]:
        return self.questions.list(PEOPLE[address].id)

    def aside(self, why: str) -> int:
        return len(list((self.path / f".{why}" / "new").glob("*"))) if (self.path / f".{why}").exists() else 0


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    with closing(open_database(sqlite_url(tmp_path / "people.db"))) as database:
        rules = service.Rules(waiting=3, mail=True)
        questions = LocalQuestions(
            SqlQuestions(database),
            rules,
            lambda: datetime.now(UTC),
            lambda: secrets.token_hex(16),
            lambda _: lambda x: x,
        )
        yield School(tmp_path / "mail", questions)


def test_a_question_by_mail_stands_in_the_line_with_its_thread(school: School) -> None:
    assert school.collect(mail(In_Reply_To="<0@example.org>")) == Counts(asked=1)
    (asked,) = school.asked()
    wanted = (asked.submission.text, asked.submission.collection, asked.submission.origin, asked.submission.by_mail)
    assert wanted == ("What is MFA?", "course", "mail", True)
    assert (asked.submission.subject, asked.submission.thread) == (
        "A question", ("<0@example.org>", "<1@example.org>")
    )  # fmt: skip
    assert school.collect() == Counts()
    assert school.letters == []


def test_a_crash_before_a_mail_is_marked_makes_no_second_question(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(self: object, key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MaildirInbox, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            school.collect(mail())
        assert len(school.asked()) == 1
    assert school.collect() == Counts(asked=1)
    assert len(school.asked()) == 1
    assert school.collect(mail(Message_ID="<2@example.org>")) == Counts(asked=1)
    assert len(school.asked()) == 2


def test_a_line_that_cannot_be_written_leaves_the_mail_unread(school: School) -> None:
    def full(asker: Asker, submission: object) -> object:
        raise StorageError("disk full")

    whole, school.ports = school.ports, replace(school.ports, submit=full)
    with pytest.raises(StorageError):
        school.collect(mail())
    school.ports = whole
    assert school.collect() == Counts(asked=1)


def test_strangers_and_those_kept_out_get_no_letter(school: School) -> None:
    stranger = mail(sender="sue@example.org", text="x" * 5000)
    assert school.collect(stranger, mail(sender="Eve <eve@example.org>")) == Counts(aside=2)
    assert (school.aside("unknown-sender"), school.letters) == (2, [])
    assert school.collect() == Counts()


def test_a_forged_sender_gets_no_letter_and_asks_nothing(school: School) -> None:
    assert school.collect(mail(Authentication_Results=""), b"\x00garbage") == Counts(aside=2)
    assert (school.aside("doubtful-sender"), school.aside("unreadable")) == (1, 1)
    assert (school.letters, school.asked()) == ([], ())


def test_a_letter_that_came_back_is_noted_and_an_automatic_reply_is_not_answered(school: School) -> None:
    assert school.collect(bounce(), mail(Auto_Submitted="auto-replied")) == Counts(bounced=1, ignored=1)
    ((question, error),) = school.bounced
    assert (question, error.startswith("5.1.1 550 5.1.1")) == (QUESTION, True)
    assert (school.collect(), school.letters) == (Counts(), [])


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (mail("why? " * 1000), "demasiado larga: pregunte en 4000"),
        (mail("\n", Subject=""), "ninguna pregunta"),
        (mail("x\n" * LIMIT), "demasiado grande"),
        (
            mail().as_bytes().replace(b"text/plain", b"multipart/mixed; boundary=b") + b"--b\n\nx\n" * 2000,
            "no se puede",
        ),
    ],
)
def test_a_mail_without_a_question_is_told_in_the_persons_language(
    school: School, message: EmailMessage | bytes, told: str
) -> None:
    assert school.collect(message) == Counts(told=1)
    (letter,) = school.letters
    assert told in letter.text
    assert letter.text.startswith("Su pregunta no se ha aceptado.")
    assert (letter.to, letter.references) == ("ana@example.org", ("<1@example.org>",))
    assert (school.collect(), school.asked()) == (Counts(), ())


def test_one_question_too_many_is_told_once_by_a_letter_that_has_the_same_id_after_a_crash(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [mail(Message_ID=f"<{number}@example.org>") for number in range(4)]
    with monkeypatch.context() as patch:
        assert school.collect(*mails[:3]) == Counts(asked=3)
        patch.setattr(MaildirInbox, "done", lambda self, key: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            school.collect(mails[3])
    assert school.collect() == Counts(told=1)
    one, again = school.letters
    assert one == again
    assert "tantas preguntas" in one.text
    assert school.collect() == Counts()
    assert len(school.asked()) == 3


def test_an_answer_to_such_a_letter_gets_no_other_one(school: School) -> None:
    """A program that answers our letters without saying that it is one would go on for ever."""
    school.collect(mail("\n", Subject=""))
    (letter,) = school.letters
    reply = {"In_Reply_To": letter.message_id, "Message_ID": "<2@example.org>"}
    assert school.collect(mail("\n", Subject="", **reply)) == Counts(aside=1)
    assert (len(school.letters), school.aside("unreadable")) == (1, 1)
    reply["Message_ID"] = "<3@example.org>"
    assert school.collect(mail("Then: what is MFA?", **reply)) == Counts(asked=1)


def test_a_letter_that_cannot_be_sent_now_keeps_its_mail_unread_but_no_other_one(school: School) -> None:
    school.failure = MailDelayed("later")
    other = mail(Message_ID="<2@example.org>")
    assert school.collect(mail("\n", Subject=""), other) == Counts(later=1, asked=1)
    school.failure = None
    assert school.collect() == Counts(told=1)
    school.failure = MailRefused("never")
    assert school.collect(mail("\n", Subject="")) == Counts(told=1)
    assert school.collect() == Counts()


def with_files(sender: str, *names: str) -> EmailMessage:
    message = mail(sender=sender)
    for name in names:
        message.add_attachment(name.encode(), maintype="application", subtype="octet-stream", filename=name)
    return message


def test_attachments_are_not_read_but_the_question_is_asked_and_its_sender_told(school: School) -> None:
    assert school.collect(with_files("ana@example.org", "a.pdf", "b.pdf")) == Counts(asked=1)
    (letter,) = school.letters
    assert "no se leen aquí: a.pdf, b.pdf" in letter.text
    assert len(school.asked()) == 1


def test_attachments_of_editors_are_read_where_that_is_set(school: School) -> None:
    school.ports = replace(school.ports, keep=school.keep)
    assert school.collect(with_files("bob@example.org", "a.pdf")) == Counts(asked=1)
    assert (school.kept, school.letters) == ([("Bob", Attachment("a.pdf", b"a.pdf"))], [])
    again = with_files("bob@example.org", "b.exe", "c.pdf")
    again.replace_header("Message-ID", "<2@example.org>")
    assert school.collect(again) == Counts(asked=1)
    assert [one.name for _, one in school.kept] == ["a.pdf", "c.pdf"]
    (letter,) = school.letters
    assert "could not be read:\nb.exe: This kind of file is not read." in letter.text
    assert school.collect(with_files("ana@example.org", "d.pdf")) == Counts(asked=1)
    assert len(school.kept) == 2
    assert "no se leen" in school.letters[-1].text


def test_a_question_that_the_line_refuses_is_told_with_the_reason(school: School) -> None:
    def refuse(asker: Asker, submission: object) -> object:
        raise BadInput("There is no collection 'course'.")

    school.ports = replace(school.ports, submit=refuse)
    assert school.collect(mail(sender="bob@example.org")) == Counts(told=1)
    assert (
        school.letters[0].text == "Your question was not taken. This is the reason: There is no collection 'course'.\n"
    )


def test_a_reply_to_our_letter_follows_the_question_that_it_answered(school: School) -> None:
    school.collect(mail())
    (first,) = school.asked()
    ours = message_id(first.id, "answer", "vedette@example.org")
    reply = {"Message_ID": "<2@example.org>", "In_Reply_To": ours, "References": f"<1@example.org> {ours}"}
    assert school.collect(mail("And for admins?", **reply)) == Counts(asked=1)
    assert {one.submission.follows for one in school.asked()} == {"", first.id}
