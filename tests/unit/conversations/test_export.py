"""Export: what came from documents or people stays text, whatever it looks like."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from fakes.turns import turn
from vedette.conversations.export import escaped, markdown
from vedette.records import Answer, Conversation, ConversationInfo, ConversationTurn, Source

INFO = ConversationInfo("c" * 32, "Passwords", "default", 1, "2026-01-01T00:00:00.000000+00:00", "2026")
NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/a.png)",
    "[click](javascript:alert(1))",
    "[click][1]\n\n[1]: http://evil.example",
    "<http://evil.example>",
    "see http://evil.example/a and www.evil.example now, or a@evil.example",
    "`code` and ```\nfence\n```",
    "# heading\n## more",
    "a\n===\nb\n---\nc",
    "- item\n1. item\n* item\n+ item",
    "| a | b |\n|---|---|\n| c | d |",
    "> quoted",
    "&lt;b&gt; &#60;script&#62;",
    "\\<b> \\[x](y) \\\\<i>",
    "    indented\n\ttabbed",
    "<!-- <b> --> <![CDATA[x]]> <?php ?>",
    "\u202eevil\u200b \x00\x1b[31m",
    "$x^2$ ~~gone~~ **bold** _it_ {.class} \ue000 1 \ue001",
    "heading #", "a ## b ##", "snake_case _x_ __y__", "+ plus", "== eq", "- [ ] todo", "2021-44228", "# 1. > nested",
    "1. one", "1) one", "12. twelve", "***", "- - -", "___",
]  # fmt: skip


def quoting(text: str) -> ConversationTurn:
    source = Source("s1", "d", text, text, 3, 0, 5, text, 0.9)
    answer = Answer(f"It says so. [s1] [s9]\n\n{text}", False, "", (), (source,), text, 1, {}, (text,), (text,))
    return ConversationTurn("t" * 32, 1, text, f"{text}?", "done", "2026-01-01T00:00:00", answer, "", "down", text)


@pytest.mark.parametrize("text", NASTY)
def test_nothing_of_a_document_becomes_markup(text: str) -> None:
    written = markdown(Conversation(INFO, (quoting(text),)))
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    tokens = parser.parse(written)
    every = [token for block in tokens for token in (block, *(block.children or ()))]
    kinds = {token.type for token in every}
    assert not kinds & {
        "link_open", "image", "html_inline", "html_block", "code_inline", "fence", "table_open", "hr", "s_open",
        "blockquote_open",
    }, written  # fmt: skip
    assert not re.search(r"\w://|www\.|\w@", written), "a program that links bare addresses would find one"
    headings = [token for token in every if token.type == "heading_open"]
    assert [token.tag for token in headings] == ["h1", "h2"], written


@pytest.mark.parametrize("text", NASTY)
def test_an_escaped_text_reads_as_it_was_written(text: str) -> None:
    rendered = MarkdownIt("commonmark").parse(escaped(text))
    assert [token.type for token in rendered] == ["paragraph_open", "inline", "paragraph_close"]
    shown = "".join(child.content for child in rendered[1].children or ())
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\u200b\u202e]", "", re.sub(r"[\n\r]+", " ", text)).strip()
    assert shown == plain


def test_sources_are_numbered_with_file_page_and_quotation() -> None:
    written = markdown(Conversation(INFO, (turn(1, "How?", "Salted. [s1]\n\n- Hashed. [s2]", "A", "B"),)))
    assert "Salted. \\[1\\]\n\n- Hashed. \\[2\\]" in written
    assert "1. A (A.md, page 1): “quote”\n2. B (B.md, page 2): “quote”" in written


def test_turns_without_an_answer_say_why() -> None:
    failed = ConversationTurn("t", 1, "How?", "How (X)?", "failed", "2026-01-01", error="It was interrupted.")
    written = markdown(Conversation(INFO, (failed, ConversationTurn("u", 2, "Why?", "Why?", "pending", "2026-01-01"))))
    assert "Searched for: How (X)?" in written
    assert "It was interrupted." in written
    assert "Not answered yet." in written


def test_a_refusal_is_exported_with_its_reason_and_topics() -> None:
    refusal = Answer("", True, "Nothing here is about football.", (), (), "none", 1, {}, ("Passwords",))
    told = ConversationTurn("t", 1, "Who won?", "Who won?", "done", "2026-01-01", refusal)
    written = markdown(Conversation(INFO, (told,)))
    assert "Nothing here is about football." in written
    assert "Nearest topics: Passwords" in written
