"""From the lines of a PDF to its headings, paragraphs, list items and table rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from vedette.rag.load.pdf_lines import Line
from vedette.records import BlockKind

_BULLET = re.compile(r"(?:[•●▪◦‣∙·○■□➢➤✓✔❖–—*\-\ue000-\uf8ff]|o(?= ))(?:\s+|$)")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")
_SECTION = re.compile(r"((?:\d{1,2}|[A-Z])(?:\.\d{1,2})*)\.?\s+\S")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]?\d{0,3}$")
_OWN_NUMBER = re.compile(r"^[\d.]+(?:\s|$)")
_PUNCTUATION = re.compile(r"[\W_]+")
_LONGEST_HEADING = 160


@dataclass(slots=True)
class Group:
    """Lines that belong together. `cells` are the indices of lines that begin a further cell of a table row, `tails`
    those of pieces that stand behind the piece before on the same height, as after a raised footnote number."""

    kind: BlockKind
    lines: list[Line]
    level: int = 0
    marker: str = ""
    cells: set[int] = field(default_factory=set)
    tails: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Style:
    """What is usual in a document: size of body text, distance of lines for a size, heading sizes, bookmarks.

    `bookmarks` maps a page to its titles, as `bookmark_key` writes them, and these to the level of the heading.
    """

    body: float
    leading: Mapping[float, float]
    heading_sizes: tuple[float, ...]
    bookmarks: Mapping[int, Mapping[str, int]]


def bookmark_key(title: str) -> str:
    """A title as it is compared: letters and digits only, without a section number.

    >>> bookmark_key("2.1  Zero-Trust Basics") == bookmark_key("Zero Trust basics")
    True
    """
    return _PUNCTUATION.sub("", _OWN_NUMBER.sub("", title)).casefold()


def style_of(pages: Sequence[Sequence[Line]], bookmarks: Mapping[int, Mapping[str, int]]) -> Style:
    """The usual sizes and distances, weighted by characters."""
    sizes: Counter[float] = Counter()
    gaps: dict[float, Counter[float]] = {}
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
        for line, after in pairwise(page):
            if after.size == line.size and 0 < line.baseline - after.baseline < 3 * max(line.size, 4):
                gaps.setdefault(line.size, Counter())[round(line.baseline - after.baseline, 0)] += 1
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted((size for size in sizes if size >= body + 1), reverse=True)
    leading = {size: counter.most_common(1)[0][0] for size, counter in gaps.items()}
    return Style(body, leading, tuple(larger), bookmarks)


def groups(pages: Sequence[Sequence[Line]], style: Style) -> Iterator[Group]:
    """The groups of the whole document in reading order; a paragraph may go on over the end of a page."""
    last: Group | None = None
    notes: list[Group] = []
    for page in pages:
        for group in _page_groups(page, style):
            if last and group.lines and group.lines[0].size <= style.body - 1 and last.lines:
                notes.append(group)
            elif last and _goes_on(last, group):
                # Footnotes of the earlier page come first, so that the text runs through its pages in order.
                yield from notes
                notes = []
                last.lines.extend(group.lines)
            else:
                if last:
                    yield last
                yield from notes
                last, notes = group, []
    if last:
        yield last
    yield from notes


def _page_groups(page: Sequence[Line], style: Style) -> Iterator[Group]:
    right = max((line.box[2] for line in page), default=0.0)
    indents: list[float] = []
    current: Group | None = None
    index = 0
    while index < len(page):
        line = page[index]
        length, level = _heading(page, index, style)
        if length:
            if current:
                yield current
                current = None
            yield Group("heading", list(page[index : index + length]), level)
            index, indents = index + length, []
            continue
        index += 1
        if current and _is_tail(current, line):
            current.tails.add(len(current.lines))
            current.lines.append(line)
        elif current and _is_cell(current, line):
            current.cells.add(len(current.lines))
            current.lines.append(line)
            current.kind = "table_row" if current.kind == "paragraph" else current.kind
        elif current and _joins(current, line, right, style):
            current.lines.append(line)
        else:
            if current:
                yield current
            current = _opened(line, indents)
    if current:
        yield current


def _opened(line: Line, indents: list[float]) -> Group:
    """A new paragraph or list item. `indents` are the left edges of the lists that are open, outermost first."""
    match = _BULLET.match(line.text) or _NUMBERED.match(line.text)
    if not match:
        return Group("paragraph", [line])
    left = line.box[0]
    while indents and indents[-1] > left + 3:
        indents.pop()
    if not indents or left > indents[-1] + 3:
        indents.append(left)
    level = len(indents)
    sign = "-" if _BULLET.match(line.text) else match[0].strip()
    rest = replace(line, text=line.text[match.end() :])
    return Group("list_item", [rest] if rest.text else [], level, "  " * (level - 1) + sign + " ")


def _heading(page: Sequence[Line], index: int, style: Style) -> tuple[int, int]:
    """How many lines from `index` on make a heading (0: none), and its level."""
    line = page[index]
    titles = style.bookmarks.get(line.page, {})
    key = bookmark_key(line.text) if titles else ""
    if key and any(title.startswith(key) for title in titles):
        for length in range(1, min(4, len(page) - index) + 1):
            level = titles.get(bookmark_key(_text(page[index : index + length])), 0)
            if level:
                return length, level
    large = line.size in style.heading_sizes
    bold = line.bold and not style.bookmarks and line.size >= style.body
    if not (large or bold) or not any(map(str.isalpha, line.text)) or _BULLET.match(line.text):
        return 0, 0
    length = 1
    while index + length < len(page) and _same_heading(page[index + length - 1], page[index + length]):
        length += 1
    text = _text(page[index : index + length])
    if len(text) > _LONGEST_HEADING or (not large and (text[-1] in ".,;:" or _fills(page[index + length - 1], page))):
        return 0, 0
    return length, _level(text, line.size, style)


def _fills(line: Line, page: Sequence[Line]) -> bool:
    """Whether the line reaches the right edge of the text, as a line does that goes on in the next."""
    right = max(other.box[2] for other in page)
    return line.box[2] > right - 0.1 * (right - line.box[0])


def _text(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)


def _same_heading(line: Line, after: Line) -> bool:
    near = 0 < line.baseline - after.baseline < 1.6 * line.size
    return near and line.size == after.size and line.bold == after.bold and not _SECTION.match(after.text)


def _level(text: str, size: float, style: Style) -> int:
    section = _SECTION.match(text)
    if section:
        return section[1].count(".") + 1
    rank = style.heading_sizes.index(size) + 1 if size in style.heading_sizes else len(style.heading_sizes) + 1
    return min(rank, 4)


def _is_cell(group: Group, line: Line) -> bool:
    """Whether the line stands right of the group's first line, at the same height: the next cell of a table row."""
    if not group.lines or line.page != group.lines[0].page:
        return False
    first = group.lines[0]
    return abs(line.baseline - first.baseline) < 2 and line.box[0] > first.box[2]


def _is_tail(group: Group, line: Line) -> bool:
    """Whether the line stands right behind the group's last one, at the same height."""
    if not group.lines or line.page != group.lines[-1].page:
        return False
    last = group.lines[-1]
    return abs(line.baseline - last.baseline) < 0.5 * last.size and -2 < line.box[0] - last.box[2] < last.size


def _joins(group: Group, line: Line, right: float, style: Style) -> bool:
    """Whether the line goes on with the group's last one."""
    if not group.lines:
        return True
    last = group.lines[-1]
    gap = last.baseline - line.baseline
    usual = style.leading.get(line.size, line.size * 1.2)
    if abs(last.size - line.size) > 1 or not 0 < gap <= usual * 1.25 + 0.5 or _BULLET.match(line.text):
        return False
    if group.cells and line.box[0] < last.box[0] - 20:
        return False
    ended = bool(_ENDS.search(last.text)) and last.box[2] < right - 0.2 * (right - last.box[0])
    return not ended and not (_NUMBERED.match(line.text) and bool(_ENDS.search(last.text)))


def _goes_on(last: Group, group: Group) -> bool:
    """Whether a group at the top of a page ends the sentence that was begun on the page before."""
    if not last.lines or not group.lines or last.lines[-1].page == group.lines[0].page:
        return False
    before, after = last.lines[-1], group.lines[0]
    return (
        last.kind in ("paragraph", "list_item")
        and group.kind == "paragraph"
        and not group.cells
        and abs(before.size - after.size) < 1
        and not _ENDS.search(before.text)
        and after.text[:1].islower()
    )
