"""Documents and their parts: what is loaded, split, stored and given back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list_item", "table_row", "code"]
MetadataValue = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: `number` counts from 1 as a reader would."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit. `level` is the depth of a heading (1 = title) or of a list item (1 = outermost)."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class LineBox:
    """Where a line of text stands on a PDF page: `(left, bottom, right, top)` in points from the lower left."""

    page: int
    start: int
    end: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Document:
    """One loaded document: its readable text and everything known of its structure.

    `source` is its stable name inside a collection: a path relative to the ingested folder, a URL, or, for a record
    in a file of many, `path#RECORD-ID`. `kind` is `prose` or the type of a security record (`attack-technique`,
    `attack-group`, `attack-software`, `attack-mitigation`, `attack-tactic`, `attack-campaign`, `kev`, `cve`, `csaf`,
    `sigma`, `oscal-control`). `identifiers` are the ids the document *is about*, normalised and upper case where the
    scheme is (`CVE-2021-44228`, `T1110.003`), old ids that lead here included; `names` its name and aliases.
    Readable text of records uses headings (`Mitigations`) and labelled lines (`Due date: 2021-12-24`).
    """

    source: str
    title: str
    text: str
    media_type: str
    kind: str = "prose"
    language: str = ""
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    identifiers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or one page or record of it, that could not be read, and why, in one sentence with what to do."""

    path: str
    reason: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A line of `vedette documents list --failed`: a `Failure` of a file that was to be read into a collection."""

    collection: str
    path: str
    reason: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of one document that is indexed as a unit: `text == document.text[start:end]`.

    `id` is `source:page:chunk` (page 0 where the document has no pages; chunk counts from 0 through the document).
    `headings` is the path of headings over it, outermost first, for embedding and display.
    """

    id: str
    source: str
    page: int
    ordinal: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may read a document, of those who may read its collection. `readers` are tags (`user:ID`, `group:NAME`,
    `everyone`); empty: all of them. `tlp` is a label of the Traffic Light Protocol 2.0, or empty for none."""

    readers: tuple[str, ...] = ()
    tlp: str = ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A line of `vedette documents list`."""

    id: str
    collection: str
    source: str
    title: str
    kind: str
    language: str
    media_type: str
    pages: int
    chunks: int
    characters: int
    content_hash: str
    ingested_at: str
    sharing: Sharing = Sharing()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as stored: what `GET /v1/documents/{id}` gives."""

    info: DocumentInfo
    document: Document


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes a document was read from, as its owner gave them."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent over the API. `name` is a bare file name, already checked for separators."""

    name: str
    data: bytes
    collection: str = "default"
    sharing: Sharing = Sharing()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim stands. `quote == text[start:end]` of the stored document `document`. `id` is opaque ("s1")."""

    id: str
    document: str
    title: str
    source: str
    page: int
    start: int
    end: int
    quote: str
    score: float


def document_id(collection: str, source: str) -> str:
    """The opaque, stable id of a document: 16 hex digits.

    >>> document_id("default", "kev.json#CVE-2021-44228") == document_id("default", "kev.json#CVE-2021-44228")
    True
    """
    return hashlib.sha256(f"{collection}\0{source}".encode()).hexdigest()[:16]
