"""The limits of reading, and what a reader is: data in, documents out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vedette.records import Document, Failure

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one file; `settings.IngestSettings` has the same names.

    `ocr` names a function `module:name` that takes the picture of a page (PGM) and `ocr_languages`, and gives its text;
    empty means that scans are refused. It is a name because it is called in the parsing process, which shares no
    objects with this one.
    """

    max_file_mb: int = 25
    max_pages: int = 2000
    max_seconds: int = 60
    max_memory_mb: int = 1024
    max_expansion_mb: int = 200
    ocr: str = ""
    ocr_languages: str = "eng"


@dataclass(frozen=True, slots=True)
class Job:
    """What a reader is given. `at_page` is told of each page begun, so that a crash can be blamed on it."""

    data: bytes
    source: str
    limits: Limits = Limits()
    at_page: Callable[[int], None] = lambda number: None


Reader = Callable[[Job], Iterator[Document | Failure]]
