"""Readable text, put together block by block so that every offset is right by construction."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from vedette.records import Block, BlockKind

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_ODD = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2007", " ")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\r\x0b\x0c\u2028", "\n")
    | dict(zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
)
_SPACES = re.compile(r"\s+")
_RUN_ON = {("list_item", "list_item"), ("table_row", "table_row")}


def clean(text: str) -> str:
    """The text without control characters, soft hyphens and ligatures; every line break is one newline.

    >>> clean("of\\ufb01ce\\x00 \\r\\nnon\\u2011stop")
    'office \\nnon-stop'
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n")).translate(_ODD)


def one_line(text: str) -> str:
    """The cleaned text with every run of white space as one space.

    >>> one_line("  a\\n\\tb ")
    'a b'
    """
    return _SPACES.sub(" ", clean(text)).strip()


def title_from_name(source: str) -> str:
    """A title for display, for a file that names none.

    >>> title_from_name("owasp/Password_Storage_Cheat_Sheet.md")
    'Password Storage Cheat Sheet'
    """
    name = PurePosixPath(source.split("?")[0].rstrip("/")).name or source
    stem = name.rsplit(".", 1)[0] if re.search(r"\.\w{1,8}$", name) and not name.startswith(".") else name
    return re.sub(r"[\s_]+", " ", stem).strip() or source


def row_text(headers: list[str], cells: list[str]) -> str:
    """One row of a table as a sentence can quote it; empty cells are left out.

    >>> row_text(["Name", "ID", ""], ["Account Lockouts", "4740", ""])
    'Name: Account Lockouts; ID: 4740'
    """
    padded = headers + [""] * (len(cells) - len(headers))
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in zip(padded, cells, strict=False) if cell)


class Assembly:
    """A text that grows block by block. `text` and `blocks` may be read at any time."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> int:
        """Append a block and return where it starts, or -1 where there is nothing to append.

        A `marker` such as `"1. "` stands in the text before the block, not in it: a quoted item carries no bullet.
        """
        text = text.strip("\n") if kind == "code" else text.strip()
        if not text.strip():
            return -1
        if self.blocks:
            self._append("\n" if (self.blocks[-1].kind, kind) in _RUN_ON else "\n\n")
        self._append(marker)
        start = self._length
        self._append(text)
        self.blocks.append(Block(kind, start, self._length, level))
        return start

    @property
    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def first_heading(self) -> str:
        """The text of the first heading of the highest rank, or nothing."""
        headings = [block for block in self.blocks if block.kind == "heading"]
        if not headings:
            return ""
        block = min(headings, key=lambda block: (block.level, block.start))
        return one_line(self.text[block.start : block.end])

    def _append(self, piece: str) -> None:
        self._parts.append(piece)
        self._length += len(piece)
