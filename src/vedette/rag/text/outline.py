"""The structure of a document as spans: sections, list items with their lead-in, labelled lines.

Whatever an answer quotes is a span found here, so that `quote == document.text[start:end]` holds by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vedette.records import Block, BlockKind, Document, Source

_MARKER = re.compile(r"\s*(?:(?:[-*+•▪◦–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+)?(?:\[[ xX]\]\s+)?")
_TODO = re.compile(r"[\s`*_(]*\bTODO\b.*\Z", re.DOTALL)
_PARAGRAPH = re.compile(r"\S.*?(?=\n\s*\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unit:
    """One block of running text: `headings` is the path over it, outermost first; `lead` the span of the line that
    introduces the list it belongs to ("Check:"), if it has one."""

    kind: BlockKind
    start: int
    end: int
    level: int
    headings: tuple[str, ...]
    lead: tuple[int, int] | None = None


def units(document: Document) -> tuple[Unit, ...]:
    """The blocks of a document in reading order, headings included (their own text is the last of their path)."""
    text = document.text
    path: list[tuple[int, str]] = []
    opened: list[tuple[int, tuple[int, int] | None]] = []
    before: Block | None = None
    found: list[Unit] = []
    for block in document.blocks or tuple(_paragraphs(text)):
        start, end = trim(text, block.start, block.end)
        if start == end:
            continue
        if block.kind == "heading":
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, plain(text[start:end])))
        lead = None
        if block.kind == "list_item":
            lead = _lead(text, block, before, opened)
        else:
            opened.clear()
        headings = tuple(name for _, name in path)
        found.append(Unit(block.kind, start, end, block.level, headings, lead))
        before = Block(block.kind, start, end, block.level)
    return tuple(found)


def section(document: Document, *names: str) -> tuple[Unit, ...]:
    """The units under the first heading that bears one of these names (any case), its sub-sections included.

    >>> from vedette.records import Block
    >>> text = "Mitigations\\nM1036 Account Use Policies"
    >>> blocks = (Block("heading", 0, 11, 2), Block("list_item", 12, 38, 1))
    >>> [text[u.start : u.end] for u in section(Document("d", "t", text, "text/plain", blocks=blocks), "mitigations")]
    ['M1036 Account Use Policies']
    """
    wanted = {name.casefold() for name in names}
    every = units(document)
    for unit in every:
        if unit.kind == "heading" and unit.headings[-1].casefold() in wanted:
            path = unit.headings
            return tuple(u for u in every if u.headings[: len(path)] == path and u.kind != "heading")
    return ()


def labelled(document: Document, *labels: str) -> Unit | None:
    """The line "Label: value" of a record, whole, for the first of the labels that it has."""
    for label in labels:
        found = re.search(rf"(?im)^[ \t]*(?:[-*•][ \t]+)?({re.escape(label)}[ \t]*:[ \t]*\S.*?)[ \t]*$", document.text)
        if found:
            return Unit("paragraph", found.start(1), found.end(1), 0, ())
    return None


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without outer white space, list marker, and a trailing note of its author to himself ("TODO …").

    >>> trim("1. Isolate it. `TODO: name the tool`", 0, 36)
    (3, 14)
    """
    piece = text[start:end]
    marker = _MARKER.match(piece)
    start += marker.end() if marker else 0
    kept = _TODO.sub("", text[start:end]).rstrip()
    return (start, start + len(kept)) if kept else (end, end)


def headed(title: str, headings: Sequence[str]) -> str:
    """Title and nearest heading, without which "Use 12 or more" means nothing.

    >>> headed("Password Storage", ("Hashing", "Work Factors"))
    'Password Storage - Work Factors'
    """
    return " - ".join(dict.fromkeys((title, *headings[-1:])))


def plain(text: str) -> str:
    """A span as shown: one line, without Markdown's or HTML's marks. Its words stay as they are, in their order.

    >>> plain("**Assess**  the [impact](http://x.org)\\n_now_ [1]")
    'Assess the impact now'
    """
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    text = re.sub(r"\[(?:<sup>)?\[?[^\]\[]{1,24}\]?(?:</sup>)\]\([^)]*\)", " ", text)
    text = re.sub(r"\[([^\]]+)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", text)
    text = re.sub(r"\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]", " ", text)
    text = re.sub(r"^\s*(?:#{1,6}|>)\s+", "", text)
    text = re.sub(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])", r"\2", text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" (?=[.,;:!?)](?:\s|$))", "", text)


def page_of(document: Document, offset: int) -> int:
    """The page that an offset stands on; 0 where the document has no pages."""
    return next((page.number for page in document.pages if page.start <= offset < page.end), 0)


def cite(identity: str, document: Document, start: int, end: int, score: float = 1.0) -> Source:
    """The source for a span of a stored document; `verify` gives it its id."""
    return Source(
        id="",
        document=identity,
        title=document.title,
        source=document.source,
        page=page_of(document, start),
        start=start,
        end=end,
        quote=document.text[start:end],
        score=round(score, 4),
    )


def _paragraphs(text: str) -> Iterator[Block]:
    return (Block("paragraph", found.start(), found.end()) for found in _PARAGRAPH.finditer(text))


def _lead(
    text: str, block: Block, before: Block | None, opened: list[tuple[int, tuple[int, int] | None]]
) -> tuple[int, int] | None:
    """The lead-in of the list that this item is in; `opened` holds the lists that are open here, outermost first."""
    while opened and opened[-1][0] > block.level:
        opened.pop()
    if not opened or opened[-1][0] < block.level:
        introduces = before is not None and before.kind in ("paragraph", "list_item")
        colon = introduces and before is not None and text[before.start : before.end].rstrip(" *_").endswith(":")
        opened.append((block.level, (before.start, before.end) if before and colon else None))
    return opened[-1][1]
