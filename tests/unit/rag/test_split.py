"""Chunks keep the structure, lose nothing, and are cut through no identifier."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.rag.split import split
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Block, BlockKind, Chunk, Document, Page


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def document(*parts: tuple[BlockKind, str], kind: str = "prose", separator: str = "\n\n") -> Document:
    text, blocks = "", []
    for block, body in parts:
        text += separator if text else ""
        level = body.count("#") if block == "heading" else 0
        blocks.append(Block(block, len(text), len(text) + len(body), level))
        text += body
    return Document("a.md", "A", text, "text/markdown", kind=kind, blocks=tuple(blocks))


def prose(sentence: str, count: int) -> str:
    return " ".join(f"{sentence} {number}." for number in range(count))


def visible_covered(doc: Document, chunks: list[Chunk]) -> bool:
    seen = bytearray(len(doc.text))
    for chunk in chunks:
        seen[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
    return all(done or sign.isspace() for sign, done in zip(doc.text, seen, strict=True))


def test_headings_start_chunks_and_give_the_path() -> None:
    doc = document(
        ("heading", "# Guide"), ("paragraph", prose("First it is so", 20)), ("heading", "## Keys"),
        ("paragraph", prose("Keys are kept", 20)), ("heading", "## Salt"), ("paragraph", prose("Salt is used", 20)),
    )  # fmt: skip
    chunks = split(doc, words, budget=130)
    assert [chunk.headings for chunk in chunks] == [("Guide",), ("Guide", "Keys"), ("Guide", "Salt")]
    assert chunks[1].text.startswith("## Keys\n\nKeys are kept 0.")
    assert [chunk.id for chunk in chunks] == ["a.md:0:0", "a.md:0:1", "a.md:0:2"]


def test_sentences_overlap_inside_a_section_only() -> None:
    doc = document(
        ("paragraph", prose("One two three four", 40)), ("heading", "# Next"), ("paragraph", prose("Five six", 60))
    )
    chunks = split(doc, words, budget=60, overlap=15)
    for left, right in pairwise(chunks):
        if left.headings == right.headings:
            shared = doc.text[right.start : left.end]
            assert 0 < len(words(shared)) <= 15
            assert shared[0].isupper()
            assert shared.endswith(".")
        else:
            assert right.start >= left.end
    assert all(len(words(chunk.text)) <= 60 for chunk in chunks)


def test_list_items_and_rows_stay_whole() -> None:
    items: list[tuple[BlockKind, str]] = [("list_item", prose(f"M10{n} is done. It", 6)) for n in range(10, 22)]
    doc = document(*items, separator="\n")
    chunks = split(doc, words, budget=100, overlap=0)
    borders = {block.start for block in doc.blocks}
    assert len(chunks) > 1
    assert all(chunk.start in borders for chunk in chunks)


def test_a_list_marker_outside_its_block_stays_with_it() -> None:
    text = "Steps:\n\n1. Isolate the host.\n2. Call for help."
    blocks = (Block("paragraph", 0, 6), Block("list_item", 11, 28, 1), Block("list_item", 32, 46, 1))
    doc = Document("a.md", "A", text, "text/markdown", blocks=blocks)
    assert [chunk.text for chunk in split(doc, words, budget=7, overlap=0)] == [
        "Steps:", "1. Isolate the host.", "2. Call for help.",
    ]  # fmt: skip


def test_tiny_sections_share_a_chunk_with_their_sibling() -> None:
    parts: list[tuple[BlockKind, str]] = []
    for number in range(12):
        parts += [("heading", f"## Rule {number}"), ("paragraph", "Do it now.")]
    chunks = split(document(("heading", "# Rules"), *parts), words, budget=80)
    assert len(chunks) == 4
    assert {chunk.headings for chunk in chunks} == {("Rules",)}


def test_a_long_sentence_is_cut_before_a_word_and_never_in_an_identifier() -> None:
    text = ("padding words " * 20 + "CVE 2021 44228 and hxxp://evil[.]com/some/long/path?query=1 ") * 20
    chunks = split(document(("paragraph", text)), words, budget=31, overlap=5)
    for found in find_identifiers(text):
        assert any(chunk.start <= found.start and found.end <= chunk.end for chunk in chunks)
        assert not any(found.start < border < found.end for c in chunks for border in (c.start, c.end))


def test_text_without_spaces_is_cut_too() -> None:
    chunks = split(document(("paragraph", "x" * 50_000)), words, budget=100)
    assert max(len(chunk.text) for chunk in chunks) <= 400
    assert "".join(chunk.text for chunk in chunks) == "x" * 50_000


def test_a_short_record_is_one_chunk_and_a_long_one_fills_its_chunks() -> None:
    parts: list[tuple[BlockKind, str]] = []
    for number in range(4):
        parts += [("heading", f"## Part {number}"), ("paragraph", prose("It is known", 3))]
    assert len(split(document(*parts, kind="sigma"), words, budget=80)) == 1
    assert len(split(document(*parts * 3, kind="csaf"), words, budget=80)) == 3


def test_pages_break_chunks_unless_a_sentence_runs_on() -> None:
    first, second, third = prose("The first page", 15), "It runs on to", "the second page. " + prose("And on", 10)
    text = f"{first}\n\n{second}\n{third}\n\n{prose('The third page', 15)}"
    one, two = text.index("It runs on"), text.index("the second page")
    last = text.index("The third page")
    pages = (Page(1, 0, two), Page(2, two, last), Page(3, last, len(text)))
    starts = [0, one, two, last, len(text)]
    blocks = tuple(Block("paragraph", a, b) for a, b in pairwise(starts))
    chunks = split(Document("a.pdf", "A", text, "application/pdf", pages=pages, blocks=blocks), words, budget=200)
    assert [chunk.page for chunk in chunks] == [1, 3]
    assert "It runs on to\nthe second page." in chunks[0].text
    assert chunks[1].id == "a.pdf:3:1"


def test_nothing_to_split() -> None:
    assert split(document(("paragraph", " \n ")), words) == []


PIECE = st.sampled_from(
    [
        "Alpha beta.",
        "gamma",
        "CVE-2021-44228",
        "CVE-2021-",
        "44228",
        "1. x",
        "\n",
        "\n\n",
        " ",
        "evil[.]com",
        "## H",
        "é。",
        "Fig. 2",
    ]
)
KIND: st.SearchStrategy[BlockKind] = st.sampled_from(["heading", "paragraph", "list_item", "table_row", "code"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECE, max_size=60).map("".join),
    st.lists(st.tuples(KIND, st.integers(0, 300), st.integers(0, 80), st.integers(1, 3)), max_size=12),
    st.integers(1, 40),
    st.integers(0, 20),
    st.sampled_from(["prose", "kev"]),
)
def test_nothing_is_lost_whatever_the_blocks(
    text: str, raw: list[tuple[BlockKind, int, int, int]], budget: int, overlap: int, kind: str
) -> None:
    blocks = tuple(Block(k, min(a, len(text)), min(a + n, len(text)), level) for k, a, n, level in raw)
    half = len(text) // 2
    doc = Document("s", "t", text, "x", kind=kind, blocks=blocks, pages=(Page(1, 0, half), Page(2, half, len(text))))
    chunks = split(doc, words, budget, overlap)
    assert visible_covered(doc, chunks)
    assert all(chunk.text == text[chunk.start : chunk.end] and chunk.text.strip() for chunk in chunks)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert all(left.start < right.start and left.end < right.end for left, right in pairwise(chunks))
    for found in find_identifiers(text):
        assert not any(found.start < border < found.end for c in chunks for border in (c.start, c.end))
    assert chunks == split(doc, words, budget, overlap)
