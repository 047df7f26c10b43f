"""A model's text without what could act: images, links, HTML. Only addresses that stand in the sources stay."""

from __future__ import annotations

import re

_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]+)\]\(\s*<?[^)]*\)")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z!?][^>]*>", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^>\s]+)>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:(?:https?|ftp|data|javascript|file|vbscript|mailto):|//|www\.)[^\s<>\"'`]+", re.IGNORECASE)


def harmless(text: str, sources: str) -> tuple[str, int]:
    """The text without images, links, HTML and foreign addresses, and how many of them were taken out.

    >>> harmless("See ![x](http://evil.example/a) [the page](http://evil.example) or https://ok.example/b.", "https://ok.example/b")
    ('See  the page or https://ok.example/b.', 2)
    """
    removed = 0

    def counted(replacement: str) -> str:
        nonlocal removed
        removed += 1
        return replacement

    text = _AUTOLINK.sub(r"\1", text)
    text = _IMAGE.sub(lambda _: counted(""), text)
    text = _LINK.sub(lambda found: counted(found[1]), text)
    text = _DEFINITION.sub(lambda _: counted(""), text)
    text = _SCRIPT.sub(lambda _: counted(""), text)
    text = _TAG.sub(lambda _: counted(""), text)

    def address(found: re.Match[str]) -> str:
        bare = found.group().rstrip(".,;:!?)]}*_")
        return found.group() if bare in sources else counted("") + found.group()[len(bare) :]

    return _ADDRESS.sub(address, text), removed
