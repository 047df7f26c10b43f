"""Records as JSON and back: one shape for the CLI's `--json`, the REST API and the remote client.

`encode` and `decode` follow the type hints of any record. The records that are part of the product's face have flat
shapes of their own: `answer_json`, `retrieval_json`, `document_json`, each with its way back.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from vedette.errors import BadInput
from vedette.records import (
    Answer,
    Backtest,
    Check,
    Chunk,
    Claim,
    Containment,
    Conversation,
    ConversationTurn,
    Document,
    DocumentInfo,
    Forecast,
    ForecastJob,
    ForecastResult,
    JobKind,
    LaneScores,
    Passage,
    Query,
    QueuedQuestion,
    Retrieval,
    Source,
    StoredDocument,
    Trained,
    Understanding,
    WhatIf,
)

Json = dict[str, Any]
ACCESS_HEADER = "Vedette-Access"
"""In a request of somebody who sees everything: the JSON of the `Access` that it is to be answered for."""
_MOST = 2**1023  # a larger whole number is no float
T = TypeVar("T")


def encode(value: Any) -> Any:
    """JSON of a record, tuple, mapping or plain value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], data: Any) -> T:
    """The record of class `kind` from its JSON. Unknown keys are left out. Raises BadInput naming what does not fit.

    >>> decode(Claim, {"text": "Yes.", "support": "supported", "sources": ["s1"]}).sources
    ('s1',)
    """
    result: T = _decode(kind, data, kind.__name__)
    return result


def finite(data: Any) -> Any:
    """JSON has no infinity: such numbers, as of a metric that could not be had, become null.

    >>> finite({"crps": [float("nan"), 1.5]})
    {'crps': [None, 1.5]}
    """
    if isinstance(data, float):
        return data if isfinite(data) else None
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    return [finite(item) for item in data] if isinstance(data, list) else data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(hint: Any, data: Any, where: str) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return data
    if is_dataclass(hint) and isinstance(hint, type):
        return _decode_record(hint, data, where)
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(hint), data, where)
    if origin is Literal:
        return _expect(data in get_args(hint), data, where)
    if origin is tuple:
        return _decode_tuple(get_args(hint), data, where)
    if origin is not None and issubclass(origin, Mapping):
        _expect(isinstance(data, Mapping), data, where)
        return {key: _decode(get_args(hint)[1], value, f"{where}.{key}") for key, value in data.items()}
    if hint is float:
        return float(_expect(type(data) is float or (type(data) is int and abs(data) < _MOST), data, where))
    return _expect(type(data) is hint, data, where)


def _decode_record(kind: type, data: Any, where: str) -> Any:
    _expect(isinstance(data, Mapping), data, where)
    hints = _hints(kind)
    values = {name: _decode(hint, data[name], f"{where}.{name}") for name, hint in hints.items() if name in data}
    try:
        return kind(**values)
    except TypeError as error:
        raise BadInput(f"{where} is not complete: {error}.") from error


def _decode_tuple(arms: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    _expect(isinstance(data, (list, tuple)), data, where)
    if len(arms) == 2 and arms[1] is Ellipsis:
        return tuple(_decode(arms[0], item, f"{where}[{place}]") for place, item in enumerate(data))
    _expect(len(arms) == len(data), data, where)
    return tuple(_decode(arm, item, where) for arm, item in zip(arms, data, strict=True))


def _decode_union(arms: tuple[Any, ...], data: Any, where: str) -> Any:
    if data is None:
        return _expect(type(None) in arms, data, where)
    if type(data) in arms:
        return data
    for arm in arms:
        if arm is type(None) or (get_origin(arm) is tuple) != isinstance(data, (list, tuple)):
            continue
        return _decode(arm, data, where)
    return _expect(False, data, where)


def _expect(holds: bool, data: Any, where: str) -> Any:
    if not holds:
        raise BadInput(f"{where} cannot be {type(data).__name__} {str(data)[:40]!r}; see /docs.")
    return data


# ── the shapes of the product's face ─────────────────────────────────────────────────────────────


def answer_json(answer: Answer, evidence: bool = False) -> Json:
    """The JSON of `vedette ask --json` and `POST /v1/ask`; with `evidence`, also passages, checks and understanding."""
    shape: Json = {
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "claims": encode(answer.claims),
        "sources": encode(answer.sources),
        "provider": answer.provider,
        "corpus_version": answer.corpus_version,
        "timings_ms": encode(answer.timings_ms),
        "topics": encode(answer.topics),
        "notices": encode(answer.notices),
        "confidence": answer.confidence,
        "forecast": encode(answer.forecast),
    }
    if evidence:
        shape["checks"] = encode(answer.checks)
        shape["passages"] = [passage_json(passage) for passage in answer.passages]
        shape["understanding"] = encode(answer.understanding)
    return shape


def answer_from_json(data: Json) -> Answer:
    """The answer back from `answer_json`."""
    understanding = data.get("understanding")
    return Answer(
        text=data["answer"],
        refused=data["refused"],
        reason=data["reason"],
        claims=tuple(decode(Claim, claim) for claim in data["claims"]),
        sources=tuple(decode(Source, source) for source in data["sources"]),
        provider=data["provider"],
        corpus_version=data["corpus_version"],
        timings_ms=data["timings_ms"],
        topics=tuple(data["topics"]),
        notices=tuple(data["notices"]),
        confidence=data["confidence"],
        checks=tuple(decode(Check, check) for check in data.get("checks", ())),
        passages=tuple(passage_from_json(passage) for passage in data.get("passages", ())),
        understanding=decode(Understanding, understanding) if understanding else None,
        forecast=decode(Forecast, data["forecast"]) if data.get("forecast") else None,
    )


def passage_json(passage: Passage) -> Json:
    """One passage, flat: `id` is the chunk's, `score` the fused one, `scores` all lanes."""
    return {
        "id": passage.chunk.id,
        "document": passage.document,
        "title": passage.title,
        "source": passage.chunk.source,
        "kind": passage.kind,
        "language": passage.language,
        "page": passage.chunk.page,
        "ordinal": passage.chunk.ordinal,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "headings": encode(passage.chunk.headings),
        "text": passage.chunk.text,
        "score": passage.scores.final,
        "scores": encode(passage.scores),
        "metadata": encode(passage.metadata),
    }


def passage_from_json(data: Json) -> Passage:
    """The passage back from `passage_json`."""
    return Passage(
        document=data["document"],
        title=data["title"],
        kind=data["kind"],
        language=data["language"],
        chunk=decode(Chunk, data),
        scores=decode(LaneScores, data["scores"]),
        metadata={key: tuple(value) if isinstance(value, list) else value for key, value in data["metadata"].items()},
    )


def retrieval_json(retrieval: Retrieval) -> Json:
    """The JSON of `vedette retrieve --json` and `POST /v1/retrieve`."""
    return {
        "query": retrieval.query.text,
        "collection": retrieval.query.collection,
        "k": retrieval.query.k,
        "filters": encode(retrieval.query.filters),
        "passages": [passage_json(passage) for passage in retrieval.passages],
        "understanding": encode(retrieval.understanding),
        "corpus_version": retrieval.corpus_version,
        "timings_ms": encode(retrieval.timings_ms),
    }


def retrieval_from_json(data: Json) -> Retrieval:
    """The retrieval back from `retrieval_json`."""
    return Retrieval(
        query=Query(data["query"], data["collection"], data["k"], data["filters"]),
        understanding=decode(Understanding, data["understanding"]),
        passages=tuple(passage_from_json(passage) for passage in data["passages"]),
        corpus_version=data["corpus_version"],
        timings_ms=data["timings_ms"],
    )


def document_json(stored: StoredDocument) -> Json:
    """The JSON of `GET /v1/documents/{id}`: the catalogue's line, the stored text and its structure, one level deep."""
    pages, original = encode(stored.document.pages), f"/v1/documents/{stored.info.id}/original"
    return {**encode(stored.document), **encode(stored.info), "pages": pages, "original": original}


def document_from_json(data: Json) -> StoredDocument:
    """The stored document back from `document_json`."""
    info = decode(DocumentInfo, {**data, "pages": len(data["pages"])})
    return StoredDocument(info, decode(Document, data))


def turn_json(turn: ConversationTurn, evidence: bool = False) -> Json:
    """The JSON of a turn: its `answer` is that of `answer_json`, null while there is none."""
    answer = answer_json(turn.answer, evidence) if turn.answer else None
    return {**encode(replace(turn, answer=None)), "answer": answer}


def turn_from_json(data: Json) -> ConversationTurn:
    """The turn back from `turn_json`."""
    answer = answer_from_json(data["answer"]) if data["answer"] else None
    return replace(decode(ConversationTurn, {**data, "answer": None}), answer=answer)


def conversation_json(conversation: Conversation, evidence: bool = False) -> Json:
    """The JSON of `GET /v1/conversations/{id}`."""
    turns = [turn_json(turn, evidence) for turn in conversation.turns]
    return {**encode(replace(conversation, turns=())), "turns": turns}


def conversation_from_json(data: Json) -> Conversation:
    """The conversation back from `conversation_json`."""
    turns = tuple(turn_from_json(turn) for turn in data["turns"])
    return replace(decode(Conversation, {**data, "turns": ()}), turns=turns)


def queued_json(question: QueuedQuestion) -> Json:
    """The JSON of a question of the line: its `answer` is that of `answer_json`, null while there is none."""
    answer = answer_json(question.answer) if question.answer else None
    return {**encode(replace(question, answer=None)), "answer": answer}


def queued_from_json(data: Json) -> QueuedQuestion:
    """The question back from `queued_json`."""
    answer = answer_from_json(data["answer"]) if data["answer"] else None
    return replace(decode(QueuedQuestion, {**data, "answer": None}), answer=answer)


RESULTS: Mapping[JobKind, type[ForecastResult]] = {
    "forecast": Forecast,
    "whatif": WhatIf,
    "contain": Containment,
    "train": Trained,
    "backtest": Backtest,
}


def job_json(job: ForecastJob) -> Json:
    """The JSON of a job: `result` is the record that its kind asks for, null while there is none."""
    shape: Json = encode(job)
    return shape


def job_from_json(data: Json) -> ForecastJob:
    """The job back from `job_json`."""
    bare = decode(ForecastJob, {**data, "result": None})
    result = data.get("result")
    return replace(bare, result=decode(RESULTS[bare.request.kind], result)) if result else bare
