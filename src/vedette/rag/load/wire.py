"""Documents as JSON, for the pipe between the parsing process and this one.

JSON and not pickle: the process at the other end has parsed hostile bytes, and what it sends may not run here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.records import Block, Document, Failure, LineBox, MetadataValue, Page

_PLAIN = ("source", "title", "text", "media_type", "kind", "language")


def to_json(record: Document | Failure) -> dict[str, Any]:
    """The record as JSON values; `from_json` gives it back equal."""
    if isinstance(record, Failure):
        return {"path": record.path, "reason": record.reason, "page": record.page}
    return {
        **{name: getattr(record, name) for name in _PLAIN},
        "pages": [(page.number, page.start, page.end) for page in record.pages],
        "blocks": [(block.kind, block.start, block.end, block.level) for block in record.blocks],
        "boxes": [(line.page, line.start, line.end, line.box) for line in record.boxes],
        "identifiers": record.identifiers,
        "names": record.names,
        "metadata": dict(record.metadata),
    }


def from_json(value: Mapping[str, Any]) -> Document | Failure:
    """The record that `to_json` was given.

    >>> from_json(to_json(Failure("a.pdf", "It is empty.", 3)))
    Failure(path='a.pdf', reason='It is empty.', page=3)
    """
    if "reason" in value:
        return Failure(value["path"], value["reason"], value["page"])
    return Document(
        **{name: value[name] for name in _PLAIN},
        pages=tuple(Page(*page) for page in value["pages"]),
        blocks=tuple(Block(*block) for block in value["blocks"]),
        boxes=tuple(LineBox(page, start, end, tuple(box)) for page, start, end, box in value["boxes"]),
        identifiers=tuple(value["identifiers"]),
        names=tuple(value["names"]),
        metadata={name: _metadata(entry) for name, entry in value["metadata"].items()},
    )


def _metadata(entry: Any) -> MetadataValue:
    return tuple(entry) if isinstance(entry, list) else entry
