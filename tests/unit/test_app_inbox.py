"""Questions by mail put together: settings, accounts, the line, a real maildir and a real SMTP server."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from fakes.later import until
from fakes.letters_in import AUTHSERV, mail
from fakes.line import Line, opened_line
from servers.smtp import serving
from vedette.app_inbox import checked_mail, collecting, open_inbox, rules_of
from vedette.engines.inbox_imap import ImapInbox
from vedette.errors import SettingsError
from vedette.records import Access, Failure, IngestReport, Upload
from vedette.services import Knowledge
from vedette.settings.sections import InboxSettings, Settings
from vedette.storage.database import sqlite_url


@dataclass
class Shelf:
    """What is uploaded, and by whom it was."""

    access: Access | None = None
    kept: list[tuple[Access | None, Upload]] = field(default_factory=list)

    def seen_by(self, access: Access) -> Shelf:
        return Shelf(access, self.kept)

    def upload(self, upload: Upload) -> IngestReport:
        self.kept.append((self.access, upload))
        failed = (Failure(upload.name, "It is no PDF."),) if upload.name.endswith(".pdf") else ()
        return IngestReport(upload.collection, 1, 1, 0, 0, failed, 0.1, 1)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with opened_line(sqlite_url(tmp_path / "people.db"), tmp_path, people=1) as opened:
        yield opened


def with_inbox(line: Line, path: Path, **inbox: str) -> Settings:
    chosen = InboxSettings(url=f"maildir://{path}", authserv=AUTHSERV, every_s=0.05, **inbox)  # type: ignore[arg-type]
    return replace(line.settings, inbox=chosen)


def test_what_comes_by_mail_is_asked_and_looked_for_again(line: Line, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "a mail box")
    settings = with_inbox(line, tmp_path / "a%20mail%20box")
    address = line.askers[0].address
    box.add(mail(sender=address.upper()))
    bounced: list[tuple[str, str]] = []
    noted: Callable[[str, str], bool] = lambda question, error: bounced.append((question, error)) is None  # noqa: E731
    with collecting(settings, line.database, line.service, cast(Knowledge, Shelf()), noted):
        until(lambda: len(line.questions()) == 1)
        box.add(mail("\n", sender=address, Subject="", Message_ID="<2@example.org>"))
        until(lambda: len(line.mails.kept) == 1)
    assert "has no question" in str(line.mails.kept[0].message.get_body())
    (asked,) = line.questions().values()
    assert (asked.person, asked.submission.by_mail) == (line.askers[0].id, True)


def test_attachments_are_kept_as_whoever_sent_them_may(line: Line, tmp_path: Path) -> None:
    box, shelf = mailbox.Maildir(tmp_path / "mail"), Shelf()
    settings = with_inbox(line, tmp_path / "mail", attachments="ingest", collection="course")
    with line.database.writing() as connection:
        connection.exec_driver_sql("UPDATE people SET role = 'editor'")
    message = mail(sender=line.askers[0].address)
    message.add_attachment("text", filename="a.txt")
    message.add_attachment(b"%", maintype="application", subtype="pdf", filename="b.pdf")
    box.add(message)
    with collecting(settings, line.database, line.service, cast(Knowledge, shelf), lambda question, error: True):
        until(lambda: line.mails.kept)
    assert [(upload.name, upload.collection) for _, upload in shelf.kept] == [("a.txt", "course"), ("b.pdf", "course")]
    access = shelf.kept[0][0]
    assert access is not None
    assert access.own == (f"user:{line.askers[0].id}",)
    assert "b.pdf: It is no PDF." in str(line.mails.kept[0].message.get_body())


def test_an_inbox_that_goes_away_and_comes_back_is_read_again(
    line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = mailbox.Maildir(tmp_path / "mail")
    with collecting(
        with_inbox(line, tmp_path / "mail"), line.database, line.service, cast(Knowledge, Shelf()), lambda *_: True
    ):
        (tmp_path / "mail").rename(tmp_path / "away")
        until(lambda: "the inbox was not read" in caplog.text)
        (tmp_path / "away").rename(tmp_path / "mail")
        box.add(mail(sender=line.askers[0].address))
        until(lambda: len(line.questions()) == 1)


def test_settings_that_cannot_work_are_told(line: Line, tmp_path: Path) -> None:
    settings = with_inbox(line, tmp_path / "none")
    with pytest.raises(SettingsError, match="no maildir"):
        open_inbox(settings)
    with pytest.raises(SettingsError, match=r"mail\.url is not"):
        open_inbox(replace(settings, mail=replace(settings.mail, url="")))
    with pytest.raises(SettingsError, match="imaps://"):
        open_inbox(replace(settings, inbox=InboxSettings(url="pop3://u:p@host/")))


def test_mails_of_ours_are_known_by_the_addresses_of_the_settings(line: Line) -> None:
    inbox = InboxSettings(url="imaps://questions%40school.example:p@mail.school.example/INBOX")
    settings = replace(line.settings, inbox=inbox)
    settings = replace(settings, mail=replace(settings.mail, sender="v@school.example", bounces="b@school.example"))
    assert isinstance(open_inbox(settings), ImapInbox)
    assert rules_of(settings).own == ("v@school.example", "b@school.example", "questions@school.example")


def test_the_doctor_tries_both_doors_of_mail(line: Line, tmp_path: Path) -> None:
    mailbox.Maildir(tmp_path / "mail")
    settings = with_inbox(line, tmp_path / "mail")
    assert [(part.name, part.ok) for part in checked_mail(settings)] == [("mail", True), ("inbox", True)]
    assert line.mails.kept == []
    with serving(login=("ana", "right")) as server:
        wrong = replace(settings.mail, url=server.url.replace("right", "wrong"))
        (out, _) = checked_mail(replace(settings, mail=wrong))
        assert (out.ok, "user and password" in out.advice) == (False, True)
    (_, inbox) = checked_mail(with_inbox(line, tmp_path / "nowhere"))
    assert (inbox.ok, "nowhere" in inbox.advice) == (False, True)
    assert checked_mail(Settings(tmp_path)) == ()


def test_the_server_tells_how_the_last_look_went(line: Line, tmp_path: Path) -> None:
    mailbox.Maildir(tmp_path / "mail")
    settings, shelf = with_inbox(line, tmp_path / "mail"), cast(Knowledge, Shelf())
    with collecting(settings, line.database, line.service, shelf, lambda question, error: True) as told:
        until(lambda: told().ok and "last look" in told().detail)
        (tmp_path / "mail").rename(tmp_path / "away")
        until(lambda: not told().ok)
        assert "mail" in told().advice
