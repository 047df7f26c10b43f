"""Answered questions as training data: a line of JSON each, in the chat format that fine-tuning programs read.

Only those whose person agreed to it, and refusals too, which teach to refuse. The system message holds what the answer
was to be made from, each source under the marker that the answer names it by: an example teaches to keep to what stands
there. Nothing says who asked, and when is a day only; the file names of sources, which are often those of people, stay
out. Of the rest `redact` takes personal data out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from vedette.questions.training.personal import placeholders
from vedette.records import Answer, QueuedQuestion, Source
from vedette.records_json import Json

FORMAT = "vedette-training-1"
RULES = (
    "Answer only from these sources, and name behind each sentence the source that it was taken from, such as [s1]. "
    "Where they do not answer the question, say so."
)
NOTHING = "There are no sources for this question."
_COUNTED = ("language", "feedback", "provider", "removed")
_DAY = len("2026-11-21")


def training_lines(
    questions: Iterable[QueuedQuestion], redact: Callable[[str], str], pseudonym: Callable[[str], str]
) -> Iterator[str]:
    """One JSON object a line, without its line break, for each answered question whose person agreed to it.

    `messages` (system, user, assistant; markers `[s1]` resolve in the system message and in `sources`), `sources`,
    `refused`, `corpus_version`, `feedback`, `language`, `asked` (a day), `provider`, `id`, by which a line can be found
    again when its question is to be forgotten, and `follows`, the id of the question that this one goes on from."""
    for question in questions:
        if question.submission.training and question.state == "answered" and question.answer is not None:
            yield json.dumps(_example(question, question.answer, redact, pseudonym), ensure_ascii=False)


def manifest(lines: Iterable[str], settings: Mapping[str, object]) -> str:
    """What stands in an export, as JSON: how many examples of which kind, what was taken out of them how often, the
    SHA-256 of its lines (each with its line break), and the settings that it was made with."""
    digest, counts = hashlib.sha256(), {name: Counter[str]() for name in _COUNTED}
    examples = refused = 0
    versions: set[int] = set()
    for line in lines:
        text = line.removesuffix("\n")
        digest.update(f"{text}\n".encode())
        example = json.loads(text)
        examples += 1
        refused += example["refused"]
        versions.add(example["corpus_version"])
        counts["language"][example["language"]] += 1
        counts["feedback"][example["feedback"]["thumb"] or "none"] += 1
        counts["provider"][example["provider"]] += 1
        # Without the sources, which stand in the messages as well.
        counts["removed"].update(placeholders(json.dumps({**example, "sources": []})))
    told = {name: dict(sorted(count.items())) for name, count in counts.items()}
    return json.dumps(
        {
            "format": FORMAT,
            "examples": examples,
            "refused": refused,
            **told,
            "corpus_versions": sorted(versions),
            "sha256": digest.hexdigest(),
            "settings": dict(settings),
        },
        ensure_ascii=False,
        indent=2,
    )


def keyed(secret: bytes) -> Callable[[str], str]:
    """Names that only who has the secret can make anew: the first 32 digits of HMAC-SHA-256 (RFC 2104).

    >>> keyed(b"k")("q1") == keyed(b"k")("q1") != keyed(b"other")("q1")
    True
    """
    return lambda name: hmac.new(secret, name.encode(), "sha256").hexdigest()[:32]


def _example(
    question: QueuedQuestion, answer: Answer, redact: Callable[[str], str], pseudonym: Callable[[str], str]
) -> Json:
    sources = [_source(source, redact) for source in answer.sources]
    follows = question.submission.follows
    understood = answer.understanding.language if answer.understanding else ""
    return {
        "messages": [
            {"role": "system", "content": _system(sources)},
            {"role": "user", "content": redact(question.submission.text)},
            {"role": "assistant", "content": redact(answer.text or answer.reason)},
        ],
        "sources": sources,
        "refused": answer.refused,
        "corpus_version": answer.corpus_version,
        "feedback": {"thumb": question.thumb, "reason": redact(question.thumb_reason)},
        "language": question.submission.language or understood,
        "asked": question.asked[:_DAY],
        "provider": answer.provider,
        "id": pseudonym(question.id),
        "follows": pseudonym(follows) if follows else "",
    }


def _source(source: Source, redact: Callable[[str], str]) -> Json:
    return {
        "id": source.id,
        "document": source.document,
        "title": redact(source.title),
        "page": source.page,
        "quote": redact(source.quote),
    }


def _system(sources: list[Json]) -> str:
    if not sources:
        return f"{RULES}\n\n{NOTHING}"
    return "\n\n".join([RULES, *(f"[{one['id']}] {one['title']}\n{one['quote']}" for one in sources)])
