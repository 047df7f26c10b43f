"""The composition root: settings -> services. The only place that chooses engines, and local or remote."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette import running
from vedette.errors import BadInput, SettingsError
from vedette.rag.ask import Desk
from vedette.rag.cache import AnswerCache, MemoryStore, Store
from vedette.rag.embed import Embedder, OnnxEmbedder, Remembered, packaged_model
from vedette.rag.generate.chain import Chain, ChainLimits, Generator, World
from vedette.rag.index.contract import Index
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.index.move import move
from vedette.rag.ingest import Reader
from vedette.rag.library import shelf
from vedette.rag.library.catalog import open_catalog
from vedette.rag.library.room import require_room_to_open
from vedette.rag.library.shelf import ChunkOptions, Library
from vedette.rag.load.discover import Found, Opener, discover
from vedette.rag.load.fetch import Fetcher
from vedette.rag.load.limits import MB, Limits
from vedette.rag.load.sandbox import Sandbox
from vedette.rag.load.seats import Seats
from vedette.rag.retrieve.turns import Turns
from vedette.rag.service import LocalKnowledge, ignored
from vedette.rag.understand.intent import Understander
from vedette.records import OWNER_ID, Failure, Network, PartHealth
from vedette.services import Counsel, Forecasting, Knowledge, Services
from vedette.settings import Settings
from vedette.settings.providers import ProviderSettings
from vedette.settings.sections import CacheSettings, EmbedSettings, IndexSettings, IngestSettings, S3Settings

if TYPE_CHECKING:
    from vedette.accounts.service import LocalAccounts
    from vedette.app_notify import Bell

# The packaged model was trained on English; another one is taken to be multilingual.
SPOKEN = ("en",)
# About 16 MB of vectors.
SENTENCES_KEPT = 8192


@contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The services in this process, the one owner of the data folder. Raises Conflict, StorageError, SettingsError."""
    from vedette.app_conversations import local_conversations, open_people
    from vedette.app_questions import Desk, local_questions, open_store, worker
    from vedette.app_spread import foreseeing, local_forecasting

    with ExitStack() as stack:
        bell = bell_of(settings, stack)
        chain = _chain(settings, stack, bell)
        documents = build(settings, chain, stack, bell)
        database = open_people(settings, stack)
        if bell is not None:
            stack.enter_context(bell.ringing(documents))
        conversations = local_conversations(settings, database, chain)
        store = open_store(settings, database, stack)
        questions = local_questions(settings, store)
        forecasting = local_forecasting(settings, database, documents, stack, retrains=True)
        knowledge = foreseeing(documents, lambda: forecasting)
        accounts: LocalAccounts | None = None
        if settings.accounts.sign_in:
            from vedette.app_people import local_accounts

            accounts = local_accounts(settings, database, stack)
        inbox: tuple[Callable[[], PartHealth], ...] = ()
        if settings.inbox.url:
            from vedette.app_inbox import collecting

            inbox = (stack.enter_context(collecting(settings, database, questions, knowledge, store.bounced)),)
        if settings.questions.workers:
            desk = Desk(settings, database, store, lambda: nullcontext(knowledge), conversations.standalone)
            working = worker(replace(desk, died=bell.given_up) if bell else desk)
            stack.callback(working.stop)
            working.start(settings.questions.workers)
        yield Services(
            knowledge=knowledge,
            conversations=conversations,
            questions=questions,
            forecasting=forecasting,
            accounts=accounts,
            notices=bell.notifier if bell else None,
            watched=inbox,
        )


@contextmanager
def open_knowledge(settings: Settings) -> Iterator[LocalKnowledge]:
    """The documents alone, for commands, which begin in half the time without the people. Raises as `opened`."""
    with ExitStack() as stack:
        bell = bell_of(settings, stack, at_end=True)
        yield build(settings, _chain(settings, stack, bell), stack, bell)


@contextmanager
def connect(settings: Settings, note: Callable[[str], None]) -> Iterator[Knowledge]:
    """The documents of the data folder: of the server that owns it, which `note` is told, else in this process."""
    server = running.find(settings.data)
    if server is None:
        from vedette.app_spread import forecasting_within, foreseeing

        with open_knowledge(settings) as documents, ExitStack() as stack:
            yield foreseeing(documents, forecasting_within(settings, documents, stack))
        return
    from vedette.remote.service import connected

    note(f"Asking the server at {server.url}, which has {settings.data} open.")
    with connected(server.url, server.token) as services:
        yield services.knowledge


@contextmanager
def connect_counsel(settings: Settings, note: Callable[[str], None]) -> Iterator[Counsel]:
    """As `connect`, with the forecasts of the data folder's owner."""
    server = running.find(settings.data)
    if server is None:
        from vedette.app_spread import forecasting_within, foreseeing

        with open_knowledge(settings) as documents, ExitStack() as stack:
            forecasting = forecasting_within(settings, documents, stack)
            yield Counsel(foreseeing(documents, forecasting), forecasting(), OWNER_ID)
        return
    from vedette.remote.service import connected

    note(f"Asking the server at {server.url}, which has {settings.data} open.")
    with connected(server.url, server.token) as services:
        yield Counsel(services.knowledge, services.forecasting, OWNER_ID)


@contextmanager
def forecasting_alone(settings: Settings, network: Network, note: Callable[[str], None]) -> Iterator[Forecasting]:
    """Forecasts of one network in this process, which is not kept: what is known of it is asked as by `connect`."""
    from vedette.app_spread import kept_in_memory

    with connect(settings, note) as knowledge, ExitStack() as stack:
        yield kept_in_memory(settings, network, knowledge, stack)


@contextmanager
def apart(settings: Settings, models: Sequence[Generator] = ()) -> Iterator[Knowledge]:
    """An empty library of its own inside the data folder, gone when the block ends: for evaluations.

    Only the given models answer, whatever the settings name.
    """
    with running.scratch(settings.data) as folder, ExitStack() as stack:
        chain = Chain(models, ChainLimits(), World(time.monotonic, time.sleep, random.random))
        alone = replace(settings, data=folder / "data", index=IndexSettings(), cache=CacheSettings(megabytes=0))
        yield build(alone, chain, stack)


def build(settings: Settings, chain: Chain, stack: ExitStack, bell: Bell | None = None) -> LocalKnowledge:
    """The knowledge service over `settings.data`; `stack` closes what it opens, `bell` hears what could not be read."""
    library = _library(settings, stack)
    desk = Desk(
        library=library,
        understander=Understander(library.embedder.embed),
        chain=chain,
        nonce=lambda: secrets.token_hex(8),
        encode=Remembered(library.embedder.embed, SENTENCES_KEPT),
        turns=Turns(_workers(settings.embed)),
        model_passages=settings.answer.passages,
        context_tokens=settings.answer.context_tokens,
    )
    reader = _reader(settings.ingest, settings.s3)
    return LocalKnowledge(desk, reader, _cache(settings, stack), bell.ingested if bell else ignored)


def move_index(settings: Settings, url: str, prefix: str, report: Callable[[int], None]) -> int:
    """Copy the index to a Qdrant server, or into the data folder for an empty `url`; returns how many entries.

    `report` is told how many are done. Raises BadInput for where it is already, and as `opened` and `move`.
    """
    if (url, prefix if url else "") == (settings.index.url, settings.index.prefix if settings.index.url else ""):
        raise BadInput("The index is there already; give the URL of another server, another --prefix, or edge.")
    with ExitStack() as stack:
        library = _library(settings, stack)
        to = replace(settings.index, url=url, prefix=prefix)
        target = _index(to, settings.data / "index", library.embedder.dimension, library.catalog.database.library)
        stack.callback(target.close)
        return move(library.index, target, report)


def _library(settings: Settings, stack: ExitStack) -> Library:
    """The library of the data folder, with what a killed process left behind cleared away."""
    running.own(settings.data, stack)
    running.clear_scratch(settings.data)
    embedder, spoken = _embedder(settings.embed, stack)
    catalog = open_catalog(settings.data / "catalog.db", embedder.name)
    stack.callback(catalog.close)
    index = _index(settings.index, settings.data / "index", embedder.dimension, catalog.database.library)
    stack.callback(index.close)
    library = Library(
        catalog=catalog,
        index=index,
        embedder=embedder,
        originals=settings.data / "originals",
        options=ChunkOptions(settings.ingest.chunk_tokens, settings.ingest.overlap_tokens),
        now=lambda: datetime.now(UTC),
        spoken=spoken,
    )
    shelf.recover(library)
    return library


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _workers(settings: EmbedSettings) -> int:
    return settings.workers or _cores()


def _embedder(settings: EmbedSettings, stack: ExitStack) -> tuple[Embedder, tuple[str, ...]]:
    if settings.url:
        from vedette.engines.openai_embeddings import OpenAiEmbedder
        from vedette.engines.streaming import Endpoint

        if not settings.url_model:
            raise SettingsError("VEDETTE_EMBED_URL is set but VEDETTE_EMBED_URL_MODEL is not; name the model there.")
        window = settings.url_context_tokens
        endpoint = Endpoint("embeddings", settings.url, settings.url_model, settings.key, context_window=window)
        remote = OpenAiEmbedder(endpoint, packaged_model() / "tokenizer.json")
        stack.callback(remote.close)
        return remote, ()
    local = OnnxEmbedder(Path(settings.model) if settings.model else packaged_model(), _workers(settings))
    stack.callback(local.close)
    return local, () if settings.model else SPOKEN


def _index(settings: IndexSettings, folder: Path, dimension: int, library: str) -> Index:
    if not settings.url:
        require_room_to_open(folder)
        return EdgeIndex(folder, dimension)
    from vedette.engines.qdrant import QdrantIndex
    from vedette.engines.qdrant import connect as connect_qdrant

    return QdrantIndex(connect_qdrant(settings.url, settings.key), settings.prefix, dimension, library)


def _cache(settings: Settings, stack: ExitStack) -> AnswerCache | None:
    chosen = settings.cache
    store: Store
    if chosen.url:
        from vedette.engines.redis_cache import RedisStore

        store = RedisStore(chosen.url, chosen.minutes * 60, time.monotonic)
    elif chosen.megabytes:
        store = MemoryStore(chosen.megabytes * MB, chosen.minutes * 60, time.monotonic)
    else:
        return None
    stack.callback(store.close)
    models = [(one.name, one.url, one.model) for one in settings.providers]
    return AnswerCache(store, repr((models, settings.answer)))


def _reader(settings: IngestSettings, s3: S3Settings) -> Reader:
    limits = Limits(
        max_file_mb=settings.max_file_mb,
        max_pages=settings.max_pages,
        max_seconds=settings.max_seconds,
        max_memory_mb=settings.max_memory_mb,
        max_expansion_mb=settings.max_expansion_mb,
        ocr="vedette.engines.ocr:recognise" if settings.ocr else "",
        ocr_languages=settings.ocr_languages,
    )
    fetcher = Fetcher(max_mb=settings.url_max_mb, max_seconds=settings.url_seconds)
    openers: dict[str, Opener] = {"http": fetcher.open, "https": fetcher.open, "s3": partial(_s3, settings=s3)}
    # Two at least: a long file does not keep a short one waiting.
    seats = Seats(max(2, _cores()), partial(Sandbox, limits))
    return Reader(lambda target: discover(target, openers), seats.parser, limits.max_file_mb * MB)


def _s3(url: str, settings: S3Settings) -> Iterator[Found | Failure]:
    from vedette.engines.s3 import find

    given = {"key": settings.key, "secret": settings.secret, "endpoint_url": settings.endpoint}
    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    if settings.region:
        options["client_kwargs"] = {"region_name": settings.region}
    return find(url, options)


def bell_of(settings: Settings, stack: ExitStack, at_end: bool = False) -> Bell | None:
    """What hears of trouble; None where nobody is to be told. `at_end` is for commands, see `Bell`."""
    if not settings.notify_rules:
        return None
    from vedette.app_notify import Bell

    return Bell(settings, stack, at_end)


def _chain(settings: Settings, stack: ExitStack, bell: Bell | None) -> Chain:
    answer = settings.answer
    world = World(time.monotonic, time.sleep, random.random)
    if bell is not None:
        world = replace(world, told=bell.provider)
    limits = ChainLimits(
        deadline_s=answer.deadline_s,
        first_token_s=answer.first_token_s,
        breaker_failures=answer.breaker_failures,
        breaker_seconds=answer.breaker_seconds,
    )
    return Chain(_generators(settings.providers, stack), limits, world)


def _generators(providers: tuple[ProviderSettings, ...], stack: ExitStack) -> list[Generator]:
    if not providers:
        return []
    from vedette.engines.ollama_api import OllamaApi
    from vedette.engines.openai_api import OpenAiApi
    from vedette.engines.streaming import Endpoint, LoopThread

    loop = LoopThread()
    stack.callback(loop.close)
    wires: dict[str, Callable[[Endpoint, LoopThread], Generator]] = {"openai": OpenAiApi, "ollama": OllamaApi}
    made: list[Generator] = []
    for one in providers:
        fields = asdict(one)
        wire = wires[fields.pop("wire")]
        made.append(wire(Endpoint(**fields), loop))
    return made
