"""Incident response as numbered steps: the list items of a playbook under the headings of its phases, in its order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.rag.text.analyse import query_terms, terms
from vedette.rag.text.outline import Unit, cite, plain, units
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import answer_type, yes_or_no
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

PROVIDER = "extractive"
_PHASE = re.compile(
    r"(\d[\d.]*\s+)?(prepar\w*|identif\w*|detect\w*|analy[sz]\w*|investigat\w*|triage|remediat\w*|contain\w*|eradicat\w*"
    r"|recover\w*|respond\w*|response\w*|communicat\w*|notif\w*|report\w*|isolat\w*|mitigat\w*|post-?incident.*"
    r"|lessons learned|investiga\w*|conten\w*|erradica\w*|recupera\w*|comunica\w*|responder|respuesta)"
    r"(\s+(and|y|,|&)\s+\w+)*(\s+(steps|phase|actions|checklist|activities))?",
    re.IGNORECASE,
)
_PLAN = re.compile(r"playbook|runbook|(response|incident|recovery)[- _]plan|plan de respuesta", re.IGNORECASE)
_OF_A_PLAN, _LIKE_TITLE = 1.0, 2.0
_RESPONSE = re.compile(
    r"\b(respond|response|playbook|incident|contain|eradicat\w+|recover|infected|breached|compromised|what now|"
    r"next steps|what (should|do|must|can) (we|i) do|(do|should|must) (we|i) (do )?(first|now|next)|"
    r"responder|respuesta|incidente|contener|recuperar\w*|qu[eé] (hago|hacemos|debemos hacer|pasos)|"
    r"r[eé]agir|r[eé]ponse|que (faire|dois-je|devons-nous))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\W*(how|what|which|who|where|why|list|name|define|explain|describe|c[oó]mo|qu[eé]|cu[aá]l(es)?|d[oó]nde|lista|"
    r"comment|quels?|quelles?|o[uù])\b",
    re.IGNORECASE,
)
_TO_TELL = re.compile(
    r"\b(contact\w*|tell|told|notif\w+|inform\w*|alert\w*|avis\w+|avert\w+|pr[eé]venir)\b", re.IGNORECASE
)
_TELLING = re.compile(r"communic|comunic|notif|report", re.IGNORECASE)
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""
_EXAMPLES_OF = re.compile(r"[,;]?\s*\b(e\.g\.|i\.e\.|such as|including|for example)?:$", re.IGNORECASE)
_LEAST, _MOST, _LONGEST = 4, 40, 400


def wants_steps(question: str, understanding: Understanding) -> bool:
    """Whether somebody tells of an incident, or asks how to respond to one, rather than for a fact about it.

    >>> wants_steps("Our website has been defaced!", Understanding((), "en", "incident"))
    True
    """
    if understanding.intent != "incident" or understanding.identifiers or yes_or_no(question):
        return False
    told = bool(_RESPONSE.search(question))
    kind = answer_type(question)
    if kind in ("person", "number", "time", "place", "definition"):
        return told and ((kind == "person" and bool(_TO_TELL.search(question))) or "steps" in question.casefold())
    return told or not _ASKS.match(question)


def steps(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> Draft | None:
    """The steps of the playbook that fits best, by phase; None when no document of the passages holds such steps.

    A phase named in the question ("contain") is given alone; whom to tell is asked of the phase of communication.
    """
    best = _playbook(question.text, understanding, passages, documents, encode)
    if best is None:
        return None
    document = documents[best]
    phases = _phases(document)
    named = [phase for phase in phases if _named(phase, question.text, document)]
    if answer_type(question.text) == "person":
        named = [phase for phase in phases if _TELLING.search(phase)]
    return _numbered(best, document, {phase: phases[phase] for phase in named or phases})


def _playbook(
    question: str,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> str | None:
    """The document with enough steps whose title and passages fit the question best."""
    asked = query_terms(question, understanding.language, ["en", understanding.language])
    scores: dict[str, float] = {}
    for passage in passages:
        document = documents[passage.document]
        if document.kind != "prose" or sum(map(len, _phases(document).values())) < _LEAST:
            continue
        language = passage.language or "en"
        title = set(terms(f"{document.title} {document.source}", language)) & asked.keys()
        score = passage.scores.final + sum(asked[term] for term in title)
        score += _OF_A_PLAN if _PLAN.search(f"{document.title} {document.source}") else 0.0
        scores[passage.document] = max(score, scores.get(passage.document, 0.0))
    if not scores:
        return None
    asked_vector, *titles = encode([question, *(documents[name].title for name in scores)])
    alike = dict(zip(scores, titles, strict=True))
    return max(scores, key=lambda name: scores[name] + _LIKE_TITLE * float(alike[name] @ asked_vector))


def _phases(document: Document) -> dict[str, list[Unit]]:
    """The outermost list items under each phase heading, by heading, in reading order."""
    found: dict[str, list[Unit]] = {}
    for unit in units(document):
        phase = next((name for name in reversed(unit.headings) if _PHASE.fullmatch(name.strip(" :"))), None)
        text = document.text[unit.start : unit.end]
        if phase and unit.kind == "list_item" and unit.level <= 1 and not text.endswith("?") and len(text.split()) > 2:
            found.setdefault(phase, []).append(unit)
    return found


def _named(phase: str, question: str, document: Document) -> bool:
    language = document.language or "en"
    return bool(set(terms(phase, language)) & set(terms(question, language)))


def _numbered(identity: str, document: Document, phases: Mapping[str, Sequence[Unit]]) -> Draft:
    lines = [f"**{plain(document.title)}**"]
    spans: list[Source] = []
    share = max(map(len, phases.values()))
    while share > 1 and sum(min(share, len(items)) for items in phases.values()) > _MOST:
        share -= 1
    for phase, items in phases.items():
        lines += ["", f"**{plain(phase)}**", ""]
        for item in items[:share]:
            spans.append(cite(identity, document, item.start, _end(document, item)))
            lines.append(f"{len(spans)}. {plain(spans[-1].quote)} [{len(spans)}]")
    left_out = sum(len(items) for items in phases.values()) - len(spans)
    notices = (f"{left_out} further steps stand in {plain(document.title)}.",) if left_out else ()
    return Draft("\n".join(lines), PROVIDER, spans=tuple(spans), notices=notices)


def _end(document: Document, item: Unit) -> int:
    """A step as far as it can be read at a glance; a last sentence that only introduces sub-items is left out."""
    spans = sentences(document.text[item.start : item.end], item.start)
    short = [end for _, end in spans if end - item.start <= _LONGEST] or [spans[0][1]]
    if document.text[short[-1] - 1] != ":":
        return short[-1]
    introduces = _EXAMPLES_OF.search(document.text, item.start, short[-1])
    return short[-2] if len(short) > 1 or introduces is None else introduces.start()
