"""Incident response as numbered steps: the list items of a playbook under the headings of its phases, in its order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vedette.rag.analyse import query_terms, terms
from vedette.rag.outline import Unit, cite, plain, units
from vedette.rag.sentences import sentences
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
_OF_A_PLAN = 1.0
_EXAMPLES_OF = re.compile(r"[,;]?\s*\b(e\.g\.|i\.e\.|such as|including|for example)?:$", re.IGNORECASE)
_LEAST, _MOST, _LONGEST = 4, 40, 400


def steps(
    question: Question, understanding: Understanding, passages: Sequence[Passage], documents: Mapping[str, Document]
) -> Draft | None:
    """The steps of the playbook that fits best, by phase; None when no document of the passages holds such steps.

    A phase named in the question ("contain") is given alone.
    """
    best = _playbook(question.text, understanding, passages, documents)
    if best is None:
        return None
    document = documents[best]
    phases = _phases(document)
    named = [phase for phase in phases if _named(phase, question.text, document)]
    return _numbered(best, document, {phase: phases[phase] for phase in named or phases})


def _playbook(
    question: str, understanding: Understanding, passages: Sequence[Passage], documents: Mapping[str, Document]
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
    return max(scores, key=lambda name: scores[name]) if scores else None


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
