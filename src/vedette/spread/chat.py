"""Knowledge that is also asked what would become of a network: the numbers are computed, never a model's.

The network stands among the sources of such an answer, as a document of its own that only those find who may read the
network. So who loses it loses the answers that were computed from it too, wherever they are kept.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast

from vedette.errors import NotFound
from vedette.records import (
    Access,
    Answer,
    AnswerEvent,
    Check,
    Claim,
    Containment,
    Document,
    DocumentInfo,
    Forecast,
    ForecastProgress,
    ForecastRequest,
    NetworkInfo,
    Question,
    Source,
    StoredDocument,
)
from vedette.sentences.records import in_language
from vedette.services import Forecasting, Knowledge
from vedette.spread.asked import Asked, asked, may_ask
from vedette.spread.namebooks import NameBooks
from vedette.spread.words import NETWORK, Outlook, answer_text

PROVIDER = "forecast"
STAGE = "forecast"
MOST_HOSTS = 50
"""As many hosts go with an answer; the page has the others."""


class Foreseeing:
    """A `Knowledge` over `knowledge`, whose `ask` hands questions on spread to `forecasting()`, which is called for
    nothing else. `today` gives the date of the machine, for "by Friday". All views of one share the `books`."""

    def __init__(
        self,
        knowledge: Knowledge,
        forecasting: Callable[[], Forecasting],
        today: Callable[[], date],
        books: NameBooks | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._forecasting = forecasting
        self._today = today
        self._books = books or NameBooks()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._knowledge, name)

    def seen_by(self, access: Access) -> Knowledge:
        """See `Knowledge.seen_by`; networks are narrowed with the documents."""
        knowledge = self._knowledge.seen_by(access)
        mine = Foreseeing(knowledge, lambda: self._forecasting().seen_by(access, knowledge), self._today, self._books)
        return cast(Knowledge, mine)

    def document(self, document: str) -> StoredDocument:
        """See `Knowledge.document`; a network is one too."""
        for info in self._forecasting().networks() if document.startswith(PREFIX) else ():
            if document == network_document(info.name):
                return _stored(info)
        return self._knowledge.document(document)

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        """See `Knowledge.ask`."""
        found = self._asked(question)
        return self._knowledge.ask(question) if found is None else self._foretold(question, found)

    def _asked(self, question: Question) -> Asked | None:
        earlier = tuple(turn.question for turn in question.history)
        if not may_ask(question.text, earlier):
            return None
        mine = self._forecasting()
        return asked(question.text, earlier, self._books.known(mine), self._today())

    def _foretold(self, question: Question, found: Asked) -> Iterator[AnswerEvent]:
        begun = time.monotonic()
        yield AnswerEvent("stage", STAGE)
        made = cast(Forecast, self._result(ForecastRequest("forecast", scenario=found.scenario)))
        contained: Containment | None = None
        if found.wish is not None:
            contained = cast(Containment, self._result(ForecastRequest("contain", wish=found.wish)))
        info = next((one for one in self._forecasting().networks() if one.name == found.scenario.network), None)
        if info is None:
            raise NotFound(f"The network {found.scenario.network!r} was removed meanwhile.")
        numbered = (replace(one, id=f"s{number}") for number, one in enumerate(made.sources, 2))
        language = question.language or self._knowledge.preprocess(question.text).language
        made = in_language(replace(made, sources=tuple(numbered)), language)
        text = answer_text(Outlook(made, contained, found.focus), language, self._today())
        yield AnswerEvent("answer", answer=_answer(made, info, text, (time.monotonic() - begun) * 1000))

    def _result(self, request: ForecastRequest) -> Any:
        for step in self._forecasting().perform(request):
            if not isinstance(step, ForecastProgress):
                return step
        raise NotFound("The forecast ended without a result; ask again.")


PREFIX = "network"


def network_document(name: str) -> str:
    """The id that a network has as a document."""
    return PREFIX + hashlib.sha256(name.encode()).hexdigest()[:24]


def _described(info: NetworkInfo) -> str:
    return f"Network {info.name}: {info.assets:,} assets, {info.links:,} links, SHA-256 {info.digest}."


def _stored(info: NetworkInfo) -> StoredDocument:
    lines = (_described(info), f"Stored: {info.stored}", *info.assumptions)
    name = f"network {info.name}"
    document = Document(name, f"Network {info.name}", "\n".join(lines), "text/plain", kind="network")
    return StoredDocument(
        DocumentInfo(
            id=network_document(info.name),
            collection="",
            source=name,
            title=document.title,
            kind=document.kind,
            media_type=document.media_type,
            language="",
            pages=0,
            chunks=0,
            characters=len(document.text),
            content_hash=info.digest,
            ingested_at=info.stored,
        ),
        document,
    )


def _answer(made: Forecast, info: NetworkInfo, text: str, elapsed_ms: float) -> Answer:
    quote = _described(info)
    title = f"Network {info.name}"
    network = Source(NETWORK, network_document(info.name), title, f"network {info.name}", 0, 0, len(quote), quote, 1.0)
    sources = (network, *(one for one in made.sources if f"[{one.id}]" in text))
    scenario = made.scenario
    detail = (
        f"{scenario.worlds} worlds of {scenario.draws} draws, seed {scenario.seed}, model {made.model}, network "
        f"{made.digest[:12]}"
    )
    return Answer(
        text=text,
        refused=False,
        reason="",
        claims=tuple(_claims(text, sources)),
        sources=sources,
        provider=PROVIDER,
        corpus_version=0,
        timings_ms={"forecast": elapsed_ms},
        checks=(Check("computed", True, detail),),
        confidence=1.0,
        forecast=replace(made, hosts=made.hosts[:MOST_HOSTS]),
    )


def _claims(text: str, sources: tuple[Source, ...]) -> Iterator[Claim]:
    for line in text.splitlines():
        cited = tuple(source.id for source in sources if f"[{source.id}]" in line)
        if cited:
            bare = line
            for name in cited:
                bare = bare.replace(f" [{name}]", "")
            yield Claim(bare.lstrip("-0123456789. ").strip(), "supported", cited)
