"""CVE records, JSON format 5: what is affected, how severe it is, what CISA knows of its exploitation.

Format: https://cveproject.github.io/cve-schema/ (CVE Record Format 5.x); SSVC and KEV from CISA's ADP container.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from vedette.rag.load.record import (
    Json,
    Page,
    guarded,
    hosts,
    identity,
    line,
    plain,
    rows,
    strings,
    table,
    unique,
    words,
)
from vedette.records import Document, Failure, MetadataValue

_CVSS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
_UNKNOWN = {"", "n/a", "unknown", "unspecified"}
_TITLE_WORDS = 12


@dataclass(frozen=True, slots=True)
class Severity:
    """A CVSS rating. `score` is 0..10, higher is worse; 0 with an empty `vector` where nobody rated it."""

    score: float = 0.0
    rating: str = ""
    vector: str = ""

    def __str__(self) -> str:
        return f"{self.score:.1f} {self.rating}".strip() + f" ({self.vector})" if self.vector else ""


def recognises(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("dataType") == "CVE_RECORD"


def read(value: Json, source: str) -> Iterator[Document | Failure]:
    """The one document of a record; its source is the file itself."""
    return guarded([value], source, "dataType", partial(_document, source))


def severity(metrics: Iterable[Json]) -> Severity:
    """The rating by the newest version of CVSS among `metrics` (objects with keys such as `cvssV3_1`)."""
    listed = list(metrics)
    for version in _CVSS:
        for metric in listed:
            found = table(metric, version)
            score = found.get("baseScore")
            if isinstance(score, int | float):
                return Severity(float(score), words(found, "baseSeverity").upper(), words(found, "vectorString"))
    return Severity()


def _document(source: str, record: Json) -> Document:
    number = identity(table(record, "cveMetadata"), "cveId", "CVE-")
    cna = table(record, "containers", "cna")
    containers = [cna, *rows(table(record, "containers"), "adp")]
    metrics = [metric for container in containers for metric in rows(container, "metrics")]
    rating, weaknesses = severity(metrics), _weaknesses(containers)
    kev = _other(metrics, "kev")
    references = _references(containers)
    page = Page(f"{number} {_title(containers)}")
    if words(record, "cveMetadata", "state") == "REJECTED":
        page.prose(f"{number} has been rejected.")
    page.prose(_english(cna, "descriptions") or _english(cna, "rejectedReasons"))
    page.fields(
        {
            "CVSS": rating,
            "Weaknesses": list(weaknesses.values()),
            "Exploitation (SSVC, CISA)": _ssvc(_other(metrics, "ssvc")),
            "In CISA KEV since": words(kev, "dateAdded"),
            "Impact": [line(_english(impact, "descriptions")) for impact in rows(cna, "impacts")],
            "Published": words(record, "cveMetadata", "datePublished")[:10],
            "Updated": words(record, "cveMetadata", "dateUpdated")[:10],
        }
    )
    page.section("Affected products", _affected(cna) or [item for one in containers[1:] for item in _affected(one)])
    for heading, key in (("Solution", "solutions"), ("Workaround", "workarounds"), ("Exploits", "exploits")):
        text = _english(cna, key)
        if text:
            page.add("heading", heading, 2)
            page.prose(text)
    page.section("References", [", ".join(hosts(references))] if references else [])
    return Document(
        source=source,
        title=page.title,
        text=page.text,
        media_type="application/json",
        kind="cve",
        language="en",
        blocks=tuple(page.blocks),
        identifiers=(number,),
        names=unique([line(words(cna, "title"))]),
        metadata=_metadata(record, containers, rating),
    )


def _metadata(record: Json, containers: Iterable[Json], rating: Severity) -> dict[str, MetadataValue]:
    listed = list(containers)
    products = [entry for one in listed for entry in rows(one, "affected") if _product(entry)]
    kev = _other([metric for one in listed for metric in rows(one, "metrics")], "kev")
    return {
        "cvss_score": rating.score,
        "severity": rating.rating.lower(),
        "cvss_vector": rating.vector,
        "cwe": tuple(_weaknesses(listed)),
        "vendor": next((words(one, "vendor") for one in products), ""),
        "product": next((words(one, "product") for one in products), ""),
        "exploited": bool(kev),
        "date_added": words(kev, "dateAdded"),
        "published": words(record, "cveMetadata", "datePublished")[:10],
        "references": _references(listed),
    }


def _references(containers: Iterable[Json]) -> tuple[str, ...]:
    return unique(words(one, "url") for container in containers for one in rows(container, "references"))


def _title(containers: Iterable[Json]) -> str:
    """The record's own title, else product and weakness, else the beginning of its description."""
    listed = list(containers)
    if words(listed[0], "title"):
        return line(words(listed[0], "title"))
    product = next((name for one in listed for entry in rows(one, "affected") if (name := _product(entry))), "")
    weakness = next((text.partition(" ")[2] for text in _weaknesses(listed).values()), "")
    if product:
        return f"{product}: {weakness}" if weakness else f"{product} vulnerability"
    start = line(_english(listed[0], "descriptions")).split()
    return " ".join(start[:_TITLE_WORDS]) + (" …" if len(start) > _TITLE_WORDS else "")


def _product(entry: Json) -> str:
    vendor, name = ("" if words(entry, key).lower() in _UNKNOWN else words(entry, key) for key in ("vendor", "product"))
    name = name or words(entry, "packageName")
    return name if name.lower().startswith(vendor.lower()) else f"{vendor} {name}".strip()


def _english(container: Json, key: str) -> str:
    """The texts of a list of `{lang, value}`, English ones only if there are any."""
    entries = [entry for entry in rows(container, key) if words(entry, "value")]
    english = [entry for entry in entries if words(entry, "lang").lower().startswith("en")]
    return plain("\n\n".join(words(entry, "value") for entry in english or entries))


def _weaknesses(containers: Iterable[Json]) -> dict[str, str]:
    """CWE id -> `CWE-78 Improper Neutralization …`."""
    found: dict[str, str] = {}
    for container in containers:
        for problem in rows(container, "problemTypes"):
            for entry in rows(problem, "descriptions"):
                number = words(entry, "cweId")
                name = re.sub(rf"^{re.escape(number)}\b[:\s]*", "", line(words(entry, "description")))
                if number:
                    found.setdefault(number, f"{number} {name}".strip())
    return found


def _other(metrics: Iterable[Json], kind: str) -> Json:
    """The content of the first metric of CISA's of that kind: `ssvc` or `kev`."""
    return next((table(one, "other", "content") for one in metrics if words(one, "other", "type") == kind), {})


def _ssvc(content: Json) -> list[str]:
    return [f"{name}: {value}" for option in rows(content, "options") for name, value in option.items()]


def _affected(container: Json) -> list[str]:
    """One line per product: `Palo Alto Networks PAN-OS: 10.2.0 before 10.2.9-h1, … (not affected: 9.0.0)`."""
    lines = []
    for entry in rows(container, "affected"):
        name = _product(entry)
        if not name:
            continue
        versions: dict[str, list[str]] = {"affected": [], "unaffected": [], "unknown": []}
        for version in rows(entry, "versions"):
            versions.setdefault(words(version, "status"), []).append(_version(version))
        default = words(entry, "defaultStatus")
        said = unique(versions["affected"]) or (("all versions",) if default == "affected" else ())
        excepted = unique(versions["unaffected"])
        platforms = [one for one in strings(entry, "platforms") if one.lower() not in _UNKNOWN]
        text = f"{name}: {', '.join(said) or ('not affected' if default == 'unaffected' or excepted else 'not stated')}"
        text += f" (not affected: {', '.join(excepted)})" if said and excepted else ""
        lines.append(line(text + (f" on {', '.join(platforms)}" if platforms else "")))
    return list(unique(lines))


def _version(version: Json) -> str:
    start, below, last = (words(version, key) for key in ("version", "lessThan", "lessThanOrEqual"))
    first = "" if start.lower() in {*_UNKNOWN, "0", "*"} else start
    if "*" in {below, last}:
        return f"{first} and later" if first else "all versions"
    if below:
        return f"{first} before {below}".strip()
    if last:
        return f"{first} through {last}" if first else f"{last} and earlier"
    return first or "all versions"
