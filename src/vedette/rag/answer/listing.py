"""Lists: the records of a kind that a question asks for ("Which Sigma rules …"), each by its most telling sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vedette.rag.answer.cards import Line, compose_card, opening_of, tags
from vedette.rag.text.analyse import terms
from vedette.rag.understand.asked import content_words, is_aspect_word, topic
from vedette.records import Document, Draft, Passage, Question

_MOST, _LOOKED_AT = 6, 6
# Share of the best passage's score from which the records of the kind asked for are worth a list.
_NEAR = 0.7
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
_OF = r"(?=\s+(?:for|about|on|that|to|against|de|para|sobre|contra|pour|contre)\b)"


def listing(
    question: Question, passages: Sequence[Passage], documents: Mapping[str, Document], tagged: Sequence[str] = ()
) -> Draft | None:
    """The best records of the kind that the question wants a list of, those with one of the `tagged` identifiers first;
    None for other questions."""
    kinds = wanted_kinds(question.text)
    related = [
        name for name, document in documents.items() if document.kind in kinds and set(tagged) & {*tags(document)}
    ]
    found = sorted((p for p in passages if p.kind in kinds), key=lambda passage: -passage.scores.final)
    most = max((passage.scores.final for passage in passages), default=0.0)
    if not related and (not found or found[0].scores.final < _NEAR * most):
        return None
    best = {kind: max((p.scores.final for p in found if p.kind == kind), default=0.0) for kind in kinds}
    near = [passage.document for passage in found if passage.scores.final >= 0.6 * best[passage.kind]]
    names = list(dict.fromkeys(related or _fitting(near, documents, question.text)))[:_MOST]
    return compose_card([(name, documents[name], _telling(documents[name], question.text)) for name in names])


def _fitting(names: Sequence[str], documents: Mapping[str, Document], question: str) -> list[str]:
    """The records, without those that open with half as many of the question's terms as the best, or fewer."""
    shared: dict[str, int] = {}
    for name in names:
        document = documents[name]
        lines = opening_of(document, _LOOKED_AT)
        text = " ".join((document.title, *(document.text[line.start : line.end] for line in lines)))
        language = document.language or "en"
        subject = " ".join(word for word in content_words(question) if not is_aspect_word(word))
        shared[name] = len({*terms(subject, language)} & {*terms(text, language)})
    most = max(shared.values(), default=0)
    return [name for name, count in shared.items() if 2 * count > most or not most]


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
    found = (
        kinds
        for pattern, kinds in _KINDS
        if re.search(rf"{_ASKS}(?:{pattern})\b|^\W*(?:{pattern})\b{_OF}", question, re.IGNORECASE)
    )
    kinds = next(found, ())
    return ("oscal-control",) if "oscal-control" in kinds and re.search(r"\b(NIST|800-53)\b", question) else kinds
