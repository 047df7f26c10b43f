"""One suite for both inboxes, a maildir and a real IMAP server (Dovecot), and what is each one's own."""

from __future__ import annotations

import mailbox
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import pytest

from servers.dovecot import PASSWORD, Imap, dovecot
from vedette.engines.inbox_imap import ImapInbox
from vedette.engines.inbox_maildir import MaildirInbox
from vedette.errors import ProviderBusy, ProviderRefused, SettingsError, StorageError
from vedette.questions.mail.inbox import Inbox

LIMIT = 4096


def letter(subject: str, text: str = "What is MFA?") -> bytes:
    return f"From: ana@example.org\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


class Post(Protocol):
    """What stands around an inbox: a server that delivers, an admin who looks into folders, a program that starts."""

    def deliver(self, raw: bytes) -> None: ...

    def opened(self) -> Inbox: ...

    def aside(self, why: str) -> list[bytes]: ...

    def empty(self) -> None: ...


class MaildirPost:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.box = mailbox.Maildir(path, create=True)

    def deliver(self, raw: bytes) -> None:
        self.box.add(raw)

    def opened(self) -> Inbox:
        return MaildirInbox(self.path, LIMIT)

    def aside(self, why: str) -> list[bytes]:
        folder = self.box.get_folder(why)
        assert not [one for one in folder if "S" in one.get_flags()]
        return [folder.get_bytes(key) for key in folder.keys()]  # noqa: SIM118 - it iterates over messages

    def empty(self) -> None:
        self.box.clear()


class ImapPost:
    def __init__(self, imap: Imap, user: str, prefix: str) -> None:
        self.imap, self.user, self.prefix = imap, user, prefix
        self.url = f"imaps://{user}:{quote(PASSWORD)}@localhost:{imap.port}/INBOX"

    def deliver(self, raw: bytes) -> None:
        with self.imap.open(self.user) as client:
            client.append("INBOX", "", "", raw)

    def opened(self) -> ImapInbox:
        return ImapInbox(self.url, LIMIT, self.imap.ca_file, 5)

    def aside(self, why: str) -> list[bytes]:
        with self.imap.open(self.user) as client:
            assert client.select(f'"{self.prefix}{why}"', readonly=True)[0] == "OK"
            found = client.uid("SEARCH", "UNSEEN")[1][0].split()
            return [client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in found]

    def empty(self) -> None:
        with self.imap.open(self.user) as client:
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Imap]]:
    """Servers by the prefix of their folders, each started by the first test that wants it."""
    with ExitStack() as stack:

        class Started(dict[str, Imap]):
            def __missing__(self, prefix: str) -> Imap:
                self[prefix] = stack.enter_context(dovecot(prefix, prefix[-1:] or "/"))
                return self[prefix]

        yield Started()


NUMBERS = count()


@pytest.fixture(params=["maildir", "imap", "imap with a prefix"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Post:
    if request.param == "maildir":
        return MaildirPost(tmp_path / "mail")
    return imap_post(request.getfixturevalue("servers"), "INBOX." if "prefix" in request.param else "")


def imap_post(servers: dict[str, Imap], prefix: str = "") -> ImapPost:
    server = servers[prefix]
    return ImapPost(server, server.users[next(NUMBERS)], prefix)


@pytest.fixture
def inbox(post: Post) -> Iterator[Inbox]:
    with closing(post.opened()) as opened:
        yield opened


def test_an_empty_inbox_has_nothing_unread(inbox: Inbox) -> None:
    assert list(inbox.unread()) == []


def test_messages_come_as_they_are_the_oldest_first(post: Post, inbox: Inbox) -> None:
    sent = [letter(str(number), "\x01 \u2028 naïve\r\n.\r\n") for number in range(5)]
    for raw in sent:
        post.deliver(raw)
    found = list(inbox.unread())
    assert [one.raw for one in found] == sent
    assert [one.size for one in found] == [len(raw) for raw in sent]
    assert len({one.key for one in found}) == 5


def test_a_message_is_unread_until_it_is_done_whoever_looked(post: Post, inbox: Inbox) -> None:
    post.deliver(letter("one"))
    post.deliver(letter("two"))
    first = list(inbox.unread())
    with closing(post.opened()) as after_a_crash:
        assert list(after_a_crash.unread()) == first
        after_a_crash.done(first[0].key)
    assert list(inbox.unread()) == first[1:]
    inbox.done(first[1].key)
    inbox.done(first[1].key)
    assert list(inbox.unread()) == []


def test_what_comes_meanwhile_is_there_at_the_next_look(post: Post, inbox: Inbox) -> None:
    assert list(inbox.unread()) == []
    post.deliver(letter("one"))
    (one,) = inbox.unread()
    inbox.done(one.key)
    post.deliver(letter("two"))
    assert [found.raw for found in inbox.unread()] == [letter("two")]


def test_done_while_reading_on(post: Post, inbox: Inbox) -> None:
    for number in range(4):
        post.deliver(letter(str(number)))
    for number, one in enumerate(inbox.unread()):
        (inbox.done(one.key) if number % 2 else inbox.set_aside(one.key, "unreadable"))
    assert list(inbox.unread()) == []
    assert sorted(post.aside("unreadable")) == [letter("0"), letter("2")]


def test_what_is_set_aside_lies_unread_in_a_folder_of_its_reason(post: Post, inbox: Inbox) -> None:
    for name in ("stranger", "forged", "kept", "stranger too"):
        post.deliver(letter(name))
    stranger, forged, kept, too = inbox.unread()
    inbox.set_aside(stranger.key, "unknown-sender")
    inbox.set_aside(stranger.key, "unknown-sender")
    inbox.set_aside(forged.key, "doubtful-sender")
    inbox.set_aside(too.key, "unknown-sender")
    assert [one.raw for one in inbox.unread()] == [kept.raw]
    assert sorted(post.aside("unknown-sender")) == [stranger.raw, too.raw]
    assert post.aside("doubtful-sender") == [forged.raw]


def test_of_a_huge_message_only_the_beginning_is_read(post: Post, inbox: Inbox) -> None:
    raw = letter("huge", "x" * 100_000)
    post.deliver(raw)
    (one,) = inbox.unread()
    assert (one.raw, one.size) == (raw[:LIMIT], len(raw))


def test_what_is_gone_meanwhile_is_let_be(post: Post, inbox: Inbox) -> None:
    for number in range(3):
        post.deliver(letter(str(number)))
    unread = inbox.unread()
    first = next(unread)
    post.empty()
    assert list(unread) == []
    inbox.done(first.key)
    inbox.set_aside(first.key, "unreadable")
    assert list(inbox.unread()) == []


def test_a_maildir_takes_what_a_mail_program_looked_at_but_did_not_read(tmp_path: Path) -> None:
    post = MaildirPost(tmp_path / "mail")
    post.deliver(letter("looked at"))
    (new,) = (tmp_path / "mail" / "new").iterdir()
    new.rename(tmp_path / "mail" / "cur" / f"{new.name}:2,F")
    (tmp_path / "mail" / "new" / "link").symlink_to("/etc/passwd")
    (tmp_path / "mail" / "new" / "folder").mkdir()
    inbox = post.opened()
    (one,) = inbox.unread()
    inbox.done(one.key)
    assert [path.name for path in (tmp_path / "mail" / "cur").iterdir()] == [f"{new.name}:2,FS"]
    assert list(inbox.unread()) == []


def test_a_maildir_that_is_none_or_goes_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="which is no maildir"):
        MaildirInbox(tmp_path, LIMIT)
    inbox = MaildirPost(tmp_path / "mail").opened()
    (tmp_path / "mail").rename(tmp_path / "gone")
    with pytest.raises(StorageError, match="check who may read and write it"):
        list(inbox.unread())


def cut(inbox: ImapInbox) -> None:
    assert inbox._client is not None
    inbox._client.sock.shutdown(socket.SHUT_RDWR)


def test_an_imap_line_that_broke_is_taken_up_again(servers: dict[str, Imap]) -> None:
    post = imap_post(servers)
    for number in range(3):
        post.deliver(letter(str(number)))
    with closing(post.opened()) as inbox:
        for one in inbox.unread():
            cut(inbox)
            inbox.done(one.key)
            cut(inbox)
        assert list(inbox.unread()) == []


def test_an_imap_mailbox_that_was_made_anew_lends_its_numbers_to_no_other_message(servers: dict[str, Imap]) -> None:
    post = imap_post(servers)
    place = f"imaps://{post.user}:{quote(PASSWORD)}@localhost:{post.imap.port}/Questions"
    inboxes = [ImapInbox(place, LIMIT, post.imap.ca_file, 5) for _ in range(2)]
    found = []
    for number, inbox in enumerate(inboxes):
        with post.imap.open(post.user) as client:
            if number:
                # As a restored mailbox would be: the same numbers for other messages.
                assert client.delete("Questions")[0] == "OK"
            client.create("Questions")
            client.append("Questions", "", "", letter(str(number)))
        found += list(inbox.unread())
    old, new = found
    assert old.key.partition(".")[2] == new.key.partition(".")[2]
    assert old.key != new.key
    with closing(inboxes[0]), closing(inboxes[1]):
        inboxes[1].done(old.key)
        inboxes[1].set_aside(old.key, "unreadable")
        assert list(inboxes[1].unread()) == [new]


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (("p%40ss", "wrong"), ProviderRefused, "refused .*check inbox.url"),
        (("INBOX", "Nowhere"), ProviderRefused, "Nowhere"),
        (("@localhost", "@127.0.0.1"), ProviderBusy, "certificate .*inbox.ca_file"),
    ],
)
def test_what_is_wrong_with_an_imap_server_is_told_without_the_password(
    servers: dict[str, Imap], change: tuple[str, str], error: type[Exception], told: str
) -> None:
    post = imap_post(servers)
    inbox = ImapInbox(post.url.replace(*change), LIMIT, post.imap.ca_file, 5)
    with pytest.raises(error, match=told) as caught:
        list(inbox.unread())
    assert "ss w" not in str(caught.value)


def test_an_imap_server_without_our_trust_or_without_a_voice_is_told(servers: dict[str, Imap]) -> None:
    post = imap_post(servers)
    with pytest.raises(ProviderBusy, match="not trusted"):
        list(ImapInbox(post.url, LIMIT).unread())
    with pytest.raises(ProviderBusy, match="check that it runs"):
        list(ImapInbox("imaps://u:p@127.0.0.1:1/INBOX", LIMIT, timeout_s=1).unread())


@pytest.mark.parametrize(
    "url", ["imap://u:p@host/INBOX", "imaps://host/INBOX", "imaps://", "imaps://u:p@h/Fragen%C3%A4"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match=r"inbox\.url"):
        ImapInbox(url, LIMIT)


def test_a_file_of_certificates_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"inbox\.ca_file"):
        ImapInbox("imaps://u:p@host/INBOX", LIMIT, str(tmp_path / "none.pem"))
