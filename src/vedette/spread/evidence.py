"""What the library says of vulnerabilities, as the caller may read it: facts for the rates, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from vedette.errors import NotFound
from vedette.records import IdentifierCard, MetadataValue, Source, StoredDocument
from vedette.services import Knowledge
from vedette.spread.rates import CveFacts, Facts

# Of the card's lines those that an analyst looks for first.
TELLING = ("Required action", "Due date", "CVSS", "Description")


def facts_of(knowledge: Knowledge, epss: Callable[[str], float | None]) -> Facts:
    """Looks CVEs up in all collections, and among the scores of `epss` where no record has one; each once."""
    collections = tuple(info.name for info in knowledge.collections())

    @cache
    def facts(cve: str) -> CveFacts | None:
        records = [knowledge.document(name) for name in _documents(cards(knowledge, cve, collections))]
        known = _fact(cve, records) if records else None
        if known is not None and known.epss is not None:
            return known
        score = epss(cve)
        return known if score is None else replace(known or CveFacts(cve), epss=score)

    return facts


def cited(knowledge: Knowledge, cves: Iterable[str]) -> tuple[Source, ...]:
    """Where the records of some CVEs say most: one passage of each record, numbered s1, s2, …"""
    collections = tuple(info.name for info in knowledge.collections())
    found: list[Source] = []
    for cve in cves:
        for card in cards(knowledge, cve, collections):
            for name in _documents([card]):
                stored = knowledge.document(name)
                if stored.document.kind in ("kev", "cve"):
                    found.append(_source(f"s{len(found) + 1}", card, stored))
    return tuple(found)


def cards(knowledge: Knowledge, cve: str, collections: Iterable[str]) -> tuple[IdentifierCard, ...]:
    """The card of a CVE in each collection that has one."""
    found = []
    for collection in collections:
        try:
            found.append(knowledge.identifier(cve, collection))
        except NotFound:
            continue
    return tuple(found)


def _documents(found: Iterable[IdentifierCard]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.document for card in found for line in card.lines))


def _fact(cve: str, records: list[StoredDocument]) -> CveFacts:
    own = [one for one in records if one.document.kind in ("cve", "kev") and cve in one.document.identifiers]
    metadata = [one.document.metadata for one in own]
    first = next((one for one in own if one.document.kind == "cve"), own[0] if own else records[0])
    score, epss = _first(metadata, "cvss_score"), _first(metadata, "epss")
    return CveFacts(
        cve=cve,
        vector=str(_first(metadata, "cvss_vector") or ""),
        score=float(score) if isinstance(score, (int, float)) else None,
        epss=float(epss) if isinstance(epss, (int, float)) else None,
        kev=any(one.document.kind == "kev" or one.document.metadata.get("exploited") is True for one in own),
        title=first.document.title,
        document=first.info.id,
    )


def _first(metadata: Iterable[Mapping[str, MetadataValue]], key: str) -> MetadataValue | None:
    """The first that says something other than 0 or nothing."""
    return next((values[key] for values in metadata if values.get(key)), None)


def _source(name: str, card: IdentifierCard, stored: StoredDocument) -> Source:
    lines = {line.label: line.text for line in card.lines if line.document == stored.info.id}
    text = stored.document.text
    for label in TELLING:
        said = lines.get(label, "")
        start = text.find(said) if said else -1
        if start >= 0:
            return _cut(name, stored, start, start + len(said))
    return _cut(name, stored, 0, min(len(text), 300))


def _cut(name: str, stored: StoredDocument, start: int, end: int) -> Source:
    info = stored.info
    quote = stored.document.text[start:end]
    return Source(name, info.id, info.title, info.source, 0, start, end, quote, 1.0)
