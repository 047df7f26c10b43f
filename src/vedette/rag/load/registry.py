"""Which reader takes which file: by its first bytes where they are sure, else by its ending or media type.

Readers are named, not imported: a reader's libraries are loaded in the parsing process, when a file needs them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from vedette.errors import LoadError
from vedette.rag.load.limits import Reader

_HERE = "vedette.rag.load"
READERS: Mapping[str, str] = {
    ".pdf": f"{_HERE}.pdf:read",
    ".md": f"{_HERE}.markdown:read",
    ".markdown": f"{_HERE}.markdown:read",
    ".html": f"{_HERE}.html:read",
    ".htm": f"{_HERE}.html:read",
    ".xhtml": f"{_HERE}.html:read",
    ".docx": f"{_HERE}.docx:read",
    ".csv": f"{_HERE}.table:read",
    ".tsv": f"{_HERE}.table:read",
    ".txt": f"{_HERE}.plain:read",
    ".text": f"{_HERE}.plain:read",
    ".rst": f"{_HERE}.plain:read",
    ".log": f"{_HERE}.plain:read",
    ".json": f"{_HERE}.structured:read_json",
    ".yaml": f"{_HERE}.structured:read_yaml",
    ".yml": f"{_HERE}.structured:read_yaml",
}
_MEDIA_TYPES = {
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/plain": ".txt",
    "application/json": ".json",
    "application/stix+json": ".json",
    "application/yaml": ".yaml",
    "application/x-yaml": ".yaml",
    "text/yaml": ".yaml",
}
_OF_ENDING = {told: media_type for media_type, told in reversed(_MEDIA_TYPES.items())} | {
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".markdown": "text/markdown",
    ".yml": "application/yaml",
}
_BARE_NAMES = frozenset({"readme", "license", "licence", "notice", "changelog", "authors", "copying", "security"})
_ARCHIVE, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def ending(source: str, media_type: str = "", readers: Mapping[str, str] = READERS) -> str:
    """The ending that chooses the reader, or nothing where no reader takes such a file.

    >>> ending("guides/Zero Trust.PDF"), ending("https://example.org/a", "text/html; charset=utf-8"), ending("a.exe")
    ('.pdf', '.html', '')
    """
    path = PurePosixPath(source.split("?")[0].split("#")[0] if "://" in source else source)
    found = path.suffix.lower()
    if found in readers:
        return found
    told = _MEDIA_TYPES.get(media_type.split(";")[0].strip().lower(), "")
    if told:
        return told
    return ".txt" if not found and path.name.lower() in _BARE_NAMES else ""


def media_type_of(source: str, told: str = "") -> str:
    """The media type of a file: what its server `told`, else that of its ending.

    >>> media_type_of("a/Plan.PDF"), media_type_of("notes.rst"), media_type_of("https://example.org/a", "text/html")
    ('application/pdf', 'text/plain', 'text/html')
    """
    return told or _OF_ENDING.get(ending(source), "text/plain")


def reader_for(data: bytes, source: str, media_type: str, readers: Mapping[str, str] = READERS) -> Reader:
    """The reader for these bytes. Raises LoadError where the bytes are not what the name says."""
    kind = ending(source, media_type, readers)
    if not kind:
        raise LoadError(f"{source} is of a kind that is not read; supported are {', '.join(sorted(readers))}.")
    if data.startswith(b"%PDF-"):
        kind = ".pdf"
    if kind == ".pdf" and b"%PDF-" not in data[:1024]:
        raise LoadError(f"{source} is named a PDF but is none; give it the ending of its real format.")
    if kind == ".docx" and not data.startswith((_ARCHIVE, _OLE)):
        raise LoadError(f"{source} is named a Word document but is none; give it the ending of its real format.")
    module, _, function = readers[kind].partition(":")
    reader: Reader = getattr(importlib.import_module(module), function)
    return reader
