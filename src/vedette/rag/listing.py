"""Lists: the records of a kind that a question asks for ("Which Sigma rules …"), each by its most telling sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vedette.rag.analyse import terms
from vedette.rag.asked import topic
from vedette.rag.cards import Line, compose_card, opening_of, tags
from vedette.records import Document, Draft, Passage, Question

_MOST, _LOOKED_AT = 6, 6
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(sigma|detection) rules?|reglas? sigma|rules? (detect|for|that)", ("sigma",)),
    (r"(security )?controls?|controles?", ("oscal-control", "attack-mitigation")),
    (r"mitigations?|mitigaciones", ("attack-mitigation",)),
    (r"techniques?|t[eé]cnicas?", ("attack-technique",)),
    (r"(threat )?(groups?|actors?)|grupos?", ("attack-group",)),
    (r"malware|tools?|software", ("attack-software",)),
    (r"cves?|vulnerabilit(y|ies)|kev|vulnerabilidad(es)?", ("kev", "cve")),
    (r"advisor(y|ies)|avisos?", ("csaf",)),
)
_ASKS = r"^\W*(which|what|list|show|name|cu[aá]les|qu[eé])\b(?:\W+\w+){0,3}?\W+"


def listing(
    question: Question, passages: Sequence[Passage], documents: Mapping[str, Document], tagged: Sequence[str] = ()
) -> Draft | None:
    """The best records of the kind that the question wants a list of, those with one of the `tagged` identifiers first;
    None for other questions."""
    kinds = wanted_kinds(question.text)
    related = [
        name for name, document in documents.items() if document.kind in kinds and set(tagged) & {*tags(document)}
    ]
    found = [passage for passage in passages if passage.kind in kinds]
    if not related and (not found or passages.index(found[0]) > 2):
        return None
    floor = 0.6 * found[0].scores.final if found else 0.0
    near = [passage.document for passage in found if passage.scores.final >= floor]
    names = list(dict.fromkeys([*related, *near]))[:_MOST]
    return compose_card([(name, documents[name], _telling(documents[name], question.text)) for name in names])


def _telling(document: Document, question: str) -> list[Line]:
    """The sentence among the first of a record that has most of the question's terms."""
    language = document.language or "en"
    asked = set(terms(topic(question), language))
    lines = opening_of(document, _LOOKED_AT)
    shared = [len(asked & set(terms(document.text[line.start : line.end], language))) for line in lines]
    return [lines[shared.index(max(shared))]] if lines else []


def wanted_kinds(question: str) -> tuple[str, ...]:
    """The kinds of record that a "which …" question wants listed.

    >>> wanted_kinds("Which Sigma rules detect Kerberoasting?"), wanted_kinds("Is it sunny?")
    (('sigma',), ())
    """
    return next((kinds for pattern, kinds in _KINDS if re.search(rf"{_ASKS}(?:{pattern})\b", question, re.I)), ())
