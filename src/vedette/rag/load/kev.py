"""CISA's Known Exploited Vulnerabilities catalogue: one document per vulnerability.

Format: https://www.cisa.gov/known-exploited-vulnerabilities-catalog (JSON schema version 1.x).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vedette.rag.load.record import Json, Page, guarded, hosts, identity, plain, strings, words
from vedette.records import Document, Failure

_URL = re.compile(r"https?://[^\s;,()]+")


def recognises(value: Any) -> bool:
    entries = value.get("vulnerabilities") if isinstance(value, Mapping) else None
    return isinstance(entries, list) and any(isinstance(entry, Mapping) and "cveID" in entry for entry in entries)


def read(value: Json, source: str) -> Iterator[Document | Failure]:
    """The documents of a catalogue, sources `source#CVE-…`, in its order."""
    return guarded(value["vulnerabilities"], source, "cveID", partial(_document, source))


def _document(source: str, entry: Json) -> Document:
    number = identity(entry, "cveID", "CVE-")
    name = words(entry, "vulnerabilityName")
    notes = plain(words(entry, "notes"))
    references = tuple(dict.fromkeys(url.rstrip(".)") for url in _URL.findall(notes)))
    page = Page(f"{number} {name} (KEV)")
    page.prose(words(entry, "shortDescription"))
    ransomware = words(entry, "knownRansomwareCampaignUse")
    page.fields(
        {
            "Required action": words(entry, "requiredAction"),
            "Due date": words(entry, "dueDate"),
            "Added to KEV": words(entry, "dateAdded"),
            "Known ransomware use": ransomware,
            "Vendor": words(entry, "vendorProject"),
            "Product": words(entry, "product"),
            "Weaknesses": strings(entry, "cwes"),
            "Notes": _without_addresses(notes),
            "References": hosts(references),
        }
    )
    return Document(
        source=f"{source}#{number}",
        title=page.title,
        text=page.text,
        media_type="application/json",
        kind="kev",
        language="en",
        blocks=tuple(page.blocks),
        identifiers=(number,),
        names=(name,) if name else (),
        metadata={
            "due_date": words(entry, "dueDate"),
            "date_added": words(entry, "dateAdded"),
            "vendor": words(entry, "vendorProject"),
            "product": words(entry, "product"),
            "ransomware": ransomware.casefold() == "known",
            "cwe": strings(entry, "cwes"),
            "references": references,
        },
    )


def _without_addresses(notes: str) -> str:
    """The sentences of the notes: their addresses stand in the metadata."""
    kept = (
        re.sub(r"\s*[;,]?\s*(?=;|$)", "", re.sub(rf"\(\s*{_URL.pattern}\s*\)|{_URL.pattern}", "", notes))
        .replace(";", " ")
        .strip()
    )
    kept = re.sub(r"[^.!?]*\bplease see:?\s*$|^[^\w]+$", "", kept).strip()
    return kept if re.search(r"\w", kept) else ""
