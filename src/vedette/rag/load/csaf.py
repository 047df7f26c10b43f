"""CSAF 2.0 security advisories: one document per advisory.

Format: OASIS Common Security Advisory Framework 2.0, sections 3.1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from vedette.rag.load.cve import Severity
from vedette.rag.load.record import Json, Page, guarded, identity, line, rows, strings, table, unique, words
from vedette.records import Document, Failure, MetadataValue

_REMEDIES = {
    "vendor_fix": "Vendor fix",
    "mitigation": "Mitigation",
    "workaround": "Workaround",
    "no_fix_planned": "No fix planned",
    "none_available": "No fix available",
    "optional_patch": "Optional patch",
    "fix_planned": "Fix planned",
}


def recognises(value: Any) -> bool:
    return isinstance(value, Mapping) and "csaf_version" in table(value, "document")


def read(value: Json, source: str) -> Iterator[Document | Failure]:
    """The one document of an advisory; its source is the file itself."""
    return guarded([value], source, "document", partial(_document, source))


def _document(source: str, advisory: Json) -> Document:
    head = table(advisory, "document")
    tracking = table(head, "tracking")
    number, title = identity(tracking, "id"), line(words(head, "title"))
    products = dict(_products(table(advisory, "product_tree")))
    treated = rows(advisory, "vulnerabilities")
    ratings = [_rating(one) for one in treated]
    worst = max(ratings, key=lambda rating: rating.score, default=Severity())
    cves = unique(words(one, "cve") for one in treated)
    page = Page(f"{number} {title}")
    for note in rows(head, "notes"):
        if words(note, "category") in {"summary", "description"}:
            page.prose(words(note, "text"))
    page.fields(
        {
            "Vulnerabilities": cves,
            "Highest CVSS": worst,
            "TLP": words(head, "distribution", "tlp", "label"),
            "Publisher": words(head, "publisher", "name"),
            "Published": words(tracking, "initial_release_date")[:10],
            "Updated": words(tracking, "current_release_date")[:10],
            # Notes that state one fact each: sectors, countries, exploitability.
            **{line(words(note, "title")) or "Note": line(words(note, "text")) for note in _notes(head, "other")},
        }
    )
    page.section("Affected products", _affected(treated, products))
    for entry, rating in zip(treated, ratings, strict=True):
        _vulnerability(page, entry, rating)
    page.section("Remediations", _remedies(treated, products))
    advice = [words(note, "text") for note in _notes(head, "general")]
    if advice:
        page.add("heading", "Recommended practices", 2)
        page.prose("\n\n".join(advice))
    return Document(
        source=source,
        title=page.title,
        text=page.text,
        media_type="application/json",
        kind="csaf",
        language=words(head, "lang")[:2].lower() or "en",
        blocks=tuple(page.blocks),
        identifiers=(number,),
        names=unique([title]),
        metadata=_metadata(advisory, worst),
    )


def _metadata(advisory: Json, worst: Severity) -> dict[str, MetadataValue]:
    head, treated = table(advisory, "document"), rows(advisory, "vulnerabilities")
    return {
        "cves": unique(words(one, "cve") for one in treated),
        "cvss_score": worst.score,
        "severity": worst.rating.lower(),
        "cwe": unique(words(one, "cwe", "id") for one in treated),
        "vendor": ", ".join(_vendors(table(advisory, "product_tree"))),
        "tlp": words(head, "distribution", "tlp", "label"),
        "published": words(head, "tracking", "initial_release_date")[:10],
        "references": unique(words(one, "url") for one in rows(head, "references")),
    }


def _notes(head: Json, category: str) -> list[Json]:
    """The notes of a category; disclaimers say nothing of the matter."""
    notes = [note for note in rows(head, "notes") if words(note, "category") == category]
    return [note for note in notes if "disclaimer" not in words(note, "title").lower()]


def _rating(entry: Json) -> Severity:
    """The worst rating among a vulnerability's scores."""
    found = [
        Severity(float(score["baseScore"]), words(score, "baseSeverity"), words(score, "vectorString"))
        for one in rows(entry, "scores")
        for score in (table(one, "cvss_v4"), table(one, "cvss_v3"), table(one, "cvss_v2"))
        if isinstance(score.get("baseScore"), int | float)
    ]
    return max(found, key=lambda rating: rating.score, default=Severity())


def _vulnerability(page: Page, entry: Json, rating: Severity) -> None:
    title = words(entry, "title")
    number = words(entry, "cve")
    page.add("heading", line(f"{number} {title}" if title not in {"", number} else number or "Vulnerability"), 2)
    for note in rows(entry, "notes"):
        if words(note, "category") in {"summary", "description"}:
            page.prose(words(note, "text"))
    page.fields({"CVSS": rating, "Weakness": f"{words(entry, 'cwe', 'id')} {words(entry, 'cwe', 'name')}"})


def _products(tree: Json) -> Iterator[tuple[str, str]]:
    """Product id -> readable name, over the branches and the relationships of a product tree."""
    for product in (
        *rows(tree, "full_product_names"),
        *(table(one, "full_product_name") for one in rows(tree, "relationships")),
    ):
        yield words(product, "product_id"), words(product, "name")
    for branch in rows(tree, "branches"):
        yield from _branch(branch, ())


def _branch(branch: Json, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    path = (*path, _release(words(branch, "name")))
    product = table(branch, "product")
    if product:
        own = words(product, "name")
        # Some producers name the product in full, some leave vendor and version to the path.
        yield words(product, "product_id"), own if own.endswith(path[-1]) or len(path) < 2 else _full(path, own)
    for below in rows(branch, "branches"):
        yield from _branch(below, path)


def _full(path: tuple[str, ...], own: str) -> str:
    vendor, last = path[0], path[-1]
    name = own if own.lower().startswith(vendor.lower()) else f"{vendor} {own}"
    return name if last in name else f"{name}: {last}"


def _release(name: str) -> str:
    """A version range as a reader says it; `vers:all/*` is all versions."""
    if name.startswith("vers:"):
        scheme, _, ranges = name.removeprefix("vers:").partition("/")
        return "all versions" if scheme == "all" or ranges == "*" else ", ".join(ranges.split("|"))
    return name


def _vendors(tree: Json) -> tuple[str, ...]:
    return unique(words(branch, "name") for branch in rows(tree, "branches") if words(branch, "category") == "vendor")


def _affected(treated: Iterable[Json], products: Mapping[str, str]) -> list[str]:
    named = [
        _names(strings(table(entry, "product_status"), status), products)
        for entry in treated
        for status in ("known_affected", "first_affected", "last_affected")
    ]
    return list(unique(name for names in named for name in names))


def _names(numbers: Iterable[str], products: Mapping[str, str]) -> tuple[str, ...]:
    return unique(line(products.get(number, number)) for number in numbers)


def _remedies(treated: Iterable[Json], products: Mapping[str, str]) -> list[str]:
    """`Vendor fix: Update to V4.1.0 or later version (Siemens Nucleus ReadyStart V4)`, each once."""
    items: dict[str, None] = {}
    every = set(products.values())
    for entry in treated:
        for remedy in rows(entry, "remediations"):
            names = sorted(_names(strings(remedy, "product_ids"), products))
            label = _REMEDIES.get(words(remedy, "category"), "Remediation")
            scope = f" ({', '.join(names)})" if names and len(names) <= 4 and set(names) < every else ""
            items.setdefault(f"{label}: {line(words(remedy, 'details'))}{scope}")
    return list(items)
