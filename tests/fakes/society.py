"""Random people, groups, labels and collections of documents, each with a canary: who sees it, may read it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fakes.words import WordEmbedder
from vedette.rag.ask import Desk
from vedette.rag.cache import AnswerCache
from vedette.rag.generate.chain import Chain, ChainLimits, Generator, World
from vedette.rag.index.contract import Index
from vedette.rag.ingest import Parse, Reader
from vedette.rag.library import shelf
from vedette.rag.library.catalog import open_catalog
from vedette.rag.library.shelf import ChunkOptions, Library
from vedette.rag.load.discover import Found
from vedette.rag.retrieve.turns import Turns
from vedette.rag.service import LocalKnowledge
from vedette.rag.understand.intent import Understander
from vedette.records import (
    EVERYONE,
    TLP,
    Access,
    Block,
    Document,
    Failure,
    IngestRequest,
    Message,
    Sharing,
    document_id,
)

TOPICS = ("backup tape", "phishing mail", "password vault", "firewall rule", "incident drill", "log retention")
GROUPS = ("soc", "hr", "board", "ops")
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
CANARY = re.compile(rf"\b(?:[{CONSONANTS}][{VOWELS}]){{5}}x\b")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document of the society: `name` stands in its title, `canary` in its text alone."""

    collection: str
    source: str
    name: str
    canary: str
    identifier: str
    document: Document
    sharing: Sharing

    @property
    def id(self) -> str:
        return document_id(self.collection, self.source)


@dataclass(frozen=True, slots=True)
class Society:
    """Who is there, which collections who may read, and what stands in them."""

    people: tuple[Access, ...]
    readers: dict[str, tuple[str, ...]]
    sheets: tuple[Sheet, ...]

    def seen(self, access: Access) -> list[Sheet]:
        """What somebody may read, found without any code of the library."""
        return [sheet for sheet in self.sheets if self.may(access, sheet)]

    def may(self, access: Access, sheet: Sheet) -> bool:
        def named(readers: Sequence[str]) -> bool:
            return any(tag in readers for tag in access.tags)

        label = TLP.index(sheet.sharing.tlp) if sheet.sharing.tlp else -1  # type: ignore[arg-type]
        cleared = label <= TLP.index(access.clearance)
        own = not sheet.sharing.readers or named(sheet.sharing.readers)
        return named(self.readers[sheet.collection]) and own and cleared


def society(seed: int, people: int = 6, collections: int = 3, documents: int = 24) -> Society:
    """So many people, collections, and documents in each."""
    chance = random.Random(seed)
    tags = [EVERYONE, *(f"group:{group}" for group in GROUPS), *(f"user:{n}" for n in range(people))]
    persons = tuple(
        Access(
            (EVERYONE, f"user:{n}", *(f"group:{g}" for g in chance.sample(GROUPS, chance.randint(0, 3)))),
            chance.choice(TLP),
        )
        for n in range(people)
    )
    readers = {f"c{n}": tuple(chance.sample(tags, chance.randint(1, 3))) for n in range(1, collections)}
    readers["c0"] = (EVERYONE,)
    sheets = tuple(_sheet(chance, name, number, tags) for name in readers for number in range(documents))
    return Society(persons, readers, sheets)


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(5))


def _sheet(chance: random.Random, collection: str, number: int, tags: Sequence[str]) -> Sheet:
    name, canary, topic = _word(chance), _word(chance) + "x", chance.choice(TOPICS)
    sharing = Sharing(
        tuple(sorted(chance.sample(tags, chance.choice((0, 0, 1, 2))))), chance.choice(("", "", "GREEN", *TLP))
    )
    if number % 3 == 0:
        identifier, kind = f"CVE-2031-{1000 + number % 6}", "kev"
        lines = [f"Required action: Replace the {topic} by {canary}.", f"Due date: 2031-01-{number % 28 + 1:02}"]
    elif number % 3 == 1:
        identifier, kind = f"T19{number % 6:02}", "attack-technique"
        lines = ["Mitigations", f"- M1036 {name.title()}: Keep the {topic} away from {canary}."]
    else:
        identifier, kind = "", "prose"
        lines = [f"The {topic} of {name.title()} is kept by {canary}.", f"Every {topic} is checked on Monday."]
    title = " ".join(filter(None, (identifier, f"{name.title()} {topic}")))
    document = _document(f"{name}.txt", title, kind, identifier, [f"This is about the {topic}.", *lines])
    return Sheet(collection, document.source, name, canary, identifier, document, sharing)


def _document(source: str, title: str, kind: str, identifier: str, lines: Sequence[str]) -> Document:
    text, blocks = title, [Block("heading", 0, len(title), 1)]
    for line in lines:
        start = len(text) + 2
        text = f"{text}\n\n{line}"
        shape = "table_row" if ": " in line else "heading" if line == "Mitigations" else "paragraph"
        shape = "list_item" if line.startswith("- ") else shape
        blocks.append(Block(shape, start, len(text), 2 if shape == "heading" else 1))  # type: ignore[arg-type]
    identifiers = (identifier,) if identifier else ()
    return Document(source, title, text, "text/plain", kind, "en", blocks=tuple(blocks), identifiers=identifiers)


@contextmanager
def peopled(
    folder: Path,
    index: Index,
    of: Society,
    cache: AnswerCache | None = None,
    models: Sequence[Generator] = (),
    keep: Callable[[Sheet], bool] = lambda sheet: True,
) -> Iterator[LocalKnowledge]:
    """The knowledge of a society, or of what of it is to be kept; closed at the end."""
    embedder = WordEmbedder()
    catalog = open_catalog(folder / "catalog.db", embedder.name)
    now = lambda: datetime(2031, 1, 1, tzinfo=UTC)  # noqa: E731
    library = Library(catalog, index, embedder, folder / "originals", ChunkOptions(), now)
    shelf.recover(library)
    chain = Chain(models, ChainLimits(), World(lambda: 0.0, lambda s: None, lambda: 0.0))
    held = {(sheet.collection, sheet.source): sheet for sheet in of.sheets if keep(sheet)}
    desk = Desk(library, Understander(embedder.embed), chain, lambda: "nonce", embedder.embed, Turns(2))
    knowledge = LocalKnowledge(desk, _reader(held), cache)
    for collection, readers in of.readers.items():
        catalog.collections.add(collection)
        list(knowledge.ingest(IngestRequest((collection,), collection)))
        knowledge.share_collection(collection, readers)
    for sheet in held.values():
        knowledge.share(sheet.id, sheet.sharing)
    try:
        yield knowledge
    finally:
        index.close()
        catalog.close()


def _reader(held: dict[tuple[str, str], Sheet]) -> Reader:
    """Reads the sheets of a collection, which is the target."""

    def discover(target: str) -> Iterator[Found | Failure]:
        for sheet in held.values():
            if sheet.collection == target:
                data = f"{target} {sheet.source}".encode()
                yield Found(sheet.source, len(data), lambda data=data: data)  # type: ignore[misc]

    @contextmanager
    def parser() -> Iterator[Parse]:
        yield lambda found: iter((held[tuple(found.read().decode().split(" "))].document,))  # type: ignore[index]

    return Reader(discover, parser, max_bytes=10_000)


class Echo:
    """A model that tells every secret it was shown: the lines of its prompt that hold a canary."""

    name = "echo"

    def generate(self, messages: Sequence[Message], limits: object) -> Iterator[str]:
        lines = (line for message in messages for line in message.content.splitlines())
        yield from (f"{line}\n" for line in dict.fromkeys(lines) if CANARY.search(line))
