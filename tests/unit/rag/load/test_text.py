from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import LoadError
from vedette.rag.load import plain
from vedette.rag.load.text import Assembly, clean
from vedette.rag.load.wire import from_json, to_json
from vedette.records import Block, Document, Failure, LineBox, Page

KINDS = st.sampled_from(["heading", "paragraph", "list_item", "table_row", "code"])


@given(st.lists(st.tuples(KINDS, st.text(max_size=30), st.sampled_from(["", "- ", "1. "])), max_size=20))
def test_blocks_lie_in_the_text_in_order_and_none_is_empty(parts: list[tuple[str, str, str]]) -> None:
    assembly = Assembly()
    for kind, text, marker in parts:
        start = assembly.add(kind, text, marker=marker)  # type: ignore[arg-type]
        assert start == -1 or assembly.blocks[-1].start == start
    ends = [0]
    for block in assembly.blocks:
        assert assembly.text[block.start : block.end].strip()
        assert block.start >= ends[-1]
        ends.append(block.end)
    assert ends[-1] == len(assembly.text)


def test_a_marker_stands_in_the_text_and_not_in_the_block() -> None:
    assembly = Assembly()
    assembly.add("list_item", "Isolate the host.", 1, "1. ")
    assembly.add("list_item", "Call the lead.", 1, "2. ")
    assert assembly.text == "1. Isolate the host.\n2. Call the lead."
    assert [assembly.text[block.start : block.end] for block in assembly.blocks] == [
        "Isolate the host.",
        "Call the lead.",
    ]


@given(st.text())
def test_clean_text_can_be_stored_as_utf_8_and_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not [sign for sign in cleaned if ord(sign) < 32 and sign not in "\n\t"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_spanish_is_read_in_every_usual_encoding(encoding: str) -> None:
    text = "La contraseña debe tener más de doce caracteres. ¿Cómo se guarda?"
    assert plain.decode(text.encode(encoding), "a.txt")[0] == text


def test_bytes_that_windows_1252_does_not_define_become_the_replacement_character() -> None:
    assert plain.decode(b"caf\xe9 \x81", "a.txt") == ("café �", "cp1252")


def test_binary_content_is_refused_with_its_name() -> None:
    with pytest.raises(LoadError, match=r"^photo\.txt holds binary data"):
        plain.decode(bytes(range(256)) * 20, "photo.txt")


def test_a_few_nul_bytes_are_dropped(read) -> None:
    document = read("plain", b"Reset the pass\x00word now.\n\nThen log out.\x00")
    assert document.text == "Reset the password now.\n\nThen log out."


def test_plain_text_has_headings_lists_and_unwrapped_paragraphs(read) -> None:
    wrapped = "A paragraph that an editor has wrapped at some column, so that its\nsentence goes on in the next line."
    document = read("plain", f"Policy\n======\n\n{wrapped}\n\n- first step\n- second step\n".encode())
    assert document.title == "Policy"
    assert [(block.kind, document.text[block.start : block.end]) for block in document.blocks] == [
        ("heading", "Policy"),
        ("paragraph", wrapped.replace("\n", " ")),
        ("list_item", "first step"),
        ("list_item", "second step"),
    ]


def test_lines_of_a_log_stay_lines(read) -> None:
    assert read("plain", b"10:00 login ok\n10:01 login failed").text == "10:00 login ok\n10:01 login failed"


def test_a_file_of_white_space_is_refused(read) -> None:
    with pytest.raises(LoadError, match="no text"):
        read("plain", b" \n\t\n ")


OFFSETS = st.integers(0, 2**31)


@given(
    st.builds(
        Document,
        source=st.text(),
        title=st.text(),
        text=st.text(),
        media_type=st.just("text/plain"),
        pages=st.lists(st.builds(Page, OFFSETS, OFFSETS, OFFSETS)).map(tuple),
        blocks=st.lists(st.builds(Block, KINDS, OFFSETS, OFFSETS, OFFSETS)).map(tuple),
        boxes=st.lists(
            st.builds(LineBox, OFFSETS, OFFSETS, OFFSETS, st.tuples(*[st.floats(-1e4, 1e4)] * 4)), max_size=3
        ).map(tuple),
        identifiers=st.lists(st.text()).map(tuple),
        names=st.lists(st.text()).map(tuple),
        metadata=st.dictionaries(
            st.text(), st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text()).map(tuple))
        ),
    )
)
def test_a_document_comes_back_from_the_wire_equal(document: Document) -> None:
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


def test_a_failure_comes_back_from_the_wire_equal() -> None:
    failure = Failure("a.pdf", "It is broken.", 7)
    assert from_json(json.loads(json.dumps(to_json(failure)))) == failure
