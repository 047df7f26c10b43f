"""HTML: the main content as readable text; also the second half of reading Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from vedette.errors import LoadError
from vedette.rag.load.limits import Job
from vedette.rag.load.plain import decode
from vedette.rag.load.tables import Cell, grid_rows
from vedette.rag.load.text import Assembly, clean, one_line, title_from_name
from vedette.records import BlockKind, Document

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "nav", "iframe", "object", "canvas", "audio",
    "video", "img", "picture", "button", "select", "input", "textarea", "dialog", "head", "aside", "footer",
})  # fmt: skip
_HIDDEN_ROLES = frozenset({"navigation", "banner", "search", "contentinfo", "doc-toc", "complementary"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "header", "hgroup", "hr", "html", "legend", "li", "main", "ol", "p", "pre",
    "section", "summary", "table", "ul",
})  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_DEEPEST = 200
# Elements that nest without end: no start tag closes one. For each the parser looks through all that are open, so that
# its time grows with the square of the depth.
_NESTING = re.compile(
    r"<(/?)(article|blockquote|center|details|div|dl|fieldset|figure|header|main|ol|pre|section|ul)(?=[\s/>])", re.I
)
_UNCLOSED = 3000  # far more than `_DEEPEST`: of tags that are left open, the parser closes many at the next cell


def read(job: Job) -> Iterator[Document]:
    """One document. Raises LoadError where nothing readable is left once scripts, styles and navigation are gone."""
    tree = parsed(_decoded(job.data, job.source))
    assembly = Assembly()
    add_html(assembly, _main(tree))
    if not assembly.blocks:
        raise LoadError(f"{job.source} has no readable text; save a page that scripts build as PDF first.")
    title = assembly.first_heading() or _text_of(tree.css_first("title")) or title_from_name(job.source)
    metadata = {name: value for name in ("author", "description") if (value := _meta(tree, name))}
    yield Document(job.source, title, assembly.text, "text/html", blocks=tuple(assembly.blocks), metadata=metadata)


def parsed(text: str) -> LexborHTMLParser:
    """The tree of a page. Raises LoadError, before it is built, where thousands of elements are left open."""
    unclosed: Counter[str] = Counter()
    for tag in _NESTING.finditer(text):
        name = tag[2].lower()
        if not tag[1]:
            unclosed[name] += 1
        elif unclosed[name]:
            unclosed[name] -= 1
        if not tag[1] and unclosed.total() > _UNCLOSED:
            raise _too_deep()
    return LexborHTMLParser(text)


def add_html(assembly: Assembly, root: LexborNode | None) -> None:
    """Append the readable blocks under `root`. Raises LoadError where elements are nested too deep."""
    if root is not None:
        walk = _Walk(assembly)
        walk.children(root, 0)
        walk.flush()


class _Walk:
    """Inline text gathered until a block ends; the kind of the block is that of the innermost list item or none."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.inline: list[str] = []
        self.kind: BlockKind = "paragraph"
        self.lists: list[int | None] = []
        self.marker = ""

    def flush(self) -> None:
        text = one_line("".join(self.inline))
        self.inline.clear()
        if not text:
            return
        level = len(self.lists) if self.kind == "list_item" else 0
        self.assembly.add(self.kind, text, level, self.marker)
        if self.kind == "list_item":
            self.marker = "  " * level

    def children(self, parent: LexborNode, depth: int) -> None:
        if depth > _DEEPEST:
            raise _too_deep()
        for node in parent.iter(include_text=True):
            self.node(node, depth + 1)

    def node(self, node: LexborNode, depth: int) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.inline.append(node.text_content or "")
        elif tag == "br":
            self.inline.append(" ")
        elif tag in _HEADINGS:
            self.flush()
            self.assembly.add("heading", _text_of(node).rstrip("¶#").strip(), _HEADINGS[tag])
        elif tag == "pre":
            self.flush()
            self.assembly.add("code", clean(node.text(deep=True)).rstrip())
        elif tag == "table":
            self.flush()
            for row in grid_rows(_table(node)):
                self.assembly.add("table_row", row)
        elif tag in ("ul", "ol"):
            self.list(node, tag == "ol", depth)
        elif tag == "li":
            self.item(node, depth)
        elif tag in _BLOCKS and not _skipped(node):
            self.flush()
            self.children(node, depth)
            self.flush()
        elif not tag.startswith("-") and tag not in _SKIPPED and not _skipped(node):
            self.children(node, depth)

    def list(self, node: LexborNode, ordered: bool, depth: int) -> None:
        self.flush()
        start = node.attributes.get("start") or "1"
        self.lists.append((int(start) if start.isdigit() else 1) if ordered else None)
        self.children(node, depth)
        self.flush()
        self.lists.pop()

    def item(self, node: LexborNode, depth: int) -> None:
        self.flush()
        outer = self.kind, self.marker
        if not self.lists:
            self.lists.append(None)
        number = self.lists[-1]
        self.kind = "list_item"
        self.marker = "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1
        self.children(node, depth)
        self.flush()
        self.kind, self.marker = outer


def _too_deep() -> LoadError:
    return LoadError(f"Elements are nested deeper than {_DEEPEST}; save the page again from a browser.")


def _skipped(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (attributes.get("role") or "") in _HIDDEN_ROLES
        or "display:none" in (attributes.get("style") or "").replace(" ", "")
    )


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """`<main>`, or the only `<article>`, where it holds most of the text; else the whole body."""
    whole = len(_text_of(tree.body))
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(_text_of(found[0])) * 2 >= whole:
            return found[0]
    return tree.body


def _table(table: LexborNode) -> list[list[Cell]]:
    rows = []
    for row in table.css("tr"):
        rows.append([_cell(cell) for cell in row.iter() if cell.tag in ("td", "th")])
    return rows


def _cell(cell: LexborNode) -> Cell:
    return _text_of(cell), cell.tag == "th", _span(cell, "colspan"), _span(cell, "rowspan")


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(int(value), 100) if value.isdigit() and value != "0" else 1


def _text_of(node: LexborNode | None) -> str:
    return one_line(node.text(deep=True, separator=" ")) if node is not None else ""


def _meta(tree: LexborHTMLParser, name: str) -> str:
    found = tree.css_first(f'meta[name="{name}"]')
    return one_line(found.attributes.get("content") or "") if found is not None else ""


def _decoded(data: bytes, source: str) -> str:
    declared = _CHARSET.search(data[:2048])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, source)[0]
