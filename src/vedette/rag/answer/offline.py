"""The answer without a model, whole: each part of a question is looked up and answered by itself, then joined.

found -> more passages where records of a kind or a playbook are wanted -> comparison | parts | one answer -> Draft
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vedette.rag.answer.cards import cards
from vedette.rag.answer.compose import compose
from vedette.rag.answer.extract import Encode, explain, extract
from vedette.rag.answer.listing import wanted_kinds
from vedette.rag.answer.steps import wants_steps
from vedette.rag.text.facts import facts
from vedette.rag.understand.parts import parts, sides
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

_MARKER = re.compile(r"\[(\d+)\]$", re.MULTILINE)
_PLAYBOOK = "incident response playbook"
_BESIDE = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A question with the passages for it, the documents that may answer it by id, and whether it is in scope."""

    question: Question
    understanding: Understanding
    passages: tuple[Passage, ...]
    documents: Mapping[str, Document]
    in_scope: bool = True


Find = Callable[[str, Mapping[str, str]], Found]
"""What is found for another wording of the question, under more filters."""


def offline(found: Found, find: Find, encode: Encode) -> tuple[Draft, Mapping[str, Document]]:
    """The draft, and the documents that it cites, by id; the draft's text is empty when nothing answers."""
    text = found.question.text
    if wants_steps(text, found.understanding):
        found = _joined(found, find(f"{text} {_PLAYBOOK}", {}))
        return _composed(found, encode), found.documents
    for kind in wanted_kinds(text):
        found = _joined(found, find(text, {"kind": kind}))
    compared = sides(found.understanding.wording or text)
    if compared:
        return _compared(found, compared, [find(f"What is {side}?", {}) for side in compared], encode)
    several = parts(text)
    if several and cards(found.question, found.understanding, found.documents) is None:
        return _in_turn(several, find, encode)
    return _composed(found, encode), found.documents


def _composed(found: Found, encode: Encode) -> Draft:
    return compose(found.question, found.understanding, found.passages, found.documents, encode)


def _joined(found: Found, more: Found) -> Found:
    """What was found, and what was found besides."""
    known = {passage.chunk.id for passage in found.passages}
    passages = (*found.passages, *(passage for passage in more.passages if passage.chunk.id not in known))
    return replace(found, passages=passages, documents={**more.documents, **found.documents})


def _in_turn(several: Sequence[str], find: Find, encode: Encode) -> tuple[Draft, Mapping[str, Document]]:
    """The answers to the parts of a question, each under the part that it answers."""
    answers = [find(part, {}) for part in several]
    drafts = [_composed(found, encode) if found.in_scope else Draft("", "extractive") for found in answers]
    titles = [f"{part[:1].upper()}{part[1:]}" for part in several]
    documents = {name: document for found in answers for name, document in found.documents.items()}
    return _merged(titles, drafts), documents


def _compared(
    found: Found, compared: Sequence[str], answers: Sequence[Found], encode: Encode
) -> tuple[Draft, Mapping[str, Document]]:
    """The sentences that name all that is compared, then what each of them is."""
    both = extract(found.question, found.understanding, found.passages, found.documents, encode, naming=compared)
    each = [_explained(one, found, encode) for one in answers]
    documents = {name: document for one in (*answers, found) for name, document in one.documents.items()}
    named = all(facts(one.question.text).names for one in answers)
    if named and not any(draft.text for draft in each):
        each = [_composed(one, encode) if one.in_scope else draft for one, draft in zip(answers, each, strict=True)]
    if not both.text and not any(draft.text for draft in each):
        return _composed(found, encode), found.documents
    return _merged(["", *(f"{side[:1].upper()}{side[1:]}" for side in compared)], [both, *each]), documents


def _explained(one: Found, found: Found, encode: Encode) -> Draft:
    """What one side is, said where all sides are or where it is looked for alone."""
    passages = (*found.passages[:_BESIDE], *one.passages[:_BESIDE])
    return explain(one.question, one.understanding, passages, {**one.documents, **found.documents}, encode)


def _merged(titles: Sequence[str], drafts: Sequence[Draft]) -> Draft:
    """Drafts under their titles, as one, without what an earlier one said."""
    lines: list[str] = []
    spans: list[Source] = []
    shown: set[tuple[str, int]] = set()
    for title, draft in zip(titles, drafts, strict=True):
        kept = [line for line in draft.text.splitlines() if not _said(line, draft.spans, shown)]
        if not any(_MARKER.search(line) for line in kept):
            continue
        before = len(spans)
        lines += [*([""] if lines else []), *([f"**{title}**", ""] if title else [])]
        lines += [_MARKER.sub(lambda number, n=before: f"[{int(number[1]) + n}]", line) for line in kept]  # type: ignore[misc]
        spans += draft.spans
        shown |= {(span.document, span.start) for span in draft.spans}
    notices = tuple(dict.fromkeys(notice for draft in drafts for notice in draft.notices))
    return Draft("\n".join(lines), "extractive", spans=tuple(spans), notices=notices)


def _said(line: str, spans: Sequence[Source], shown: set[tuple[str, int]]) -> bool:
    found = _MARKER.search(line)
    return found is not None and (spans[int(found[1]) - 1].document, spans[int(found[1]) - 1].start) in shown
