"""Every record crosses the wire unchanged, and every error comes back as its class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import httpx
import pytest

from fakes.knowledge import ID, TEXT, FixedKnowledge
from fakes.people import house
from fakes.server import serving_app
from vedette.errors import BadInput, LoadError, NotFound, ProviderBusy, TooLarge, Unauthorized, VedetteError
from vedette.records import OWNER, Access, ConversationTurn, IngestRequest, Query, Question, Sharing, Turn, Upload
from vedette.remote.conversations import RemoteConversations
from vedette.remote.knowledge import RemoteKnowledge
from vedette.remote.wire import Wire, open_client
from vedette.services import Knowledge, Services
from vedette.web.api import create_app
from vedette.web.config import WebConfig

LOCAL = FixedKnowledge()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with house(tmp_path_factory.mktemp("house"), LOCAL) as (made, _):
        yield made


@pytest.fixture(scope="module")
def url(services: Services) -> Iterator[str]:
    with serving_app(create_app(services, WebConfig("1", token="t", heartbeat_s=0.05))) as address:
        yield address


@pytest.fixture(scope="module")
def remote(url: str) -> Iterator[Knowledge]:
    with open_client(url) as http:
        yield RemoteKnowledge(Wire(url, "t", http))


def test_every_record_comes_back_the_same(remote: Knowledge) -> None:
    assert remote.documents() == LOCAL.documents()
    assert remote.documents("none") == ()
    assert remote.failures() == LOCAL.failures()
    assert remote.document(ID) == LOCAL.document(ID)
    assert remote.original(ID) == LOCAL.original(ID)
    assert remote.collections() == LOCAL.collections()
    assert remote.verify(repair=True) == LOCAL.verify(repair=True)
    assert remote.preprocess(TEXT) == LOCAL.preprocess(TEXT)
    assert remote.health() == LOCAL.health()
    query = Query("hash", k=3, filters={"kind": "prose"})
    assert remote.retrieve(query) == LOCAL.retrieve(query)
    remote.remove(ID)
    remote.dismiss("default", "bad.pdf")
    assert LOCAL.given[-1] == ("default", "bad.pdf")


def test_sharing_crosses_whole(remote: Knowledge) -> None:
    sharing = Sharing(("group:cert", "user:a b/c"), "AMBER")
    assert remote.share(ID, sharing) == LOCAL.share(ID, sharing)
    assert remote.share_collection("default", ("everyone",)) == LOCAL.share_collection("default", ("everyone",))
    assert remote.remove_collection("default") == 1
    upload = Upload("a.md", b"a", "cv", sharing)
    remote.upload(upload)
    assert LOCAL.given[-1] == upload
    request = IngestRequest(("/srv/docs",), "cv", sharing=sharing)
    list(remote.ingest(request))
    assert LOCAL.given[-1] == request
    assert remote.identifier("T1110", "default") == LOCAL.identifier("T1110", "default")
    for name in ("a/b", "a?b", "ñ", "a%2Fb"):
        with pytest.raises(NotFound, match="no collection"):
            remote.remove_collection(name)
        with pytest.raises(NotFound):
            remote.identifier(name, "default")


def test_whose_knowledge_it_is_stands_in_the_token(remote: Knowledge) -> None:
    assert remote.seen_by(OWNER) is remote
    seen = remote.seen_by(Access(("user:a",), "GREEN"))
    assert isinstance(seen, RemoteKnowledge)
    seen.collections()
    assert LOCAL.seen[-1] == Access(("user:a",), "GREEN")


def test_conversations_come_back_the_same(url: str, services: Services) -> None:
    with open_client(url) as http:
        remote, local, mine = RemoteConversations(Wire(url, "t", http)), services.conversations, "owner"
        begun = remote.begin(mine, "default")
        *events, last = remote.ask(mine, begun.id, "How are passwords stored?", LOCAL)
        assert [event.kind for event in events] == ["rewritten", "answer", "answer", "answer"]
        stored = local.get(mine, begun.id)
        assert last.turn == seen_over_http(stored.turns[0])
        assert remote.list(mine, "passwords") == local.list(mine, "passwords")
        again = list(remote.again(mine, begun.id, stored.turns[0].id, "Why?", LOCAL))[-1].turn
        assert again is not None
        rated = remote.rate(mine, begun.id, again.id, "up", "good")
        found = remote.get(mine, begun.id)
        assert found.turns == (rated,)
        assert replace(found, turns=()) == replace(local.get(mine, begun.id), turns=())
        assert remote.feedback() == local.feedback()
        assert remote.export(mine, begun.id) == local.export(mine, begun.id)
        assert remote.rename(mine, begun.id, "Salt").title == "Salt"
        turns = (Turn("What is T1110?", "Brute force."),)
        assert remote.standalone("And T1003?", turns) == local.standalone("And T1003?", turns)
        with pytest.raises(NotFound):
            remote.get(mine, "../../docs")
        remote.remove(mine, begun.id)
        remote.begin(mine, "default")
        remote.forget(mine)
        assert local.list(mine) == ()


def seen_over_http(turn: ConversationTurn) -> ConversationTurn:
    assert turn.answer is not None
    return replace(turn, answer=replace(turn.answer, passages=(), checks=(), understanding=None))


def test_uploads_and_ingests_cross_whole(remote: Knowledge) -> None:
    upload = Upload("señal.md", b"\x00\xff# A", "cv")
    assert remote.upload(upload) == LOCAL.upload(upload)
    assert LOCAL.given[-2] == upload
    request = IngestRequest(("/srv/docs",), "cv", prune=False)
    assert list(remote.ingest(request)) == list(LOCAL.ingest(request))
    assert LOCAL.given[-2] == request


def test_every_event_of_an_answer_comes_back_the_same(remote: Knowledge) -> None:
    for text in ("How?", "Who won at football?"):
        question = Question(text, language="es", filters={"a": "b"}, history=(Turn("Q", "A"),))
        assert list(remote.ask(question)) == list(LOCAL.ask(question))
        assert LOCAL.asked[-2] == question
        assert remote.scope(question) == LOCAL.scope(question)
        assert LOCAL.asked[-2] == question


def test_an_unsound_part_is_told_not_raised(remote: Knowledge) -> None:
    LOCAL.healthy = False
    try:
        assert remote.health() == LOCAL.health()
    finally:
        LOCAL.healthy = True


def test_errors_come_back_as_their_class(remote: Knowledge) -> None:
    for wrong in ("0" * 16, "../x", "a b", ""):
        with pytest.raises(NotFound, match="no document"):
            remote.document(wrong)
    with pytest.raises(NotFound, match="no collection"):
        remote.retrieve(Query("a", "none"))
    with pytest.raises(NotFound, match="no collection"):
        list(remote.ask(Question("a", "none")))
    with pytest.raises(BadInput, match="empty"):
        list(remote.ask(Question(" ")))
    with pytest.raises(TooLarge):
        list(remote.ask(Question("a" * 9000)))
    with pytest.raises(LoadError, match="bad cannot be read"):
        list(remote.ingest(IngestRequest(("/bad",))))
    with pytest.raises(ProviderBusy) as busy:
        list(remote.ask(Question("busy")))
    assert busy.value.retry


def test_a_crash_there_is_a_sentence_here(remote: Knowledge) -> None:
    with pytest.raises(VedetteError, match="log tells") as crash:
        list(remote.ask(Question("crash")))
    assert "secret" not in str(crash.value)


def test_an_answer_that_is_no_longer_wanted_is_stopped(remote: Knowledge) -> None:
    LOCAL.closed.clear()
    with closing(remote.ask(Question("long"))) as events:  # type: ignore[type-var]
        next(events)
        next(events)
    assert LOCAL.closed.wait(5)


def test_without_the_token_the_owners_routes_are_closed(url: str) -> None:
    with open_client(url) as http:
        stranger = RemoteKnowledge(Wire(url, "", http))
        with pytest.raises(Unauthorized):
            stranger.verify()
        with pytest.raises(Unauthorized):
            list(stranger.ingest(IngestRequest(("/etc",))))


def test_a_server_that_is_gone_or_is_not_vedette() -> None:
    with open_client("http://127.0.0.1:9") as http, pytest.raises(VedetteError, match="does not answer"):
        RemoteKnowledge(Wire("http://127.0.0.1:9", "", http)).collections()
    other = httpx.MockTransport(lambda request: httpx.Response(502, text="<html>Bad gateway</html>"))
    client = httpx.Client(base_url="http://x", transport=other)
    with client as http, pytest.raises(VedetteError, match="not Vedette's"):
        RemoteKnowledge(Wire("http://x", "", http)).collections()
