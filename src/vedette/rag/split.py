"""Document -> chunks: passages of a token budget, cut where the document itself has borders.

A heading starts a chunk; blocks under it are packed together; list items and table rows stay whole; prose is cut at
sentence ends; nothing is cut through an identifier. Chunks of one section overlap by whole sentences or items.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.sentences import sentences
from vedette.records import Block, BlockKind, Chunk, Document

Offsets = Callable[[str], Sequence[tuple[int, int]]]

_WINDOW = 100_000  # characters tokenised at a time: bounds the memory that the tokens of a large document take
_LONGEST_TOKEN = 40  # characters
_CHARACTERS_A_TOKEN = 4
_LONGEST_IDENTIFIER = 1_000  # characters; a longer "URL" is data and may be cut


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a heading, a list item, a table row, a line of code, a sentence. `block` counts its block."""

    kind: BlockKind
    start: int
    end: int
    block: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A chunk before it has its number."""

    start: int
    end: int
    headings: tuple[str, ...]


class _Ruler:
    """Measures spans of one text in tokens, and knows where its identifiers and pages stand."""

    def __init__(self, document: Document, offsets: Offsets) -> None:
        self.text = text = document.text
        self._tokens = array("L")
        begin = 0
        while begin < len(text):
            end = len(text)
            if end - begin > _WINDOW:
                end = max(text.rfind(mark, begin + 1, begin + _WINDOW) for mark in "\n ")
                end = end if end > begin else begin + _WINDOW
            for start, stop in offsets(text[begin:end]):
                # A word too long for the model is one unknown token; here it counts by its length.
                step = _CHARACTERS_A_TOKEN if stop - start > _LONGEST_TOKEN else stop - start or 1
                self._tokens.extend(range(begin + start, begin + max(stop, start + 1), step))
            begin = end
        found = [one for one in find_identifiers(text) if one.end - one.start <= _LONGEST_IDENTIFIER]
        self._starts = [one.start for one in found]
        self._ends = [one.end for one in found]
        self._pages = [page.start for page in document.pages]
        self._numbers = [page.number for page in document.pages]

    def tokens(self, start: int, end: int) -> int:
        return bisect_left(self._tokens, end) - bisect_left(self._tokens, start)

    def reach(self, start: int, budget: int) -> int:
        """The furthest offset such that `[start, offset)` has at most `budget` tokens."""
        first = bisect_left(self._tokens, start)
        return int(self._tokens[first + budget]) if first + budget < len(self._tokens) else len(self.text)

    def inside(self, offset: int) -> tuple[int, int] | None:
        """The identifier that a cut at `offset` would break."""
        at = bisect_left(self._starts, offset) - 1
        return (self._starts[at], self._ends[at]) if at >= 0 and offset < self._ends[at] else None

    def page(self, offset: int) -> int:
        at = bisect_right(self._pages, offset) - 1
        return self._numbers[max(at, 0)] if self._pages else 0


def split(document: Document, offsets: Offsets, budget: int = 200, overlap: int = 40) -> list[Chunk]:
    """The chunks of `document` in reading order, each of at most `budget` tokens wherever it can be cut to that.

    `offsets` gives the token offsets of a text, as `Embedder.token_offsets` does. Neighbours inside one section share
    up to `overlap` tokens of whole sentences or items. Every visible character of the document is in some chunk.
    """
    ruler = _Ruler(document, offsets)
    units = list(_units(document, ruler, budget))
    record = document.kind != "prose"
    if units and record and ruler.tokens(units[0].start, units[-1].end) <= budget * 5 // 4:
        spans = [_Span(units[0].start, units[-1].end, units[0].headings[:1])]
    else:
        packed = [span for section in _sections(units) for span in _pack(section, ruler, budget, overlap)]
        # The sections of a record are about one thing: they may share a chunk. Those of a text only where one is tiny.
        spans = _merge(packed, ruler, budget, budget if record else budget // 4)
    return [_chunk(document, ruler, ordinal, span) for ordinal, span in enumerate(spans)]


def _chunk(document: Document, ruler: _Ruler, ordinal: int, span: _Span) -> Chunk:
    page = ruler.page(span.start)
    text = document.text[span.start : span.end]
    identity = f"{document.source}:{page}:{ordinal}"
    return Chunk(identity, document.source, page, ordinal, span.start, span.end, text, span.headings)


def _tiles(document: Document) -> Iterator[Block]:
    """The blocks and, as paragraphs, what stands between them: together they hold every visible character once."""
    text, begin = document.text, 0
    for block in sorted(document.blocks, key=lambda block: block.start):
        start = max(block.start, begin)
        # A list marker stands before its block on the same line, and belongs to it.
        own_line = text.rfind("\n", begin, start) + 1 or begin
        yield from _paragraphs(text, begin, own_line)
        start = start if not text[own_line:start].strip() else own_line
        if text[start : block.end].strip():
            yield Block(block.kind, start, block.end, block.level)
            begin = block.end
        else:
            begin = max(begin, own_line)
    yield from _paragraphs(text, begin, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    while start < end:
        stop = text.find("\n\n", start, end)
        stop = stop + 2 if stop >= 0 else end
        if text[start:stop].strip():
            yield Block("paragraph", start, stop)
        start = stop


def _units(document: Document, ruler: _Ruler, budget: int) -> Iterator[_Unit]:
    path: list[tuple[int, str]] = []
    last: _Unit | None = None
    for number, block in enumerate(_tiles(document)):
        if block.kind == "heading":
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, " ".join(document.text[block.start : block.end].split()).lstrip("# ")))
        headings = tuple(name for _, name in path)
        for start, end in _uncut(ruler, block, budget):
            unit = _Unit(block.kind, start, end, number, headings)
            if last is not None and ruler.inside(start):  # the borders of blocks may run through an identifier
                last = _Unit(last.kind, last.start, end, last.block, last.headings)
                continue
            if last is not None:
                yield last
            last = unit
    if last is not None:
        yield last


def _uncut(ruler: _Ruler, block: Block, budget: int) -> Iterator[tuple[int, int]]:
    """The spans of a block that stay whole."""
    text = ruler.text
    whole = _trimmed(text, block.start, block.end)
    if block.kind == "paragraph":
        pieces = sentences(text[whole[0] : whole[1]], whole[0])
    elif ruler.tokens(*whole) <= budget:
        pieces = [whole]
    elif block.kind == "code":
        pieces = _lines(text, *whole)
    else:
        pieces = sentences(text[whole[0] : whole[1]], whole[0])
    for start, end in pieces:
        while ruler.tokens(start, end) > budget:
            cut = _cut(ruler, start, end, budget)
            yield _trimmed(text, start, cut)
            while cut < end and text[cut].isspace():
                cut += 1
            start = cut
        if start < end:
            yield start, end


def _cut(ruler: _Ruler, start: int, end: int, budget: int) -> int:
    """Where to end a piece that is too long: before a word, else between tokens, never inside an identifier."""
    limit = min(ruler.reach(start, budget), end)
    cut = limit
    while cut > start + 1 and not ruler.text[cut - 1].isspace():
        cut -= 1
    if cut <= start + 1:
        cut = max(limit, start + 1)
    broken = ruler.inside(cut)
    if broken:
        cut = broken[0] if broken[0] > start else broken[1]
    return min(cut, end)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            found.append((start, start + len(line.rstrip())))
        start += len(line)
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _sections(units: Sequence[_Unit]) -> Iterator[Sequence[_Unit]]:
    begin = 0
    for at in range(1, len(units) + 1):
        if at == len(units) or (units[at].kind == "heading" and units[at].block != units[at - 1].block):
            yield units[begin:at]
            begin = at


def _pack(units: Sequence[_Unit], ruler: _Ruler, budget: int, overlap: int) -> Iterator[_Span]:
    """Fill chunks with the units of one section."""
    first = 0
    for at in range(1, len(units)):
        if _full(units, first, at, ruler, budget):
            yield _Span(units[first].start, units[at - 1].end, units[first].headings)
            first = _overlapping(units, first, at, ruler, budget, overlap)
    yield _Span(units[first].start, units[-1].end, units[first].headings)


def _full(units: Sequence[_Unit], first: int, at: int, ruler: _Ruler, budget: int) -> bool:
    """Whether unit `at` begins the next chunk rather than joining the one that begins at `first`."""
    start, before, unit = units[first].start, units[at - 1], units[at]
    if ruler.tokens(start, unit.end) > budget:
        return True
    held = ruler.tokens(start, before.end)
    if ruler.page(unit.start) != ruler.page(before.end - 1):
        return held >= budget // 4 and not _runs_on(ruler.text, before, unit)
    if unit.block == before.block or held < budget // 2:
        return False
    # A paragraph that does not fit as a whole begins the next chunk, where it will.
    last = next((i for i in range(at, len(units)) if units[i].block != unit.block), len(units)) - 1
    return ruler.tokens(start, units[last].end) > budget >= ruler.tokens(unit.start, units[last].end)


def _runs_on(text: str, before: _Unit, unit: _Unit) -> bool:
    """Whether a sentence goes on over the border of two blocks, as it does over the break of a page."""
    prose = before.kind in {"paragraph", "list_item"} and unit.kind == "paragraph"
    return prose and text[before.end - 1] not in ".!?:;…" and text[unit.start].islower()


def _overlapping(units: Sequence[_Unit], first: int, at: int, ruler: _Ruler, budget: int, overlap: int) -> int:
    """The first unit of the next chunk: some before `at`, as many as the overlap allows."""
    page, back = ruler.page(units[at].start), at
    while (
        back - 1 > first
        and ruler.tokens(units[back - 1].start, units[at - 1].end) <= overlap
        and ruler.tokens(units[back - 1].start, units[at].end) <= budget
        and ruler.page(units[back - 1].start) == page
    ):
        back -= 1
    return back


def _merge(spans: Sequence[_Span], ruler: _Ruler, budget: int, tiny: int) -> list[_Span]:
    """Join a chunk of fewer than `tiny` tokens to the one after it, where that belongs to the same or a lower section
    or to a sibling, is on the same page, and both fit."""
    merged: list[_Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if (
            last is not None
            and ruler.tokens(last.start, last.end) < tiny
            and ruler.tokens(last.start, span.end) <= budget
            and last.headings[:-1] == span.headings[: max(len(last.headings) - 1, 0)]
            and ruler.page(last.start) == ruler.page(span.start)
        ):
            below = span.headings[: len(last.headings)] == last.headings
            merged[-1] = _Span(last.start, span.end, last.headings if below else last.headings[:-1])
        else:
            merged.append(span)
    return merged
