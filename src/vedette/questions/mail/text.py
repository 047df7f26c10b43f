"""The question in the text of a mail: without what it quotes, without signature, as plain text.

The libraries for this that are kept up take minutes over some texts of a few kilobytes; each pattern here looks at one
line, or at a few lines of limited length.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

LONGEST_HTML = 100_000  # the parser's time grows with the square of the depth of what is nested
_CONTROLS = re.compile(r"[^\S\n ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_BLOCKS = "br, p, div, ul, ol, li, tr, h1, h2, h3, h4, h5, h6, pre, table"
_NOT_READ = "head, script, style, template, title, blockquote, .gmail_quote, .gmail_signature, .moz-cite-prefix"
# What programs write above the mail that they quote, on one line or folded into three, in the languages of the page.
_WROTE = re.compile(
    r"(?:On\b.{4,300}\bwrote|El\b.{4,300}\bescribió|Le\b.{4,300}\ba écrit) ?:", re.IGNORECASE | re.DOTALL
)
_ORIGINAL = re.compile(
    r"-{2,} ?(?:Original Message|Mensaje original|Message d'origine|Message original) ?-{2,}|_{20,}", re.IGNORECASE
)
_HEAD = re.compile(r"\*?(?:From|De) ?:\*? ?\S", re.IGNORECASE)
_HEAD_GOES_ON = re.compile(r"\*?(?:Sent|Date|To|Enviado(?: el)?|Fecha|Para|Envoyé|À) ?:\*? ?\S", re.IGNORECASE)
_FROM_A_PHONE = re.compile(r"(?:Sent from|Enviado desde|Envoyé (?:de|depuis)) .{2,60}", re.IGNORECASE)


def question_in(text: str) -> str:
    """What somebody wrote in a mail themselves; empty where they only quote.

    >>> question_in("And on Linux?\\n\\nOn Monday, Vedette wrote:\\n> Use a key.\\n\\n-- \\nAna")
    'And on Linux?'
    """
    lines = [line.rstrip() for line in _CONTROLS.sub(_plain, text.replace("\r\n", "\n")).split("\n")]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at] == "--" or _ORIGINAL.fullmatch(lines[at]) or _quotes_head(lines, at):
            break
        folded = _attribution(lines, at)
        if folded:
            at += folded
            if not any(line.startswith(">") for line in lines[at : at + 3]):
                break  # what it quotes is not marked, so nobody can tell where it ends
        elif lines[at].startswith(">"):
            at += 1
        else:
            kept.append(lines[at])
            at += 1
    while kept and (not kept[-1] or _FROM_A_PHONE.fullmatch(kept[-1])):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def text_of_html(html: str) -> str:
    """The text of a mail in HTML, a line for each block, without what it quotes.

    >>> text_of_html("<p>What is <b>MFA</b>?<br>And why?</p><blockquote>Older</blockquote>").strip()
    'What is MFA?\\nAnd why?'
    """
    tree = LexborHTMLParser(re.sub(r"\s+", " ", html[:LONGEST_HTML]))
    for node in tree.css(_NOT_READ):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    text = tree.body.text() if tree.body is not None else ""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def line_of(text: str, longest: int) -> str:
    """A text on one line, cut.

    >>> line_of("Re: What\\r\\n is\\x00MFA?", 11)
    'Re: What is'
    """
    return " ".join(_CONTROLS.sub(" ", text).split())[:longest].strip()


def _plain(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def _quotes_head(lines: list[str], at: int) -> bool:
    """Whether the head of a quoted mail begins here, as Outlook writes it: From, then within four lines Sent or To."""
    return bool(_HEAD.match(lines[at])) and any(_HEAD_GOES_ON.match(line) for line in lines[at + 1 : at + 5])


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from here say who wrote what follows; 0 for none."""
    for folded in (1, 2, 3):
        if lines[at] and _WROTE.fullmatch("\n".join(lines[at : at + folded])[:600]):
            return folded
    return 0
